/**
 * How connecting to a torrent's peers has gone lately: attempts that failed in a row and as what, and when a link broke
 * that nobody had ended. From it a person is told why nobody is connected. Changes nothing.
 */
import type { LinkEnd } from "../link.ts";
import { FAILURES_SHOWN, RECONNECTING_SHOWN } from "./constants.ts";

/** What keeps a person from being connected. */
export type Trouble = "webrtc-blocked" | "not-trusted" | "no-route" | "no-connection";

export class ConnectFailures {
  /** Attempts that failed since one succeeded. */
  #failures: number;
  #trouble: Trouble | null;
  /** Null when no link broke since one was opened. */
  #brokeAt: number | null;
  /** When the browser last told of one that its path is lost. */
  #lostAt: number;

  constructor() {
    this.#failures = 0;
    this.#trouble = null;
    this.#brokeAt = null;
    this.#lostAt = -Infinity;
  }

  /** A peer is connected. */
  handleOpened(): void {
    this.handleNetworkChanged();
    this.#brokeAt = null;
    this.#lostAt = -Infinity;
  }

  /** The device is on another network: what failed before says nothing any more. */
  handleNetworkChanged(): void {
    this.#failures = 0;
    this.#trouble = null;
  }

  /** An attempt came to nothing; `met`: somebody was at the other end. */
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

  /** A link that was open ended. */
  handleEnded(reason: LinkEnd, now: number): void {
    if (reason === "lost" || reason === "silent" || reason === "idle") this.#brokeAt = now;
    if (reason === "lost") this.#lostAt = now;
    if (reason === "not-trusted") this.#handleNotTrusted();
  }

  /** Once is enough: this never happens by chance. */
  #handleNotTrusted(): void {
    this.#failures = FAILURES_SHOWN;
    this.#trouble = "not-trusted";
  }

  /** A single failure says nothing: the other may just have left. */
  get trouble(): Trouble | null {
    return this.#failures >= FAILURES_SHOWN ? this.#trouble : null;
  }

  isReconnecting(now: number): boolean {
    return this.#brokeAt !== null && now - this.#brokeAt < RECONNECTING_SHOWN;
  }

  /** Whether the path of a link was lost in the last milliseconds. */
  hasLost(now: number, milliseconds: number): boolean {
    return now - this.#lostAt < milliseconds;
  }
}
