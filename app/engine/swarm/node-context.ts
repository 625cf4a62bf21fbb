import type { TrackerClient } from "../discovery/tracker-client.ts";
import type { Host } from "../host.ts";
import type { ConnectionBudget } from "./connection-budget.ts";
import type { Peer } from "./peer.ts";
import type { PieceCache } from "./piece-cache.ts";
import type { Policy } from "./policy.ts";
import type { RateLimits } from "./rate-limit.ts";
import type { Torrent } from "./torrent.ts";
import type { UnstoredBudget } from "./unstored-budget.ts";
import type { Uplink } from "./uplink.ts";

/** What the torrents of a node share, and ask of it. */
export interface NodeContext {
  readonly host: Host;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly version: string;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  readonly limits: RateLimits;
  readonly uplink: Uplink<Peer>;
  readonly connections: ConnectionBudget<Torrent>;
  readonly policy: Policy;
  tracker(url: string): TrackerClient;
}
