import type { ConnectionTable } from "../connection-table.ts";
import type { TrackerClient } from "../discovery/tracker-client.ts";
import type { Host } from "../host.ts";
import type { HostRequests } from "../host-requests.ts";
import type { RateLimits } from "./flow/rate-limit.ts";
import type { UnstoredBudget } from "./flow/unstored-budget.ts";
import type { Uplink } from "./flow/uplink.ts";
import type { ComparisonPolicy } from "./peers/comparison-policy.ts";
import type { ConnectionBudget, ConnectionHolder } from "./peers/connection-budget.ts";
import type { Peer } from "./peers/peer.ts";
import type { PieceCache } from "./pieces/piece-cache.ts";

/** A torrent, as far as the end of an input goes. */
export interface Finishable {
  finish(): void;
}

/** What the torrents of a node share, and ask of it. */
export interface NodeContext {
  readonly host: Host;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly version: string;
  readonly requests: HostRequests;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  readonly limits: RateLimits;
  readonly uplink: Uplink<Peer>;
  readonly connections: ConnectionTable<ConnectionHolder>;
  readonly connectionBudget: ConnectionBudget;
  readonly policy: ComparisonPolicy;
  /** The torrents that this input has touched: they are finished when it ends, whichever torrent it named. */
  readonly touched: Set<Finishable>;
  tracker(url: string): TrackerClient;
}
