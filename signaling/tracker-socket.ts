/**
 * A tracker socket is the WebSocket of one client. It bounds how many messages, and how many bad ones, the client may
 * send. It hands the good messages on in their order. It knows which swarms the client is in, finds out if the client
 * still lives, and watches how much waits to be sent to it. tracker.ts decides what the messages do to swarms.
 */
import type { RawData, WebSocket } from "ws";
import type { BinaryString, TrackerMessage } from "../app/engine/discovery/tracker-messages.ts";
import { CloseCode, type Limits } from "./constants.ts";
import { type Address, TokenBucket } from "./limits.ts";
import { MessageQueue } from "./message-queue.ts";
import { type BadMessage, type ClientMessage, failure, parseClientMessage } from "./protocol.ts";

/** A message that was understood. */
export type GoodMessage = Exclude<ClientMessage, BadMessage>;

export interface SocketListener {
  /** Handles a message, at once or later; the next one comes when it has. */
  message(message: GoodMessage): void | Promise<void>;
  /** Handling a message failed later; the socket is being closed. */
  failed(error: unknown): void;
}

export class TrackerSocket {
  readonly #socket: WebSocket;
  readonly #limits: Limits;
  readonly #messages: TokenBucket;
  readonly #strikes: TokenBucket;
  readonly #queue: MessageQueue<ClientMessage>;
  /** The info-hashes of the swarms that it is in. */
  readonly #swarms: Set<BinaryString>;
  readonly #address: Address;
  readonly #openedAt: number;
  #lastMessageAt: number | null;
  #pingedAt: number;
  /** When an answer to the last ping must have come. Null: it came. */
  #pongBy: number | null;
  #bufferedBefore: number;
  /** Since when nothing of what waits has been taken. */
  #stuckSince: number | null;

  /** `now` in milliseconds, here and below from the same start. */
  constructor(socket: WebSocket, address: Address, limits: Limits, now: number, listener: SocketListener) {
    this.#socket = socket;
    this.#address = address;
    this.#limits = limits;
    this.#messages = new TokenBucket(limits.messagesPerSecond, limits.messageBurst, now);
    this.#strikes = new TokenBucket(limits.strikesPerSecond, limits.strikeBurst, now);
    this.#queue = new MessageQueue(
      limits.queuedMessages,
      (message) => (message.kind === "bad" ? this.send(message.failure) : listener.message(message)),
      (error) => {
        this.close(CloseCode.internalError, "the server failed");
        listener.failed(error);
      },
    );
    this.#swarms = new Set();
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

  /**
   * Has what a frame from the client says handled, or answered where it is bad, after all that came before it. Passes
   * the frame over when the socket is being closed.
   */
  handleFrame(data: RawData, isBinary: boolean, now: number): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const message = this.#read(data, isBinary, now);
    if (message.kind !== "bad") this.#lastMessageAt = now;
    const isQueued = this.#queue.push(message);
    if (message.kind !== "bad") return;
    if (!isQueued) this.send(message.failure);
    if (!this.#strikes.take(now)) this.close(CloseCode.policyViolation, "too many bad messages");
  }

  /** The connection has ended. Calls `listener` when no message is being handled any more. */
  handleClosed(listener: () => void): void {
    this.#queue.end();
    this.#queue.whenIdle(() => {
      this.#address.swarms -= this.#swarms.size;
      this.#swarms.clear();
      listener();
    });
  }

  /** Why it may not announce itself in this swarm; null where it is in it, or in few enough others. */
  whyNotIn(infoHash: BinaryString): string | null {
    const { swarmsPerSocket, swarmsPerAddress } = this.#limits;
    if (this.#swarms.has(infoHash)) return null;
    if (this.#swarms.size >= swarmsPerSocket)
      return `a connection can be in ${swarmsPerSocket} swarms at most`;
    return this.#address.swarms < swarmsPerAddress
      ? null
      : `the connections of an address can be in ${swarmsPerAddress} swarms at most`;
  }

  handleJoined(infoHash: BinaryString): void {
    if (this.#swarms.has(infoHash)) return;
    this.#swarms.add(infoHash);
    this.#address.swarms += 1;
  }

  handleLeft(infoHash: BinaryString): void {
    if (this.#swarms.delete(infoHash)) this.#address.swarms -= 1;
  }

  send(message: TrackerMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > this.#limits.bufferedForClose) this.terminate();
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
      this.terminate();
    } else if (this.#lastMessageAt === null && now - this.#openedAt >= firstMessage) {
      this.close(CloseCode.policyViolation, "no valid message came");
    } else if (this.#lastMessageAt !== null && now - this.#lastMessageAt >= idle) {
      this.close(CloseCode.policyViolation, "idle for too long");
    } else if (now - this.#pingedAt >= ping) {
      this.#ping(now, now + ping);
    }
  }

  /** Takes leave of the client, and drops those of its messages that wait. `terminate` cuts off one that does not answer. */
  close(code: number, reason: string): void {
    this.#queue.end();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#queue.end();
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

  /** The message in a frame. A frame beyond the limits is bad, and is not looked at. */
  #read(data: RawData, isBinary: boolean, now: number): ClientMessage {
    const mayCome = this.#messages.take(now) && !this.#queue.isFull;
    if (!mayCome) return { kind: "bad", failure: failure("too many messages") };
    if (isBinary) return { kind: "bad", failure: failure("messages are JSON in text frames") };
    return parseClientMessage(data.toString(), this.#limits);
  }
}
