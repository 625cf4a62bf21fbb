/**
 * One client's WebSocket: its message rate and bad messages, whether it still lives, and how much waits to be
 * sent to it. What its messages do to swarms is for the tracker that owns it (tracker.ts).
 */
import type { RawData, WebSocket } from "ws";
import type { TrackerMessage } from "../app/engine/discovery/tracker-messages.ts";
import { CloseCode, type Limits } from "./constants.ts";
import { TokenBucket } from "./limits.ts";
import { type ClientMessage, failure, parseClientMessage } from "./protocol.ts";

export class TrackerSocket {
  readonly #socket: WebSocket;
  readonly #limits: Limits;
  readonly #messages: TokenBucket;
  readonly #strikes: TokenBucket;
  readonly #openedAt: number;
  #lastMessageAt: number | null;
  #pingedAt: number;
  /** When an answer to the last ping must have come. Null: it came. */
  #pongBy: number | null;
  #bufferedBefore: number;
  /** Since when nothing of what waits has been taken. */
  #stuckSince: number | null;

  /** `now` in milliseconds, here and below from the same start. */
  constructor(socket: WebSocket, limits: Limits, now: number) {
    this.#socket = socket;
    this.#limits = limits;
    this.#messages = new TokenBucket(limits.messagesPerSecond, limits.messageBurst, now);
    this.#strikes = new TokenBucket(limits.strikesPerSecond, limits.strikeBurst, now);
    this.#openedAt = now;
    this.#lastMessageAt = null;
    this.#pingedAt = now;
    this.#pongBy = null;
    this.#bufferedBefore = 0;
    this.#stuckSince = null;
    socket.on("pong", () => {
      this.#pongBy = null;
    });
  }

  get acceptsOffers(): boolean {
    return (
      this.#socket.readyState === this.#socket.OPEN &&
      this.#socket.bufferedAmount <= this.#limits.bufferedForOffers
    );
  }

  /** What a frame from the client says; null when it was refused, and the client told so. */
  read(data: RawData, isBinary: boolean, now: number): Exclude<ClientMessage, { kind: "bad" }> | null {
    if (this.#socket.readyState !== this.#socket.OPEN) return null;
    if (!this.#messages.take(now)) {
      this.#strike(now, "too many messages");
      return null;
    }
    if (isBinary) {
      this.#strike(now, "messages are JSON in text frames");
      return null;
    }
    const message = parseClientMessage(data.toString(), this.#limits);
    if (message.kind === "bad") {
      this.send(message.failure);
      this.#countStrike(now);
      return null;
    }
    this.#lastMessageAt = now;
    return message;
  }

  send(message: TrackerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > this.#limits.bufferedForClose) this.#socket.terminate();
  }

  /** Someone else claims this client's peer id: it must show soon that it is still there. */
  contest(now: number): void {
    this.#ping(now, now + this.#limits.contest);
  }

  /** Pings when it is time to, and closes the socket when its time is over. */
  sweep(now: number): void {
    const { firstMessage, idle, ping, stuck } = this.#limits;
    this.#watchBuffer(now);
    const isDead = this.#pongBy !== null && now >= this.#pongBy;
    const isStuck = this.#stuckSince !== null && now - this.#stuckSince >= stuck;
    if (isDead || isStuck) {
      this.#socket.terminate();
    } else if (this.#lastMessageAt === null && now - this.#openedAt >= firstMessage) {
      this.close(CloseCode.policyViolation, "no valid message came");
    } else if (this.#lastMessageAt !== null && now - this.#lastMessageAt >= idle) {
      this.close(CloseCode.policyViolation, "idle for too long");
    } else if (now - this.#pingedAt >= ping) {
      this.#ping(now, now + ping);
    }
  }

  /** Takes leave of the client. Cut off by `terminate` when it does not answer. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Asks for a sign of life. One that is already awaited earlier stays due then. */
  #ping(now: number, pongBy: number): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#pingedAt = now;
    this.#pongBy = Math.min(this.#pongBy ?? pongBy, pongBy);
    this.#socket.ping();
  }

  #watchBuffer(now: number): void {
    const buffered = this.#socket.bufferedAmount;
    if (buffered === 0 || buffered < this.#bufferedBefore) this.#stuckSince = null;
    else this.#stuckSince ??= now;
    this.#bufferedBefore = buffered;
  }

  #strike(now: number, reason: string): void {
    this.send(failure(reason));
    this.#countStrike(now);
  }

  #countStrike(now: number): void {
    if (!this.#strikes.take(now)) this.close(CloseCode.policyViolation, "too many bad messages");
  }
}
