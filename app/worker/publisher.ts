/**
 * The publisher tells all tabs what changed in the node. It looks at the node's status every SNAPSHOT_INTERVAL, if an
 * input or a command touched it. Otherwise, it looks every IDLE_SNAPSHOT_INTERVAL, because rates and countdowns move
 * by themselves. At a look, it first takes the samples of the rates that are due, one for each second. Then it tells:
 *
 * | what changed since the latest update | told |
 * | --- | --- |
 * | what the node is doing: a share's phase, error or peers, drafts being hashed or become shares, files being saved | at this look |
 * | only numbers | NUMBERS_INTERVAL after the latest update, because each update redraws the page |
 * | nothing | not at all |
 *
 * A fault is told at once. A tab that is new or missed an update is told everything (`repeat`).
 *
 * The status comes from the publisher's source. told-share.ts finds what is new in one share.
 */

import type { NodeSnapshot, ShareStatus } from "../bridge/commands.ts";
import type { NodeUpdate } from "../bridge/updates.ts";
import type { ErrorCode } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { TorrentArrays } from "../engine/snapshot.ts";
import {
  IDLE_SNAPSHOT_INTERVAL,
  NUMBERS_INTERVAL,
  RATE_SAMPLE_INTERVAL,
  SNAPSHOT_INTERVAL,
  TIMER_SLACK,
} from "./constants.ts";
import { looksEqual } from "./looks-equal.ts";
import { ToldShare } from "./told-share.ts";

export type Fault = NonNullable<NodeSnapshot["fault"]>;

/** The node's snapshot with only the status of each share, and without the fault. */
export interface NodeStatus extends Omit<NodeSnapshot, "shares" | "fault"> {
  readonly shares: readonly ShareStatus[];
}

export interface StatusSource {
  /** Null while there is nothing to tell yet. Asked several times a second. */
  status(): NodeStatus | null;
  /** A share's arrays, asked for when its status says that they changed. */
  arrays(id: TorrentId): TorrentArrays;
}

/** An update of the node without the updates of its shares. */
type ToldNode = Omit<NodeUpdate, "updates">;

const NOTHING: NodeStatus = { shares: [], drafts: [], saving: [], storage: null };

export class Publisher {
  readonly #broadcast: (update: NodeUpdate) => void;
  readonly #source: StatusSource;
  readonly #shares: Map<TorrentId, ToldShare>;
  #timer: ReturnType<typeof setInterval> | undefined;
  #fault: Fault | null;
  #touched: boolean;
  #lookedAt: number;
  #sampledAt: number;
  #toldAt: number;
  /** Updates of shares so far. */
  #updateCount: number;
  #told: ToldNode | null;
  /** The doings of the node at the latest update (`#doingsOf`). */
  #doings: unknown;

  constructor(source: StatusSource, broadcast: (update: NodeUpdate) => void) {
    this.#source = source;
    this.#broadcast = broadcast;
    this.#shares = new Map();
    this.#fault = null;
    this.#touched = true;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#sampledAt = performance.now();
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.#updateCount = 0;
    this.#told = null;
    this.#doings = null;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), SNAPSHOT_INTERVAL);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Something may have changed. */
  touch(): void {
    this.#touched = true;
  }

  /** Forgets a share that was removed. A share that comes under the same id is another one. */
  forget(id: TorrentId): void {
    this.#shares.delete(id);
    this.#touched = true;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /**
   * Sets the fault, or ends it (null). Tells the tabs at once, as a fault may be the last thing that they are told.
   */
  setFault(code: ErrorCode | null, detail = ""): void {
    this.#fault = code && { code, detail };
    this.#tellNews(this.#status());
  }

  /** Tells again everything that was told, for a tab that is new or missed something. */
  repeat(): void {
    if (this.#told === null) {
      this.#tellNews(this.#status());
      return;
    }
    const updates = this.#told.latest.flatMap(({ id }) => this.#shares.get(id)?.whole() ?? []);
    this.#broadcast({ ...this.#told, latest: updates.map(({ id, number }) => ({ id, number })), updates });
  }

  #look(): void {
    const now = performance.now();
    if (!this.#touched && now - this.#lookedAt < IDLE_SNAPSHOT_INTERVAL - TIMER_SLACK) return;
    this.#touched = false;
    this.#lookedAt = now;
    const status = this.#status();
    this.#sample(status, now);
    const canWait = now - this.#toldAt < NUMBERS_INTERVAL - TIMER_SLACK;
    if (canWait && looksEqual(this.#doings, this.#doingsOf(status))) this.#touched = true;
    else this.#tellNews(status);
  }

  #status(): NodeStatus | null {
    return this.#source.status() ?? (this.#fault && NOTHING);
  }

  #share(id: TorrentId): ToldShare {
    let share = this.#shares.get(id);
    if (share === undefined) {
      share = new ToldShare(id, () => this.#source.arrays(id));
      this.#shares.set(id, share);
    }
    return share;
  }

  /** Takes the samples that are due. If several seconds passed since the last sample, each gets the rates of now. */
  #sample(status: NodeStatus | null, now: number): void {
    const seconds = Math.floor((now - this.#sampledAt) / RATE_SAMPLE_INTERVAL);
    if (seconds === 0) return;
    this.#sampledAt += seconds * RATE_SAMPLE_INTERVAL;
    for (const share of status?.shares ?? []) this.#share(share.id).sample(share, seconds);
  }

  #tellNews(status: NodeStatus | null): void {
    if (status === null) return;
    const { shares, ...rest } = status;
    const updates = shares.flatMap((share) => {
      const update = this.#share(share.id).update(this.#updateCount + 1, share);
      if (update !== null) this.#updateCount++;
      return update ?? [];
    });
    const latest = shares.map(({ id }) => ({ id, number: this.#share(id).number! }));
    const told = { ...rest, fault: this.#fault, latest };
    if (looksEqual(told, this.#told)) return;
    this.#told = told;
    this.#doings = this.#doingsOf(status);
    this.#toldAt = performance.now();
    this.#broadcast({ ...told, updates });
  }

  /** The doings of the node: its status without progress and rates. */
  #doingsOf(status: NodeStatus | null): unknown {
    if (status === null) return null;
    const { shares, drafts, saving } = status;
    const doings = shares.map(({ id, phase, stall, error, filesVersion, ownFiles, peers, routes }) => [
      id,
      phase,
      stall,
      error?.code,
      filesVersion,
      ownFiles,
      peers.map(({ state }) => state),
      routes,
    ]);
    return [
      doings,
      drafts.map(({ draft, working, id }) => [draft, working, id]),
      saving.map(({ id }) => id),
      this.#fault,
    ];
  }
}
