/**
 * Redials say when one torrent tries again to reach the peers that it did not reach or has lost. The first pause is
 * short, because somebody waits. Each pause in a row may be twice as long, because what keeps two networks apart
 * seldom changes (backoff.ts):
 *
 * | attempts in a row before | pause |
 * | --- | --- |
 * | 0 | 250 to 500 ms |
 * | 1 | 250 ms to 1 s |
 * | 4 | 250 ms to 8 s |
 * | 9 or more | 250 ms to 240 s |
 *
 * An attempt is an announce with offers, and is left to tracker-client.ts. Both ends of a failed connection plan an
 * attempt, and the sooner of the two counts. All peers of the torrent share the pauses.
 */
import type { Host } from "../host.ts";
import { backoff } from "./backoff.ts";
import { REDIAL_FIRST, REDIAL_MAX } from "./constants.ts";

export class Redials {
  readonly #host: Host;
  /** Pauses that were planned since the last reset. */
  #failures: number;
  /** When the next attempt is, or the last one was, in milliseconds of the host's clock. */
  #at: number;

  constructor(host: Host) {
    this.#host = host;
    this.#failures = 0;
    this.#at = 0;
  }

  /** When to try again, for a peer that was not reached or was lost. Calls before that time return the same time. */
  plan(): number {
    const now = this.#host.now();
    if (this.#at <= now)
      this.#at = now + backoff(this.#host.random(), this.#failures++, REDIAL_FIRST, REDIAL_MAX);
    return this.#at;
  }

  /** The next pause is the shortest. To be called when a link lasted, a peer came, or our network changed. */
  reset(): void {
    this.#failures = 0;
    this.#at = 0;
  }
}
