/**
 * Requests to one peer that were given up (late, cancelled, cut off), and whose blocks may still come: what answers
 * one of them was asked for, however often it was. The oldest are forgotten beyond GIVEN_UP_REQUESTS places.
 */
import { GIVEN_UP_REQUESTS } from "./constants.ts";

export class GivenUpRequests {
  /** How often each was given up, by place and length. */
  readonly #times: Map<string, number>;

  constructor() {
    this.#times = new Map();
  }

  /** Places remembered. */
  get size(): number {
    return this.#times.size;
  }

  /** `key`: a block's place, `length`: bytes asked for there. */
  add(key: number, length: number): void {
    const name = `${key}/${length}`;
    this.#times.set(name, (this.#times.get(name) ?? 0) + 1);
    if (this.#times.size <= GIVEN_UP_REQUESTS) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      break;
    }
  }

  /** Whether such a request was given up and not answered; if so, this is its answer. */
  take(key: number, length: number): boolean {
    const name = `${key}/${length}`;
    const times = this.#times.get(name) ?? 0;
    if (times === 0) return false;
    if (times === 1) this.#times.delete(name);
    else this.#times.set(name, times - 1);
    return true;
  }
}
