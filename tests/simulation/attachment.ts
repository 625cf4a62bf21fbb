/**
 * One host's place in the network: its connections, made with descriptions that name their maker, the bytes on them,
 * which queue at the sender's uplink, travel, and pass the receiver's downlink, and its socket to the tracker. Knows
 * nothing of what the bytes mean, and of other hosts only what they described.
 */
import { ByLink } from "../../app/engine/by-link.ts";
import type { LinkId } from "../../app/engine/link.ts";
import { CHANNEL_LOW_WATER } from "../../app/worker/constants.ts";
import type { Random } from "../support/random.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import type { HostNetwork, NetworkInputs } from "../support/virtual-host.ts";
import { TrackerSocket } from "../support/virtual-tracker.ts";
import {
  CONNECT_TIMEOUT,
  CONSENT_TIMEOUT,
  GATHER_LEAST,
  GATHER_MOST,
  PACKET_LENGTH,
  RETRANSMIT_LEAST,
  SETUP_ROUND_TRIPS,
  SMALL_MESSAGE,
} from "./constants.ts";
import { Downlink, FOREIGN_RANK } from "./downlink.ts";
import {
  packet as makePacket,
  type Packet,
  PacketKind,
  TRACKER_NUMBER,
  wordOf,
  wordPacket,
} from "./packet.ts";
import { Pipe, type Remote } from "./pipe.ts";
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

/** What a host's place needs of the network. */
export interface Net {
  /** Sends a packet on its way. */
  deliver(packet: Packet): void;
  /** Whether nothing cuts two hosts off from each other at a time. */
  reaches(a: number, b: number, time: number): boolean;
}

export class Attachment implements HostNetwork {
  readonly number: number;
  readonly line: Line;
  /** The host's clock, and all that it plans. */
  readonly clock: VirtualClock;
  readonly #net: Net;
  readonly #inputs: NetworkInputs;
  readonly #random: Random;
  readonly #downlink: Downlink;
  readonly #uplink: Uplink<Pipe>;
  /** By link: those that are open, as whoever sends a message looks one up. */
  readonly #pipes: ByLink<Pipe>;
  /** Host at the other end of every link that was ever open. */
  readonly #remotes: Map<LinkId, number>;
  /** Connections being made, with the remote end where it is known. */
  readonly #dialing: Map<LinkId, Remote | null>;
  #tracker: TrackerSocket | null;
  gone: boolean;
  /** Bytes that left, of all kinds. */
  sent: number;

  constructor(
    net: Net,
    number: number,
    line: Line,
    inputs: NetworkInputs,
    clock: VirtualClock,
    random: Random,
  ) {
    this.number = number;
    this.line = line;
    this.clock = clock;
    this.#net = net;
    this.#inputs = inputs;
    this.#random = random;
    this.#downlink = new Downlink(clock, line.down, (packet) => this.#arrive(packet));
    this.#uplink = new Uplink(clock, line.up, (pipe, sent) => this.#handleSent(pipe, sent));
    this.#pipes = new ByLink();
    this.#remotes = new Map();
    this.#dialing = new Map();
    this.#tracker = null;
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

  /** A packet is on its way to the host. */
  take(packet: Packet): void {
    const { kind, time, from } = packet;
    if (kind === PacketKind.small || kind === PacketKind.large) this.#downlink.take(packet);
    else this.clock.at(time, () => this.#handle(packet), FOREIGN_RANK + from);
  }

  #handle(packet: Packet): void {
    const { kind, link, text } = packet;
    if (kind === PacketKind.open) this.#handleOpen(link, parse(text));
    else if (kind === PacketKind.opened) this.#handleOpened(link, parse(text));
    else if (kind === PacketKind.closed) this.#handleClosed(link);
    else this.#tracker?.hear(wordOf(packet));
  }

  // --- making connections ---

  createOffer(link: LinkId): void {
    this.#dialing.set(link, null);
    this.clock.after(this.#gatherTime(), () => {
      if (this.#dialing.has(link)) this.#inputs.handleOffer(link, this.#describe(link));
    });
  }

  createAnswer(link: LinkId, sdp: string): void {
    this.#dialing.set(link, parse(sdp));
    this.clock.after(this.#gatherTime(), () => {
      if (this.#dialing.has(link)) this.#inputs.handleAnswer(link, this.#describe(link));
    });
    this.#giveUpLater(link);
  }

  /** Who made the answer opens first, as the last flight of the set-up reaches it; the answer to that opens this end. */
  acceptAnswer(link: LinkId, sdp: string): void {
    if (!this.#dialing.has(link)) return;
    const remote = parse(sdp);
    this.#dialing.set(link, remote);
    this.#giveUpLater(link);
    const delay = (2 * SETUP_ROUND_TRIPS - 1) * this.#delayTo(remote);
    this.#send(PacketKind.open, remote, delay, this.#describe(link));
  }

  #handleOpen(link: LinkId, remote: Remote): void {
    if (!this.#dialing.has(link) || !this.#reaches(remote.host)) return;
    this.#send(PacketKind.opened, remote, this.#delayTo(remote), this.#describe(link));
    this.#open(link, remote);
  }

  #handleOpened(link: LinkId, remote: Remote): void {
    if (this.#dialing.has(link)) this.#open(link, remote);
    else this.#send(PacketKind.closed, remote, this.gone ? CONSENT_TIMEOUT : this.#delayTo(remote));
  }

  #open(link: LinkId, remote: Remote): void {
    this.#dialing.delete(link);
    this.#pipes.set(link, new Pipe(link, remote));
    this.#remotes.set(link, remote.host);
    this.#inputs.handleLinkOpened(link);
  }

  #reaches(host: number): boolean {
    return this.#net.reaches(this.number, host, this.clock.now);
  }

  #delayTo(remote: Remote): number {
    return this.line.delay + remote.delay;
  }

  #gatherTime(): number {
    return this.#random.between(GATHER_LEAST, GATHER_MOST);
  }

  #describe(link: LinkId): string {
    return [this.number, link, this.line.delay, this.line.loss].join("/");
  }

  #giveUpLater(link: LinkId): void {
    this.clock.after(CONNECT_TIMEOUT, () => {
      if (this.#dialing.delete(link)) this.#inputs.handleLinkClosed(link, "connect-failed");
    });
  }

  // --- ending them ---

  closeLink(link: LinkId): void {
    this.#dialing.delete(link);
    const pipe = this.#pipes.get(link);
    if (pipe === undefined) return;
    this.#forget(pipe);
    this.#send(PacketKind.closed, pipe.remote, this.#delayTo(pipe.remote));
  }

  /** The host is gone without a word: the others notice when consent expires, the tracker at once. */
  vanish(): void {
    this.gone = true;
    this.#dialing.clear();
    for (const pipe of this.#pipes.values()) {
      this.#forget(pipe);
      this.#send(PacketKind.closed, pipe.remote, CONSENT_TIMEOUT);
    }
    this.#tracker?.close();
  }

  /** Connections to where the net no longer reaches break once consent expires. */
  breakCut(): void {
    for (const pipe of this.#pipes.values()) {
      if (this.#reaches(pipe.remote.host)) continue;
      this.clock.after(CONSENT_TIMEOUT, () => {
        if (!this.#reaches(pipe.remote.host)) this.#end(pipe);
      });
    }
  }

  /** The net is whole again: what it held goes on its way, in order. */
  releaseHeld(): void {
    for (const pipe of this.#pipes.values())
      for (const { bytes, length } of pipe.held.splice(0)) this.#travel(pipe, bytes, length);
  }

  #handleClosed(link: LinkId): void {
    const pipe = this.#pipes.get(link);
    if (pipe !== undefined) this.#end(pipe);
  }

  #end(pipe: Pipe): void {
    if (!pipe.open) return;
    this.#forget(pipe);
    this.#inputs.handleLinkClosed(pipe.link, "remote-closed");
  }

  #forget(pipe: Pipe): void {
    pipe.open = false;
    pipe.buffered = 0;
    this.#pipes.delete(pipe.link);
    this.#uplink.drop(pipe);
  }

  #send(kind: PacketKind, { host, link }: Remote, delay: number, text = ""): void {
    const time = this.clock.now + delay;
    this.#net.deliver(makePacket({ kind, from: this.number, to: host, time, link, text }));
  }

  // --- bytes ---

  buffered(link: LinkId): number {
    return this.#pipes.get(link)?.buffered ?? 0;
  }

  send(link: LinkId, bytes: Uint8Array, block: Uint8Array | null = null): void {
    const pipe = this.#pipes.get(link);
    if (pipe === undefined) return;
    const { queue } = pipe;
    const length = bytes.length + (block?.length ?? 0);
    const messages = block === null ? [bytes] : [bytes, block];
    if (queue.length === 0 && length <= SMALL_MESSAGE) {
      this.#uplink.charge(length);
      this.sent += length;
      this.#travel(pipe, messages, length);
      return;
    }
    pipe.buffered += length;
    pipe.low = Math.max(CHANNEL_LOW_WATER, pipe.buffered / 2);
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

  /** What left reaches the other's line after the path's delay. */
  #travel(pipe: Pipe, parts: Uint8Array[], length: number): void {
    const { remote } = pipe;
    if (!this.#reaches(remote.host)) {
      pipe.held.push({ bytes: parts, length });
      return;
    }
    this.#net.deliver({
      kind: length > SMALL_MESSAGE ? PacketKind.large : PacketKind.small,
      from: this.number,
      to: remote.host,
      time: this.clock.now + this.#delayTo(remote) + this.#retransmissions(remote, length),
      link: remote.link,
      order: pipe.sent++,
      length,
      parts,
      text: "",
    });
  }

  /** Milliseconds that lost packets cost a message: each is sent again after a time-out, all that were lost at once. */
  #retransmissions(remote: Remote, length: number): number {
    const loss = this.line.loss + remote.loss;
    if (loss === 0) return 0;
    const whole = (1 - loss) ** Math.ceil(length / PACKET_LENGTH);
    if (this.#random.next() < whole) return 0;
    return Math.max(RETRANSMIT_LEAST, 3 * this.#delayTo(remote));
  }

  /** What came on a connection that is open is told to the host. */
  #arrive(packet: Packet): void {
    this.#pipes.get(packet.link)?.arrive(packet, this.#tell);
  }

  readonly #tell = ({ link, parts }: Packet): void => {
    for (const bytes of parts) if (this.isOpen(link)) this.#inputs.handleBytes(link, bytes);
  };

  // --- the tracker ---

  openTracker(url: string): void {
    const { clock, number } = this;
    this.#tracker ??= new TrackerSocket(clock, { url, delay: this.line.delay }, this.#inputs, (word, time) =>
      this.#net.deliver(wordPacket(word, number, TRACKER_NUMBER, time)),
    );
    this.#tracker.open();
  }

  sendTracker(_url: string, text: string): void {
    this.#tracker?.send(text);
  }

  closeTracker(): void {
    this.#tracker?.close();
  }
}

function parse(sdp: string): Remote {
  const [host, link, delay, loss] = sdp.split("/").map(Number);
  return { host: host!, link: link!, delay: delay!, loss: loss! };
}
