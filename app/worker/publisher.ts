/**
 * Tells all tabs what they show: numbers once a second at most, as each telling is a page drawn anew, and what a
 * share is doing within a quarter of a second; nothing when nothing changed. Inputs and commands mark it; what moves
 * by itself (rates falling, countdowns) is looked at once a second. What a snapshot holds is its source's matter.
 */

import type { NodeSnapshot } from "../bridge/commands.ts";
import type { ErrorCode } from "../engine/errors.ts";
import { IDLE_SNAPSHOT_INTERVAL, NUMBERS_INTERVAL, SNAPSHOT_INTERVAL } from "./constants.ts";

export type Fault = NonNullable<NodeSnapshot["fault"]>;

export interface SnapshotSource {
  /** Null while there is nothing to tell yet. */
  snapshot(): Omit<NodeSnapshot, "fault"> | null;
}

const NOTHING: Omit<NodeSnapshot, "fault"> = { shares: [], hashing: [], saving: [], storage: null };

export class Publisher {
  readonly #announce: (snapshot: NodeSnapshot) => void;
  readonly #source: SnapshotSource;
  #timer: ReturnType<typeof setInterval> | undefined;
  #fault: Fault | null;
  #touched: boolean;
  #lookedAt: number;
  #toldAt: number;
  /** What was told last, without what only grows with the torrent. */
  #told: string;
  /** What every share was doing then. */
  #doings: string;

  constructor(source: SnapshotSource, announce: (snapshot: NodeSnapshot) => void) {
    this.#source = source;
    this.#announce = announce;
    this.#fault = null;
    this.#touched = true;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#told = "";
    this.#doings = "";
    this.#toldAt = Number.NEGATIVE_INFINITY;
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

  get fault(): Fault | null {
    return this.#fault;
  }

  /** Tells at once, as a fault may be the last thing told. Null: it is over. */
  setFault(code: ErrorCode | null, detail = ""): void {
    this.#fault = code && { code, detail };
    this.publish();
  }

  /** Tells everything now, changed or not: a new tab asks. */
  publish(): void {
    const snapshot = this.#collect();
    if (snapshot) this.#tell(snapshot, fingerprint(snapshot));
  }

  #look(): void {
    const now = performance.now();
    if (!this.#touched && now - this.#lookedAt < IDLE_SNAPSHOT_INTERVAL) return;
    this.#touched = false;
    this.#lookedAt = now;
    const snapshot = this.#collect();
    if (!snapshot) return;
    if (now - this.#toldAt < NUMBERS_INTERVAL && doingsOf(snapshot) === this.#doings) {
      this.#touched = true;
      return;
    }
    const print = fingerprint(snapshot);
    if (print !== this.#told) this.#tell(snapshot, print);
  }

  #collect(): NodeSnapshot | null {
    const snapshot = this.#source.snapshot();
    if (snapshot) return { ...snapshot, fault: this.#fault };
    return this.#fault && { ...NOTHING, fault: this.#fault };
  }

  #tell(snapshot: NodeSnapshot, print: string): void {
    this.#told = print;
    this.#doings = doingsOf(snapshot);
    this.#toldAt = performance.now();
    this.#announce(snapshot);
  }
}

/** What is going on, without how far and how fast. */
function doingsOf({ shares, hashing, saving, fault }: NodeSnapshot): string {
  const doings = shares.map(({ id, phase, stall, error, filesVersion, needsFiles, peers, routes }) => [
    id,
    phase,
    stall,
    error?.code,
    filesVersion,
    needsFiles,
    peers.map(({ state }) => state),
    routes,
  ]);
  return JSON.stringify([doings, hashing.map(({ job }) => job), saving.map(({ id }) => id), fault]);
}

/**
 * Equal for snapshots that look equal. Of bitfields and the like only the length counts: none of them changes
 * without a number beside it. Thousandths are enough of any number: a rate that fades away is still at last.
 */
function fingerprint(snapshot: NodeSnapshot): string {
  return JSON.stringify(snapshot, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return value.byteLength;
    return typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
  });
}
