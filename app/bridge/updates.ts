/**
 * What the worker tells all tabs of the node: of each share what changed since it told of it last, and the rest as it
 * is. Updates of shares are numbered, so that a tab that is new or missed one knows, and asks again by `hello`. Finding
 * what changed is left to the worker, putting snapshots together to the page.
 */

import type { TorrentId } from "../engine/host.ts";
import type { ArrayDelta } from "./array-delta.ts";
import type { NodeSnapshot, RateSamples, ShareSnapshot, ShareStatus } from "./commands.ts";

/** Each part is null where it is as before. */
export interface ShareChange {
  readonly status: ShareStatus | null;
  readonly have: ArrayDelta<Uint8Array> | null;
  readonly availability: ArrayDelta<Uint8Array> | null;
  readonly fileBytes: ArrayDelta<Float64Array> | null;
  /** The samples that came; as many of the oldest fall out. */
  readonly rates: RateSamples | null;
}

/** `number` grows from one update to the next, of whichever share. */
export type ShareUpdate =
  | { readonly kind: "whole"; readonly id: TorrentId; readonly number: number; readonly share: ShareSnapshot }
  | {
      readonly kind: "change";
      readonly id: TorrentId;
      readonly number: number;
      /** The update of this share before. */
      readonly since: number;
      readonly change: ShareChange;
    };

export interface NodeUpdate extends Omit<NodeSnapshot, "shares"> {
  /** All shares, in their order, each with the number of its latest update. */
  readonly latest: readonly { readonly id: TorrentId; readonly number: number }[];
  readonly updates: readonly ShareUpdate[];
}

/** From the worker to every tab. `epoch` changes when another tab's worker takes over. */
export type Broadcast =
  | { readonly to: "all"; readonly type: "ready"; readonly epoch: string }
  | {
      readonly to: "all";
      readonly type: "update";
      readonly epoch: string;
      readonly update: NodeUpdate;
    };

/** From a tab that is new, or missed an update: is a worker there? Answered with `ready` and everything. */
export interface Hello {
  readonly to: "worker";
  readonly name: "hello";
}
