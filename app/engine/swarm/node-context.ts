/** The node context is all that the torrents of a node share. The engine makes it, and each torrent gets it. */
import type { ConnectionTable } from "../connection-table.ts";
import type { TrackerClient } from "../discovery/tracker-client.ts";
import type { Host, TorrentId } from "../host.ts";
import type { HostRequests } from "../host-requests.ts";
import type { RateLimits } from "./flow/rate-limit.ts";
import type { UnstoredBudget } from "./flow/unstored-budget.ts";
import type { Uplink } from "./flow/uplink.ts";
import type { ComparisonPolicy } from "./peers/comparison-policy.ts";
import type { ConnectionBudget, ConnectionHolder } from "./peers/connection-budget.ts";
import type { Peer } from "./peers/peer.ts";
import type { PieceCache } from "./pieces/piece-cache.ts";

/** A torrent, as the end of an input sees it. */
export interface Finishable {
  finish(): void;
}

export interface NodeContext {
  readonly host: Host;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** Shown to other clients. */
  readonly version: string;
  readonly requests: HostRequests;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  /** Of all torrents together. */
  readonly limits: RateLimits;
  readonly uplink: Uplink<Peer>;
  readonly connections: ConnectionTable<ConnectionHolder>;
  readonly connectionBudget: ConnectionBudget;
  readonly policy: ComparisonPolicy;
  /** The torrents that the current input has touched. Each is finished when the input ends. */
  readonly touched: Set<Finishable>;
  /** The trackers that every torrent uses beside its own, unless it is members-only. */
  readonly commonTrackers: readonly string[];
  /** A torrent knows its info dictionary, and with it all its info-hashes. */
  handleInfoKnown(id: TorrentId): void;
  /** The client of a tracker, which is made when first asked for. */
  tracker(url: string): TrackerClient;
}
