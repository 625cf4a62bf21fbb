/**
 * Tells all tabs what they show: at most four times a second, and only when something changed. Inputs and commands
 * mark it; what moves by itself (rates falling, countdowns) is looked at once a second. What a snapshot holds is
 * its source's matter.
 */

import type { NodeSnapshot } from "../bridge/commands.ts";
import type { ErrorCode } from "../engine/errors.ts";
import { IDLE_SNAPSHOT_INTERVAL, SNAPSHOT_INTERVAL } from "./constants.ts";

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
  /** What was told last, without what only grows with the torrent. */
  #told: string;

  constructor(source: SnapshotSource, announce: (snapshot: NodeSnapshot) => void) {
    this.#source = source;
    this.#announce = announce;
    this.#fault = null;
    this.#touched = true;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#told = "";
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
    this.#announce(snapshot);
  }
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
