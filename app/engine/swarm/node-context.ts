import type { TrackerClient } from "../discovery/tracker-client.ts";
import type { Host, LinkId } from "../host.ts";
import type { PieceCache } from "./piece-cache.ts";
import type { Policy } from "./policy.ts";
import type { RateLimits } from "./rate-limit.ts";
import type { Torrent } from "./torrent.ts";
import type { UnstoredBudget } from "./unstored-budget.ts";

/** What the torrents of a node share, and ask of it. */
export interface NodeContext {
  readonly host: Host;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly version: string;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  readonly limits: RateLimits;
  /** Connections beside the links, those being made included. */
  readonly lanes: Set<LinkId>;
  readonly policy: Policy;
  newLink(torrent: Torrent): LinkId;
  handleLinkGone(link: LinkId): void;
  tracker(url: string): TrackerClient;
}
