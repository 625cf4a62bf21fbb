/**
 * The candidates of a connection are the ICE candidates of this end that the other end has not been told yet. They
 * wait until the other end can be told. From then on, each candidate waits CANDIDATE_PATIENCE for others. Several are
 * found at once, and each signal costs a message at the tracker.
 */

import { CANDIDATE_PATIENCE, MAX_SIGNAL_CANDIDATES } from "./constants.ts";

export class Candidates {
  readonly #tell: (candidates: RTCIceCandidateInit[]) => void;
  readonly #waiting: RTCIceCandidateInit[];
  #telling: boolean;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (candidates: RTCIceCandidateInit[]) => void) {
    this.#tell = tell;
    this.#waiting = [];
    this.#telling = false;
    this.#patience = undefined;
  }

  /** A further candidate was found. */
  add(candidate: RTCIceCandidateInit): void {
    this.#waiting.push(candidate);
    if (this.#telling) this.#patience ??= setTimeout(() => this.#flush(), CANDIDATE_PATIENCE);
  }

  /**
   * Drops the candidates found so far: they are in a description that the other end gets, or belong to a description
   * that no longer holds.
   */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** The other end can be told from now on. */
  start(): void {
    if (this.#telling) return;
    this.#telling = true;
    this.#flush();
  }

  /** The other end can be told nothing for now, or nothing more at all. */
  stop(): void {
    this.#telling = false;
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #flush(): void {
    this.#patience = undefined;
    while (this.#waiting.length > 0) this.#tell(this.#waiting.splice(0, MAX_SIGNAL_CANDIDATES));
  }
}
