/**
 * Connect failures are a record of how connections to a torrent's peers failed lately. It tells a person why no peer
 * is connected (stall.ts).
 *
 * | event | what follows |
 * | --- | --- |
 * | the browser makes no connections | the trouble is `webrtc-blocked`, at once |
 * | somebody tries to take the place of a connection's other end | the trouble is `not-trusted`, at once |
 * | two attempts with known peers fail in a row | the trouble is `no-route` or `no-connection` |
 * | a link breaks | the torrent is reconnecting for 60 s (RECONNECTING_SHOWN) |
 * | a link opens | there is no trouble, and the torrent is not reconnecting |
 * | our network changes | there is no trouble |
 */
import type { LinkEnd } from "../link.ts";
import { FAILURES_SHOWN, RECONNECTING_SHOWN } from "./constants.ts";

/** Why connections to peers fail. */
export type Trouble = "webrtc-blocked" | "not-trusted" | "no-route" | "no-connection";

export class ConnectFailures {
  /** Failed attempts in a row; FAILURES_SHOWN after a failure that a person is told of at once. */
  #failures: number;
  /** Why the latest of these attempts failed. */
  #trouble: Trouble | null;
  /** When a link last broke; null when none broke since one opened. */
  #brokeAt: number | null;
  /** When a link last ended because its path was lost. */
  #lostAt: number;

  constructor() {
    this.#failures = 0;
    this.#trouble = null;
    this.#brokeAt = null;
    this.#lostAt = -Infinity;
  }

  /** A link is open. */
  handleOpened(): void {
    this.handleNetworkChanged();
    this.#brokeAt = null;
    this.#lostAt = -Infinity;
  }

  /** The device is on another network, so earlier failures say nothing any more. */
  handleNetworkChanged(): void {
    this.#failures = 0;
    this.#trouble = null;
  }

  /** A connection failed before it opened. `met`: a peer was at the other end. */
  handleNotOpened(reason: LinkEnd, met: boolean): void {
    if (reason === "webrtc-unavailable") {
      this.#failures = FAILURES_SHOWN;
      this.#trouble = "webrtc-blocked";
    } else if (reason === "not-trusted") {
      this.#handleNotTrusted();
    } else if (
      met &&
      (reason === "no-route" || reason === "connect-failed" || reason === "connect-timeout")
    ) {
      this.#failures++;
      this.#trouble = reason === "no-route" ? "no-route" : "no-connection";
    }
  }

  /** A link ended. */
  handleEnded(reason: LinkEnd, now: number): void {
    if (reason === "lost" || reason === "silent" || reason === "idle") this.#brokeAt = now;
    if (reason === "lost") this.#lostAt = now;
    if (reason === "not-trusted") this.#handleNotTrusted();
  }

  /** One failure is enough, because this never happens by chance. */
  #handleNotTrusted(): void {
    this.#failures = FAILURES_SHOWN;
    this.#trouble = "not-trusted";
  }

  /** Null after a single failure, because the peer may just have left. */
  get trouble(): Trouble | null {
    return this.#failures >= FAILURES_SHOWN ? this.#trouble : null;
  }

  isReconnecting(now: number): boolean {
    return this.#brokeAt !== null && now - this.#brokeAt < RECONNECTING_SHOWN;
  }

  /** Whether a link ended in the last so many milliseconds because its path was lost. */
  hasLost(now: number, milliseconds: number): boolean {
    return now - this.#lostAt < milliseconds;
  }
}
