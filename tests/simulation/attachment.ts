/**
 * One host's place in the network: its connections, made with descriptions that name their maker, and their two
 * pipes of bytes, which queue at the sender's uplink, travel, and pass the receiver's downlink, each in order. Knows
 * nothing of what the bytes mean.
 */
import { ByLink } from "../../app/engine/by-link.ts";
import type { LinkEnd, LinkId } from "../../app/engine/host.ts";
import {
  ARRIVAL_GRID,
  CONNECT_TIMEOUT,
  CONSENT_TIMEOUT,
  GATHER_LEAST,
  GATHER_MOST,
  LOW_WATER,
  PACKET_LENGTH,
  RETRANSMIT_LEAST,
  SETUP_ROUND_TRIPS,
  SMALL_MESSAGE,
} from "./constants.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Moments } from "./moments.ts";
import { Pipe } from "./pipe.ts";
import type { Random } from "./random.ts";
import { Uplink, type Waiting } from "./uplink.ts";

/** A host's connection to the world. */
export interface Line {
  /** Bytes a second. */
  readonly up: number;
  readonly down: number;
  /** Milliseconds from the host to the middle of the net. */
  readonly delay: number;
  /** Share of packets lost, on each of a connection's two lines. */
  readonly loss: number;
}

/** What a host is told; the same as the engine's inputs. */
export interface LinkInputs {
  handleOffer(link: LinkId, sdp: string): void;
  handleAnswer(link: LinkId, sdp: string): void;
  handleLinkOpened(link: LinkId): void;
  handleBytes(link: LinkId, bytes: Uint8Array): void;
  handleDrained(link: LinkId): void;
  handleLinkClosed(link: LinkId, reason: LinkEnd): void;
}

/** What a host's place needs of the network. */
export interface Net {
  readonly events: EventQueue;
  readonly moments: Moments;
  readonly random: Random;
  host(number: number): Attachment | undefined;
  /** Whether nothing cuts the two off from each other. */
  reaches(a: Attachment, b: Attachment): boolean;
}

export class Attachment {
  readonly number: number;
  readonly line: Line;
  readonly #net: Net;
  readonly #inputs: LinkInputs;
  readonly #uplink: Uplink<Pipe>;
  /** By link: those that are open, as whoever sends a message looks one up. */
  readonly #pipes: ByLink<Pipe>;
  /** Host at the other end of every link that was ever open. */
  readonly #remotes: Map<LinkId, number>;
  /** Connections being made, with the remote end where it is known. */
  readonly #dialing: Map<LinkId, { host: number; link: LinkId } | null>;
  /** When the downlink has passed what is on its way. */
  #downFreeAt: number;
  gone: boolean;
  /** Bytes that left, of all kinds. */
  sent: number;

  constructor(net: Net, number: number, line: Line, inputs: LinkInputs) {
    this.number = number;
    this.line = line;
    this.#net = net;
    this.#inputs = inputs;
    this.#uplink = new Uplink(net.events, line.up, (pipe, sent) => this.#handleSent(pipe, sent));
    this.#pipes = new ByLink();
    this.#remotes = new Map();
    this.#dialing = new Map();
    this.#downFreeAt = 0;
    this.gone = false;
    this.sent = 0;
  }

  isOpen(link: LinkId): boolean {
    return this.#pipes.get(link) !== undefined;
  }

  /** The host at the other end of a link that is or was open; -1 when it never was. */
  remoteOf(link: LinkId): number {
    return this.#remotes.get(link) ?? -1;
  }

  // --- making connections ---

  createOffer(link: LinkId): void {
    this.#dialing.set(link, null);
    this.#net.events.after(this.#gatherTime(), () => {
      if (this.#dialing.has(link)) this.#inputs.handleOffer(link, this.#describe(link));
    });
  }

  createAnswer(link: LinkId, sdp: string): void {
    this.#dialing.set(link, parse(sdp));
    this.#net.events.after(this.#gatherTime(), () => {
      if (this.#dialing.has(link)) this.#inputs.handleAnswer(link, this.#describe(link));
    });
    this.#giveUpLater(link);
  }

  acceptAnswer(link: LinkId, sdp: string): void {
    if (!this.#dialing.has(link)) return;
    const remote = parse(sdp);
    this.#dialing.set(link, remote);
    this.#giveUpLater(link);
    const other = this.#net.host(remote.host);
    if (other === undefined) return;
    const roundTrip = 2 * (this.line.delay + other.line.delay);
    this.#net.events.after(SETUP_ROUND_TRIPS * roundTrip, () => this.#open(link, other, remote.link));
  }

  #open(link: LinkId, other: Attachment, remoteLink: LinkId): void {
    if (!this.#dialing.has(link) || !other.#dialing.has(remoteLink) || !this.#net.reaches(this, other))
      return;
    this.#dialing.delete(link);
    other.#dialing.delete(remoteLink);
    const pipe = new Pipe(this, other, link, remoteLink);
    this.#pipes.set(link, pipe);
    other.#pipes.set(remoteLink, pipe.reverse);
    this.#remotes.set(link, other.number);
    other.#remotes.set(remoteLink, this.number);
    this.#inputs.handleLinkOpened(link);
    if (other.isOpen(remoteLink)) other.#inputs.handleLinkOpened(remoteLink);
  }

  #gatherTime(): number {
    return this.#net.random.between(GATHER_LEAST, GATHER_MOST);
  }

  #describe(link: LinkId): string {
    return `${this.number}/${link}`;
  }

  #giveUpLater(link: LinkId): void {
    this.#net.events.after(CONNECT_TIMEOUT, () => {
      if (this.#dialing.delete(link)) this.#inputs.handleLinkClosed(link, "connect-failed");
    });
  }

  // --- ending them ---

  close(link: LinkId): void {
    this.#dialing.delete(link);
    const pipe = this.#pipes.get(link);
    if (pipe === undefined) return;
    this.#forget(pipe);
    this.#endLater(pipe, this.line.delay + pipe.to.line.delay);
  }

  /** The host is gone without a word: the others notice when consent expires. */
  vanish(): void {
    this.gone = true;
    this.#dialing.clear();
    for (const pipe of this.#pipes.values()) {
      this.#forget(pipe);
      this.#endLater(pipe, CONSENT_TIMEOUT);
    }
  }

  /** Connections to where the net no longer reaches break once consent expires. */
  breakCut(): void {
    for (const pipe of this.#pipes.values()) {
      if (this.#net.reaches(this, pipe.to)) continue;
      this.#net.events.after(CONSENT_TIMEOUT, () => {
        if (pipe.open && !this.#net.reaches(this, pipe.to)) this.#end(pipe);
      });
    }
  }

  /** The net is whole again: what it held goes on its way, in order. */
  releaseHeld(): void {
    for (const pipe of this.#pipes.values())
      for (const { bytes, length } of pipe.held.splice(0)) this.#travel(pipe, bytes, length);
  }

  #endLater(pipe: Pipe, delay: number): void {
    const { reverse } = pipe;
    if (reverse.open) this.#net.events.after(delay, () => pipe.to.#end(reverse));
  }

  #end(pipe: Pipe): void {
    if (!pipe.open) return;
    this.#forget(pipe);
    this.#inputs.handleLinkClosed(pipe.link, "remote-closed");
  }

  #forget(pipe: Pipe): void {
    pipe.open = false;
    pipe.reverse.heard = false;
    pipe.buffered = 0;
    this.#pipes.delete(pipe.link);
    this.#uplink.drop(pipe);
  }

  // --- bytes ---

  buffered(link: LinkId): number {
    return this.#pipes.get(link)?.buffered ?? 0;
  }

  /** Sends one message: `bytes`, and where it has a second part, that behind them. */
  send(link: LinkId, bytes: Uint8Array, more: Uint8Array | null = null): void {
    const pipe = this.#pipes.get(link);
    if (pipe === undefined) return;
    const { queue } = pipe;
    const length = bytes.length + (more?.length ?? 0);
    const messages = more === null ? [bytes] : [bytes, more];
    if (queue.length === 0 && length <= SMALL_MESSAGE) {
      this.#uplink.charge(length);
      this.sent += length;
      this.#travel(pipe, messages, length);
      return;
    }
    pipe.buffered += length;
    pipe.low = Math.max(LOW_WATER, pipe.buffered / 2);
    if (queue.length > 1) {
      const last = queue[queue.length - 1]!;
      if (last.length + length <= SMALL_MESSAGE) {
        last.bytes.push(...messages);
        last.length += length;
        return;
      }
    }
    queue.push({ bytes: messages, length });
    this.#uplink.add(pipe);
  }

  #handleSent(pipe: Pipe, sent: Waiting): void {
    this.sent += sent.length;
    this.#travel(pipe, sent.bytes, sent.length);
    const before = pipe.buffered;
    pipe.buffered -= sent.length;
    if (before > pipe.low && pipe.buffered <= pipe.low) this.#inputs.handleDrained(pipe.link);
  }

  /** What left arrives after the path's delay and the downlink, behind what left before it on the same pipe. */
  #travel(pipe: Pipe, messages: Uint8Array[], length: number): void {
    const { events } = this.#net;
    const { to } = pipe;
    if (!this.#net.reaches(this, to)) {
      pipe.held.push({ bytes: messages, length });
      return;
    }
    let arrival = events.now + this.line.delay + to.line.delay + this.#retransmissions(pipe, length);
    if (length > SMALL_MESSAGE) {
      const begins = Math.max(arrival, pipe.lastLargeAt, pipe.lastSmallAt, to.#downFreeAt);
      arrival = begins + (length * 1000) / to.line.down;
      to.#downFreeAt = arrival;
      pipe.lastLargeAt = arrival;
      events.at(arrival, () => to.arrive(pipe, messages));
      return;
    }
    // On the next point of the grid, behind a large message before it.
    arrival = (Math.floor(Math.max(arrival, pipe.lastLargeAt) / ARRIVAL_GRID) + 1) * ARRIVAL_GRID;
    arrival = Math.max(arrival, pipe.lastSmallAt);
    pipe.lastSmallAt = arrival;
    this.#net.moments.add(arrival, pipe, messages);
  }

  /** Milliseconds that lost packets cost a message: each is sent again after a time-out, all that were lost at once. */
  #retransmissions(pipe: Pipe, length: number): number {
    const loss = this.line.loss + pipe.to.line.loss;
    if (loss === 0) return 0;
    const whole = (1 - loss) ** Math.ceil(length / PACKET_LENGTH);
    if (this.#net.random.next() < whole) return 0;
    return Math.max(RETRANSMIT_LEAST, 3 * (this.line.delay + pipe.to.line.delay));
  }

  /** What came through a pipe is told to the host. */
  arrive(pipe: Pipe, messages: Uint8Array[]): void {
    for (const bytes of messages) this.#receive(pipe, bytes);
  }

  #receive(pipe: Pipe, bytes: Uint8Array): void {
    if (pipe.heard) this.#inputs.handleBytes(pipe.remoteLink, bytes);
  }
}

function parse(sdp: string): { host: number; link: LinkId } {
  const [host, link] = sdp.split("/");
  return { host: Number(host), link: Number(link) };
}
