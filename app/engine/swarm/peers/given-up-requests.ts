/**
 * The given-up requests of one peer are those that were late, cancelled or cut off. Their blocks may still come, and
 * do not count as unrequested. A request that was given up twice may be answered twice. Beyond GIVEN_UP_REQUESTS
 * different requests the oldest are forgotten.
 */
import { GIVEN_UP_REQUESTS } from "./constants.ts";

export class GivenUpRequests {
  /** How often each request was given up without an answer since, by place and length. Oldest first. */
  readonly #times: Map<string, number>;

  constructor() {
    this.#times = new Map();
  }

  /** Different requests remembered. */
  get size(): number {
    return this.#times.size;
  }

  /** `key`: the `requestKey` of the request; `length`: bytes asked for. */
  add(key: number, length: number): void {
    const name = `${key}/${length}`;
    this.#times.set(name, (this.#times.get(name) ?? 0) + 1);
    if (this.#times.size <= GIVEN_UP_REQUESTS) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      break;
    }
  }

  /** Takes an answer, a block or a reject. False when no given-up request waits for it. */
  take(key: number, length: number): boolean {
    const name = `${key}/${length}`;
    const times = this.#times.get(name) ?? 0;
    if (times === 0) return false;
    if (times === 1) this.#times.delete(name);
    else this.#times.set(name, times - 1);
    return true;
  }
}
