/**
 * The sending half of an association, as WebRTC's SCTP behaves (net/dcsctp; RFC 9260 sections 6 and 7): slow start,
 * congestion avoidance, fast retransmission and recovery, and the retransmission time-out, after which everything
 * unacknowledged is sent again. Keeps the packets that are not acknowledged yet, and the congestion window. What is
 * left out: path failures, several streams, a receiver that runs out of buffer.
 *
 * This is where data channels collapse. A queue that overflows in slow start leaves more holes than one acknowledgement
 * tells of (RUNS_TOLD), so recovery runs into the time-out. That makes the window one packet, and as slow start does
 * not count in recovery, it stays there until everything that was under way at the overflow has been sent again: the
 * more that was, the longer.
 */
import type { Action, VirtualClock } from "../../support/virtual-clock.ts";
import {
  BURST,
  MISSES,
  MTU,
  PAYLOAD,
  RECEIVE_BUFFER,
  TIMEOUT_FIRST,
  TIMEOUT_LEAST,
  TIMEOUT_MOST,
  VARIANCE_LEAST,
  WINDOW_INITIAL,
  WINDOW_LEAST,
} from "./constants.ts";
import type { Sack } from "./sctp-receiver.ts";

interface Packet {
  readonly number: number;
  readonly length: number;
  sentAt: number;
  again: boolean;
  misses: number;
  /** Under way; reported missing; to be sent again; known to be there. */
  state: "flight" | "missed" | "lost" | "there";
}

export class SctpSender {
  readonly #clock: VirtualClock;
  readonly #sendPacket: (number: number, length: number) => void;
  readonly #sent: Action;
  /** Lengths of packets not sent yet, and their sum. */
  readonly #lengths: number[];
  #unsent: number;
  /** From the first that is not acknowledged on, in order. */
  readonly #packets: Packet[];
  #upTo: number;
  #next: number;
  #flight: number;
  #window: number;
  #threshold: number;
  #acknowledged: number;
  /** In fast recovery: the packet whose acknowledgement ends it. */
  #recoveryEnd: number | null;
  #roundTrip: number | null;
  #variance: number;
  #backoff: number;
  /** When the time-out is due; Infinity while nothing is awaited. */
  #timeoutAt: number;
  #timerAt: number;
  timeouts: number;

  /** `sent` is told when packets have left for the first time. */
  constructor(clock: VirtualClock, sendPacket: (number: number, length: number) => void, sent: Action) {
    this.#clock = clock;
    this.#sendPacket = sendPacket;
    this.#sent = sent;
    this.#lengths = [];
    this.#unsent = 0;
    this.#packets = [];
    this.#upTo = 0;
    this.#next = 1;
    this.#flight = 0;
    this.#window = WINDOW_INITIAL * MTU;
    this.#threshold = RECEIVE_BUFFER;
    this.#acknowledged = 0;
    this.#recoveryEnd = null;
    this.#roundTrip = null;
    this.#variance = 0;
    this.#backoff = 1;
    this.#timeoutAt = Infinity;
    this.#timerAt = Infinity;
    this.timeouts = 0;
  }

  /** Bytes of the congestion window. */
  get window(): number {
    return this.#window;
  }

  /** Bytes that have not left yet. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Queues a message; returns the number of its last packet. */
  send(bytes: number): number {
    for (let left = bytes; left > 0; left -= PAYLOAD) this.#lengths.push(Math.min(left, PAYLOAD));
    this.#unsent += bytes;
    const last = this.#next - 1 + this.#lengths.length;
    this.#transmit();
    return last;
  }

  handleSack({ upTo, runs }: Sack): void {
    if (upTo < this.#upTo) return;
    const advanced = upTo > this.#upTo;
    const flightBefore = this.#flight;
    if (runs.length === 0) this.#measure(upTo);
    if (this.#recoveryEnd !== null && upTo >= this.#recoveryEnd) this.#recoveryEnd = null;
    const { bytes, highest } = this.#acknowledge(upTo, runs);
    // In recovery, progress makes every packet missing that the acknowledgement does not tell of.
    const countUpTo = this.#recoveryEnd !== null && advanced ? (runs.at(-1)?.[1] ?? 0) : highest;
    const lost = this.#countMisses(runs, countUpTo);
    if (advanced) {
      this.#backoff = 1;
      this.#timeoutAt = Infinity;
      this.#grow(bytes, flightBefore);
    }
    if (lost !== null) {
      if (this.#recoveryEnd === null) {
        this.#threshold = Math.max(this.#window / 2, WINDOW_LEAST * MTU);
        this.#window = this.#threshold;
        this.#acknowledged = 0;
        this.#recoveryEnd = this.#next - 1;
      }
      // One packet at once, whatever the window. RFC 9260 7.2.4, 3.
      this.#put(lost);
    }
    this.#startTimer();
    this.#transmit();
  }

  #acknowledge(upTo: number, runs: Sack["runs"]): { bytes: number; highest: number } {
    let bytes = 0;
    let highest = 0;
    const take = (packet: Packet) => {
      if (packet.state === "there") return;
      if (packet.state === "flight") this.#flight -= packet.length;
      packet.state = "there";
      bytes += packet.length;
      highest = Math.max(highest, packet.number);
    };
    while (this.#packets.length > 0 && this.#packets[0]!.number <= upTo) take(this.#packets.shift()!);
    this.#upTo = upTo;
    for (const [first, last] of runs)
      for (let number = first; number <= last; number++) take(this.#packets[number - upTo - 1]!);
    return { bytes, highest };
  }

  /** Counts a miss for each packet between the runs; returns the first that is lost by that. */
  #countMisses(runs: Sack["runs"], countUpTo: number): Packet | null {
    let firstLost: Packet | null = null;
    const last = Math.min(countUpTo, runs.at(-1)?.[1] ?? 0);
    for (const packet of this.#packets) {
      if (packet.number > last) break;
      if (packet.state === "there" || packet.state === "lost") continue;
      if (packet.state === "flight") this.#flight -= packet.length;
      packet.state = "missed";
      packet.misses++;
      if (packet.misses < MISSES) continue;
      packet.state = "lost";
      firstLost ??= packet;
    }
    return firstLost;
  }

  /** RFC 9260 7.2.1 and 7.2.2. */
  #grow(bytes: number, flightBefore: number): void {
    const used = flightBefore + MTU >= this.#window;
    if (this.#window <= this.#threshold) {
      if (used && this.#recoveryEnd === null) this.#window += Math.min(bytes, MTU);
      return;
    }
    this.#acknowledged += bytes;
    if (this.#acknowledged < this.#window || !used) return;
    this.#acknowledged -= this.#window;
    this.#window += MTU;
  }

  /** RFC 9260 6.3.1. */
  #measure(upTo: number): void {
    const packet = this.#packets[upTo - this.#upTo - 1];
    if (packet === undefined || packet.again) return;
    const roundTrip = this.#clock.now - packet.sentAt;
    if (this.#roundTrip === null) {
      this.#roundTrip = roundTrip;
      this.#variance = roundTrip / 2;
      return;
    }
    this.#variance += (Math.abs(roundTrip - this.#roundTrip) - this.#variance) / 4;
    this.#roundTrip += (roundTrip - this.#roundTrip) / 8;
  }

  #transmit(): void {
    const before = this.#unsent;
    for (let sent = 0; sent < BURST; sent++) {
      const lost = this.#packets.find(({ state }) => state === "lost");
      const length = lost?.length ?? this.#lengths[0];
      if (length === undefined || (this.#flight > 0 && this.#flight + length > this.#window)) break;
      this.#put(lost ?? this.#take());
    }
    if (this.#unsent < before) this.#sent();
    this.#startTimer();
  }

  #take(): Packet {
    const length = this.#lengths.shift()!;
    this.#unsent -= length;
    const packet: Packet = {
      number: this.#next++,
      length,
      sentAt: 0,
      again: false,
      misses: 0,
      state: "lost",
    };
    this.#packets.push(packet);
    return packet;
  }

  #put(packet: Packet): void {
    packet.again = packet.sentAt > 0;
    packet.sentAt = this.#clock.now;
    packet.misses = 0;
    packet.state = "flight";
    this.#flight += packet.length;
    this.#sendPacket(packet.number, packet.length);
  }

  #startTimer(): void {
    if (this.#packets.length === 0) this.#timeoutAt = Infinity;
    else if (this.#timeoutAt === Infinity) this.#timeoutAt = this.#clock.now + this.#timeout;
    if (this.#timeoutAt < this.#timerAt) this.#plan();
  }

  get #timeout(): number {
    const measured =
      this.#roundTrip === null
        ? TIMEOUT_FIRST
        : this.#roundTrip + Math.max(VARIANCE_LEAST, 4 * this.#variance);
    return Math.min(TIMEOUT_MOST, Math.max(TIMEOUT_LEAST, measured) * this.#backoff);
  }

  #plan(): void {
    const at = this.#timeoutAt;
    this.#timerAt = at;
    if (at === Infinity) return;
    this.#clock.at(at, () => {
      if (this.#timerAt !== at) return;
      this.#timerAt = Infinity;
      if (this.#timeoutAt > at) this.#plan();
      else this.#handleTimeout();
    });
  }

  /** RFC 9260 6.3.3: one packet's window, and everything unacknowledged is sent again. */
  #handleTimeout(): void {
    this.timeouts++;
    this.#threshold = Math.max(this.#window / 2, WINDOW_LEAST * MTU);
    this.#window = MTU;
    this.#acknowledged = 0;
    for (const packet of this.#packets) if (packet.state !== "there") packet.state = "lost";
    this.#flight = 0;
    this.#backoff *= 2;
    this.#timeoutAt = Infinity;
    this.#transmit();
  }
}
