/**
 * When those of one torrent's peers are tried again that could not be reached, or were lost: within a second at first,
 * as somebody waits, and later each time, as what keeps two networks apart seldom changes. Keeps how often it was in
 * vain; trying is announcing with offers, and so the trackers' (tracker-client.ts). Both ends of a connection that
 * failed do the same, and the sooner one of them counts.
 */
import type { Host } from "../host.ts";
import { backoff } from "./backoff.ts";
import { REDIAL_FIRST, REDIAL_MAX } from "./constants.ts";

export class Redials {
  readonly #host: Host;
  /** Since there was last a reason to hope. */
  #failures: number;
  /** When the next one is, or the last was; milliseconds of the host's clock. */
  #at: number;

  constructor(host: Host) {
    this.#host = host;
    this.#failures = 0;
    this.#at = 0;
  }

  /** Somebody could not be reached, or was lost: when to try again. Those who fail meanwhile wait for the same moment. */
  plan(): number {
    const now = this.#host.now();
    if (this.#at <= now)
      this.#at = now + backoff(this.#host.random(), this.#failures++, REDIAL_FIRST, REDIAL_MAX);
    return this.#at;
  }

  /** Something has changed: a connection lasted, somebody came, or we are on another network. */
  reset(): void {
    this.#failures = 0;
    this.#at = 0;
  }
}
