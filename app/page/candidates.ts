/**
 * The candidates of one connection that its other end has not been told yet. They wait until there is a way to tell
 * them, and then for a moment, as several are found at once and each telling costs a message at the tracker.
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

  /** Another one was found. */
  add(candidate: RTCIceCandidateInit): void {
    this.#waiting.push(candidate);
    if (this.#telling) this.#patience ??= setTimeout(() => this.#flush(), CANDIDATE_PATIENCE);
  }

  /** What was found so far is in a description that the other end gets, or belongs to one that holds no more. */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** The other end can be told from now on. */
  start(): void {
    if (this.#telling) return;
    this.#telling = true;
    this.#flush();
  }

  /** The other end can be told nothing for now, or any more. */
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
