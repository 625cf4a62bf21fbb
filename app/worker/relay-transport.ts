/**
 * A relay transport carries the bytes of one link over simple-peer's own channel, which the page holds. Each message
 * is posted to the page as a transferred buffer, and the page sends it. After each message, and when the channel
 * drains, the page tells how many bytes the channel holds, and how many messages it has given to the channel so far.
 *
 * Messages are posted while fewer bytes than RELAY_LIMIT are under way: those that the channel held when the page
 * told last, and those posted since. Further messages wait in the queue of the transport. Example: the channel held
 * 200 KiB, and three messages of 16 KiB were posted since. That is 248 KiB, so one more is posted. Then 264 KiB are
 * under way, and the others wait.
 */

import type { ConnectionCommand } from "../bridge/connections.ts";
import type { LinkId } from "../engine/link.ts";
import { RELAY_LIMIT, RELAY_LOW_WATER } from "./constants.ts";
import type { Transport, TransportListener } from "./transport.ts";

export type PostToPage = (command: ConnectionCommand, transfer?: Transferable[]) => void;

export class RelayTransport implements Transport {
  readonly #link: LinkId;
  readonly #post: PostToPage;
  readonly #listener: TransportListener;
  readonly #queue: Uint8Array<ArrayBuffer>[];
  #queued: number;
  /** Lengths of the messages that the page has not told about yet, in order. */
  readonly #posted: number[];
  #postedBytes: number;
  /** Messages that the page has told about. */
  #taken: number;
  /** Bytes that the channel held when the page told last. */
  #held: number;
  /** `buffered` rose above the low-water mark, and the engine waits to hear that it fell again. */
  #above: boolean;

  constructor(link: LinkId, post: PostToPage, listener: TransportListener) {
    this.#link = link;
    this.#post = post;
    this.#listener = listener;
    this.#queue = [];
    this.#queued = 0;
    this.#posted = [];
    this.#postedBytes = 0;
    this.#taken = 0;
    this.#held = 0;
    this.#above = false;
  }

  get buffered(): number {
    return this.#held + this.#postedBytes + this.#queued;
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    this.#pump();
    if (this.buffered > RELAY_LOW_WATER) this.#above = true;
  }

  /**
   * Handles what the page tells. `held`: bytes that its channel holds. `taken`: messages that the channel was given
   * so far.
   */
  handleBuffered(held: number, taken: number): void {
    this.#held = held;
    for (; this.#taken < taken; this.#taken++) this.#postedBytes -= this.#posted.shift() ?? 0;
    this.#pump();
    if (!this.#above || this.buffered > RELAY_LOW_WATER) return;
    this.#above = false;
    this.#listener.drained();
  }

  close(): void {
    this.#queue.length = 0;
    this.#queued = 0;
  }

  #pump(): void {
    let sent = 0;
    while (sent < this.#queue.length && this.#held + this.#postedBytes < RELAY_LIMIT) {
      const bytes = this.#queue[sent++]!;
      this.#queued -= bytes.length;
      this.#posted.push(bytes.length);
      this.#postedBytes += bytes.length;
      const whole = bytes.byteLength === bytes.buffer.byteLength;
      const data = whole ? bytes.buffer : bytes.slice().buffer;
      this.#post({ type: "relay-send", link: this.#link, data }, [data]);
    }
    this.#queue.splice(0, sent);
  }
}
