/**
 * The uplink of a node says when a block may be sent, so that all uploads together keep the queue of the line short.
 * Each downloader's own window keeps the queue short for its own path, and knows nothing of the others. The growth of
 * windows that begin at the same time adds up. Besides, each window keeps one block in the queue. So one further
 * window of the same kind (request-window.ts) limits the blocks under way to all peers of all torrents together.
 *
 * A block is under way from when it is handed to a connection until its peer reports that it came (sh_received). The
 * delay between the two is a sample for the window: the least delay is the base, and the rest is queueing. The
 * quickest block of a round tells the queueing, whichever peer it went to. So a peer that is far away, or whose
 * computer is late, slows nobody else down. Example: a block to A takes 50 ms without a queue, and a block to B
 * 200 ms. The base is 50 ms. In the next round, the blocks to A take 70 ms, and those to B 220 ms. Queueing is 20 ms.
 *
 * A peer is active for a second after each block that it was sent. The first of these states that applies holds:
 *
 * | state | begins | a block may be sent | ends |
 * | --- | --- | --- | --- |
 * | blind | with a late tick, or a block to a non-Shoal client | always; delays are no samples | a second later |
 * | alone | with fewer than two active peers | always: the peer's own window is enough | with two |
 * | starting | with two active peers | always: no queue was met yet | with the first queue, for good |
 * | probing | in *shared*, when a probe is due | while less than the cut limit is under way | with a new base |
 * | shared | with two active peers, after *starting* | while less than the limit is under way | with one |
 *
 * *Blind* has two reasons. While our own computer is late, delays say nothing of the line (own-lag.ts). Clients other
 * than Shoal do not report, so what is under way to them is unknown. Holding blocks back would leave the line to
 * them.
 *
 * A probe is due when the window wants one. A probe is also due when even the nearest active peer is much farther
 * away than the base, which was then measured with a peer that is no longer served.
 *
 * Some blocks are exempt: they do not count as under way. A block to a near peer is exempt, because it stays on our
 * own network. Near peers do not count as active either. A late block is exempt, because it is no longer in the queue
 * (UPLINK_LATE).
 *
 * The uplink keeps a round robin of the peers that wait for room. uploads.ts sends the blocks.
 */
import {
  UPLINK_ACTIVE,
  UPLINK_FORGOTTEN,
  UPLINK_LATE,
  UPLINK_QUANTUM,
  WINDOW_NEAR,
  WINDOW_PROBE_REST,
  WINDOW_TARGET_DELAY,
} from "./constants.ts";
import { OwnLag } from "./own-lag.ts";
import { RequestWindow } from "./request-window.ts";
import { RoundRobin } from "./round-robin.ts";

/** A block that was sent and not yet reported. */
interface Sent {
  readonly bytes: number;
  readonly at: number;
  /** Bytes under way to all peers when the block was sent, its own included unless it is exempt. */
  readonly underWay: number;
  /** The block does not count as under way, because it went to a near peer or is late. */
  isExempt: boolean;
}

/** The blocks sent to one peer. */
interface Flow {
  /** Blocks by their keys, in the order in which they were sent. */
  readonly sent: Map<number, Sent>;
  sentAt: number;
  /** Least milliseconds from a block to its report, of all blocks so far; Infinity before the first report. */
  least: number;
}

export class Uplink<Receiver> {
  /** The peers that wait for room, or for a rate limit on uploads. */
  readonly roundRobin: RoundRobin<Receiver>;
  readonly #flows: Map<Receiver, Flow>;
  readonly #window: RequestWindow;
  #underWay: number;
  /** Active peers. Near ones are not counted. */
  #active: number;
  /** Milliseconds: the smallest `least` among the peers active at the last tick; Infinity without any. */
  #shortest: number;
  /** When the last probe was asked for. */
  #drainedAt: number;
  readonly #lateness: OwnLag;
  /** When a block was last sent to a peer that does not report. */
  #sentBlindlyAt: number;
  /** Whether the state was *blind* at the last tick. */
  #isBlind: boolean;

  constructor(now: number) {
    this.roundRobin = new RoundRobin(UPLINK_QUANTUM);
    this.#flows = new Map();
    this.#window = new RequestWindow(now);
    this.#underWay = 0;
    this.#active = 0;
    this.#shortest = Infinity;
    this.#drainedAt = now;
    this.#lateness = new OwnLag();
    this.#sentBlindlyAt = -Infinity;
    this.#isBlind = false;
  }

  /** Bytes under way to all peers, without exempt blocks. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Bytes that may be under way to all peers while the uplink is shared. */
  get limit(): number {
    return this.#window.limit;
  }

  /** Whether at least two peers are active. */
  get isShared(): boolean {
    return this.#active >= 2;
  }

  /** Whether the next block may be sent now, to any peer. */
  get hasRoom(): boolean {
    const isFree = !this.isShared || !this.#window.isSettled || this.#isBlind;
    return isFree || this.#underWay < this.#window.limit;
  }

  /** Whether the next block may be sent to this peer now. Near peers never wait. */
  hasRoomFor(receiver: Receiver): boolean {
    if (this.hasRoom) return true;
    const flow = this.#flows.get(receiver);
    return flow !== undefined && isNear(flow);
  }

  /**
   * A block was handed to a connection of a peer that reports blocks. `key`: the block's number among those of the
   * peer. A block that is sent again counts once.
   */
  handleSent(receiver: Receiver, key: number, bytes: number, now: number): void {
    let flow = this.#flows.get(receiver);
    if (flow === undefined) {
      flow = { sent: new Map(), sentAt: -Infinity, least: Infinity };
      this.#flows.set(receiver, flow);
    }
    const isExempt = isNear(flow);
    if (!isExempt && !isActive(flow, now)) this.#active++;
    flow.sentAt = now;
    this.#take(flow, key);
    if (!isExempt) this.#underWay += bytes;
    flow.sent.set(key, { bytes, at: now, underWay: this.#underWay, isExempt });
  }

  /** A block was handed to a connection of a peer that does not report blocks. */
  handleSentBlindly(now: number): void {
    this.#sentBlindlyAt = now;
  }

  /** A peer reports that a block came. Reports of blocks that were never sent, or are forgotten, are ignored. */
  handleReceived(receiver: Receiver, key: number, now: number): void {
    const flow = this.#flows.get(receiver);
    const sent = flow === undefined ? undefined : this.#take(flow, key);
    if (flow === undefined || sent === undefined) return;
    const delay = now - sent.at;
    flow.least = Math.min(flow.least, delay);
    if (!isNear(flow) && !this.#isBlind) this.#window.handleBlock(delay, sent.bytes, sent.underWay, now);
  }

  handleGone(receiver: Receiver): void {
    const flow = this.#flows.get(receiver);
    this.roundRobin.leave(receiver);
    if (flow === undefined) return;
    for (const key of flow.sent.keys()) this.#take(flow, key);
    this.#flows.delete(receiver);
  }

  handleTick(now: number): void {
    this.#isBlind = this.#lateness.isLate(now) || now - this.#sentBlindlyAt < UPLINK_ACTIVE;
    this.#active = 0;
    this.#shortest = Infinity;
    for (const flow of this.#flows.values()) {
      this.#passBy(flow, now);
      if (!isActive(flow, now) || isNear(flow)) continue;
      this.#active++;
      this.#shortest = Math.min(this.#shortest, flow.least);
    }
    if (!this.isShared || !this.#wantsDrain(now)) return;
    this.#drainedAt = now;
    this.#window.probeBase(now);
  }

  #wantsDrain(now: number): boolean {
    // `isFarther` means that the peer with the shortest path is no longer served: the paths to the others are longer,
    // even without a queue.
    const isFarther = this.#shortest > (this.#window.base ?? Infinity) + WINDOW_TARGET_DELAY;
    return this.#window.wantsBaseProbe(now) || (isFarther && now - this.#drainedAt > WINDOW_PROBE_REST);
  }

  /**
   * Exempts blocks that are late, and forgets old ones. A late block is no longer in the line's queue: its packets
   * were lost and wait in their association to be sent again, or its lane broke.
   */
  #passBy({ sent, least }: Flow, now: number): void {
    const patience = Math.min(UPLINK_FORGOTTEN, least + UPLINK_LATE);
    for (const [key, block] of sent) {
      if (now - block.at < patience) return;
      if (!block.isExempt) this.#underWay -= block.bytes;
      block.isExempt = true;
      if (now - block.at >= UPLINK_FORGOTTEN) sent.delete(key);
    }
  }

  /** Removes a block; undefined when the peer has none under this key. */
  #take({ sent }: Flow, key: number): Sent | undefined {
    const block = sent.get(key);
    if (block === undefined) return undefined;
    sent.delete(key);
    if (!block.isExempt) this.#underWay -= block.bytes;
    return block;
  }
}

/** Whether the peer is on our own machine or network. */
function isNear({ least }: Flow): boolean {
  return least <= WINDOW_NEAR;
}

/** Whether the peer was sent a block lately. */
function isActive({ sentAt }: Flow, now: number): boolean {
  return now - sentAt < UPLINK_ACTIVE;
}
