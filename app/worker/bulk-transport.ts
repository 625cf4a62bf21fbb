/**
 * A bulk transport carries the bytes of one link over the data channel that the page transferred to the worker.
 *
 * The channel is negotiated, so it opens even if nobody holds its other end. So each end greets the other: once the
 * channel is open and the other end is known to be a Shoal peer's, it sends one byte. The first message that comes is
 * the other end's greeting. It makes the transport ready.
 *
 * A message leaves at once while the channel holds less than CHANNEL_LIMIT. Further messages wait in the queue of the
 * transport. They leave when the channel has sent half of what it held. The link has drained when the queue is empty.
 *
 * Messages come from a stranger. A text, or a message that is longer than BULK_MESSAGE_LENGTH, is a violation and
 * ends the link.
 */

import { BULK_MESSAGE_LENGTH, CHANNEL_LIMIT, CHANNEL_LOW_WATER } from "./constants.ts";
import type { Transport, TransportListener } from "./transport.ts";

const GREETING = new Uint8Array(1);

export class BulkTransport implements Transport {
  readonly #channel: RTCDataChannel;
  readonly #listener: TransportListener;
  readonly #queue: Uint8Array<ArrayBuffer>[];
  #queued: number;
  /** The other end is a Shoal peer's, so it may be greeted. */
  #greets: boolean;
  #greeted: boolean;
  #heard: boolean;

  constructor(channel: RTCDataChannel, listener: TransportListener) {
    this.#channel = channel;
    this.#listener = listener;
    this.#queue = [];
    this.#queued = 0;
    this.#greets = false;
    this.#greeted = false;
    this.#heard = false;
    channel.binaryType = "arraybuffer";
    channel.onopen = () => this.#greet();
    channel.onmessage = (event: MessageEvent<unknown>) => this.#handleMessage(event.data);
    channel.onbufferedamountlow = () => this.#handleLow();
    channel.onclose = () => listener.closed();
  }

  get buffered(): number {
    return this.#channel.bufferedAmount + this.#queued;
  }

  /** Greets the other end, a Shoal peer's, as soon as the channel is open. */
  greet(): void {
    this.#greets = true;
    this.#greet();
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#queue.length > 0 || this.#channel.bufferedAmount >= CHANNEL_LIMIT || !this.#trySend(bytes)) {
      this.#queue.push(bytes);
      this.#queued += bytes.length;
    }
  }

  close(): void {
    this.#channel.onopen = null;
    this.#channel.onmessage = null;
    this.#channel.onbufferedamountlow = null;
    this.#channel.onclose = null;
    this.#channel.close();
  }

  #greet(): void {
    if (!this.#greets || this.#greeted || this.#channel.readyState !== "open") return;
    this.#greeted = true;
    this.#trySend(GREETING);
  }

  #handleMessage(data: unknown): void {
    if (!(data instanceof ArrayBuffer) || data.byteLength > BULK_MESSAGE_LENGTH) {
      this.#listener.violated();
      return;
    }
    if (this.#heard) {
      this.#listener.bytes(new Uint8Array(data));
      return;
    }
    this.#heard = true;
    this.#listener.ready();
  }

  #handleLow(): void {
    let sent = 0;
    while (sent < this.#queue.length && this.#channel.bufferedAmount < CHANNEL_LIMIT) {
      const bytes = this.#queue[sent]!;
      if (!this.#trySend(bytes)) break;
      this.#queued -= bytes.length;
      sent++;
    }
    this.#queue.splice(0, sent);
    if (this.#queue.length === 0) this.#listener.drained();
  }

  /** False if the channel refuses the message, as a closing one does. Its `close` event follows and ends the link. */
  #trySend(bytes: Uint8Array<ArrayBuffer>): boolean {
    try {
      this.#channel.send(bytes);
      // However little the engine queues, it hears once half of that has left.
      this.#channel.bufferedAmountLowThreshold = Math.max(
        CHANNEL_LOW_WATER,
        Math.floor(this.#channel.bufferedAmount / 2),
      );
      return true;
    } catch {
      return false;
    }
  }
}
