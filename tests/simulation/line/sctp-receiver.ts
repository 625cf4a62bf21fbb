/**
 * The receiving half of an association: which packets came, and what is acknowledged when. Keeps the runs of packets
 * beyond the first that is missing. Messages are ordered: one is whole once everything before it is here.
 */
import type { VirtualClock } from "../../support/virtual-clock.ts";
import { RUNS_TOLD, SACK_DELAY } from "./constants.ts";

/** What an acknowledgement says: all packets up to `upTo`, and those of the runs. */
export interface Sack {
  readonly upTo: number;
  readonly runs: readonly (readonly [first: number, last: number])[];
}

export class SctpReceiver {
  readonly #clock: VirtualClock;
  readonly #sendSack: (sack: Sack) => void;
  /** Everything up to here came. */
  #upTo: number;
  /** In order, with holes between them. */
  #runs: [first: number, last: number][];
  /** A packet came that is not acknowledged yet. */
  #owing: boolean;

  constructor(clock: VirtualClock, sendSack: (sack: Sack) => void) {
    this.#clock = clock;
    this.#sendSack = sendSack;
    this.#upTo = 0;
    this.#runs = [];
    this.#owing = false;
  }

  /** Packets numbered up to here have all come. */
  get upTo(): number {
    return this.#upTo;
  }

  handlePacket(number: number): void {
    const hadHoles = this.#runs.length > 0;
    if (number > this.#upTo) this.#insert(number);
    // Every second packet is acknowledged, every one while some are missing. RFC 9260 6.2.
    if (this.#owing || hadHoles || this.#runs.length > 0) {
      this.#acknowledge();
      return;
    }
    this.#owing = true;
    this.#clock.after(SACK_DELAY, () => {
      if (this.#owing && number === this.#upTo) this.#acknowledge();
    });
  }

  #acknowledge(): void {
    this.#owing = false;
    const runs = this.#runs.slice(0, RUNS_TOLD).map(([first, last]) => [first, last] as const);
    this.#sendSack({ upTo: this.#upTo, runs });
  }

  #insert(number: number): void {
    const runs = this.#runs;
    let at = runs.length;
    while (at > 0 && runs[at - 1]![0] > number) at--;
    const before = runs[at - 1];
    if (before !== undefined && number <= before[1]) return;
    if (before !== undefined && before[1] === number - 1) before[1] = number;
    else runs.splice(at++, 0, [number, number]);
    const after = runs[at];
    if (after !== undefined && after[0] === number + 1) {
      runs[at - 1]![1] = after[1];
      runs.splice(at, 1);
    }
    while (runs.length > 0 && runs[0]![0] === this.#upTo + 1) this.#upTo = runs.shift()![1];
  }
}
