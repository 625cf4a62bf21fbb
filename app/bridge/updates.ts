/**
 * An update is what the worker tells all tabs of its node: what changed in each share since the update before, and
 * everything else as it is. Updates of shares are numbered, and `latest` names the latest number of each share. So a
 * tab knows if it is new or missed an update, and asks for everything by `hello`.
 *
 * Example: share A was last told by update 7, share B by update 8. Then A changes. The update has a change of A with
 * number 9, since 7, and `latest` names 9 for A and 8 for B. A tab that knows 7 of A takes the change. A tab that
 * knows only 5 of A cannot, and says `hello`.
 *
 * The worker finds what changed (worker/publisher.ts). The page puts snapshots together (page/snapshot-assembler.ts).
 */

import type { TorrentId } from "../engine/host.ts";
import type { ArrayDelta } from "./array-delta.ts";
import type { NodeSnapshot, RateSamples, ShareSnapshot, ShareStatus } from "./commands.ts";

/** Each part is null where it is as before. */
export interface ShareChange {
  readonly status: ShareStatus | null;
  readonly have: ArrayDelta | null;
  readonly availability: ArrayDelta | null;
  /** The new samples of the rates. They push out as many of the oldest. */
  readonly rates: RateSamples | null;
}

/** `number` grows with each update, of whichever share. */
export type ShareUpdate =
  | { readonly kind: "whole"; readonly id: TorrentId; readonly number: number; readonly share: ShareSnapshot }
  | {
      readonly kind: "change";
      readonly id: TorrentId;
      readonly number: number;
      /** The number of this share's update before. */
      readonly since: number;
      readonly change: ShareChange;
    };

export interface NodeUpdate extends Omit<NodeSnapshot, "shares"> {
  /** All shares, in their order, each with the number of its latest update. */
  readonly latest: readonly { readonly id: TorrentId; readonly number: number }[];
  readonly updates: readonly ShareUpdate[];
}

/**
 * From the worker, or `frozen` and `restarting` from its tab, to every tab. `epoch` changes when another tab's worker
 * takes over.
 */
export type Broadcast =
  /** `protocol`: PROTOCOL of the worker's version; undefined in versions that had none. */
  | { readonly to: "all"; readonly type: "ready"; readonly epoch: string; readonly protocol: number }
  | { readonly to: "all"; readonly type: "alive" | "frozen" | "restarting"; readonly epoch: string }
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

/** From a tab that has not heard of the worker of that epoch for a while. Answered with `alive`. */
export interface Ping {
  readonly to: "worker";
  readonly name: "ping";
  readonly epoch: string;
}
