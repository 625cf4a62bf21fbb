/**
 * A link's bytes over simple-peer's own channel, which the page holds: messages go through the page as transferred
 * buffers. Keeps what should not be on its way yet, and estimates what is, from what the page tells.
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
  /** What the page's channel held when it told last. */
  #held: number;
  /** The engine was let above the low-water mark and waits to hear that it fell again. */
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

  /** The page tells after each message that it took, and when its channel drained. */
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
