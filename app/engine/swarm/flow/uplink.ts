/**
 * A node's uplink: what uploads to several peers share, of whichever torrents. Each peer's own window keeps what it
 * has asked for near what its path carries, and cannot know of the others: when several begin at the same time their
 * growth adds up, and each keeps a block of its own in the queue. So what is on its way to all of them together has a
 * window too, of the same kind (request-window.ts). A block is on its way from when it is handed to its connection
 * until its peer says that it came (sh_received); what it takes beyond the shortest path's time is the queue. The
 * quickest block of a round tells of it, whoever it went to: one peer that is far, or whose computer is late, slows
 * nobody else down. While our own computer is late nothing is concluded (lateness.ts).
 *
 * For a single peer its own window is enough. Peers on our own network do not pass the uplink and do not count. Peers
 * that never say what came are other clients: while one is served, nobody holds back, as that would leave the line to it.
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

/** A block on its way. */
interface Sent {
  readonly bytes: number;
  readonly at: number;
  /** Bytes on their way to all when it left, itself included. */
  readonly underWay: number;
  /** It does not count: it went to a peer that is near, or it is late. */
  isExempt: boolean;
}

/** What is on its way to one peer. */
interface Flow {
  /** By what names a block, oldest first. */
  readonly sent: Map<number, Sent>;
  sentAt: number;
  /** Milliseconds that a block took at least. */
  least: number;
}

export class Uplink<Receiver> {
  /** Who waits for it, or for a limit on it. */
  readonly roundRobin: RoundRobin<Receiver>;
  readonly #flows: Map<Receiver, Flow>;
  readonly #window: RequestWindow;
  #underWay: number;
  /** Peers that something was sent to lately, those nearby apart; and milliseconds that the shortest path took. */
  #active: number;
  #shortest: number;
  /** When the queue was last let run empty. */
  #drainedAt: number;
  readonly #lateness: OwnLag;
  /** When a peer was last sent a block that never says what came. */
  #sentBlindlyAt: number;
  /** What blocks take says little now: our own computer is late, or it is not known what is on its way. */
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

  /** Bytes on their way, and how many may be. */
  get underWay(): number {
    return this.#underWay;
  }

  get limit(): number {
    return this.#window.limit;
  }

  /** Whether several share it now. */
  get isShared(): boolean {
    return this.#active >= 2;
  }

  /** Whether a block may be sent to anybody now. Until there is a queue, growth is the peers' own matter. */
  get hasRoom(): boolean {
    const isFree = !this.isShared || !this.#window.isSettled || this.#isBlind;
    return isFree || this.#underWay < this.#window.limit;
  }

  hasRoomFor(receiver: Receiver): boolean {
    if (this.hasRoom) return true;
    const flow = this.#flows.get(receiver);
    return flow !== undefined && isNear(flow);
  }

  /** A block was handed to a connection to a peer that will say when it came. `key` names it among the peer's. */
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

  /** A block was handed to a connection to a peer that never says what came. */
  handleSentBlindly(now: number): void {
    this.#sentBlindlyAt = now;
  }

  /** A peer says that a block came. What was never sent to it, or so long ago that it is forgotten, tells nothing. */
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
    // Whom the shortest path led to is served no more: to the others it takes longer without any queue.
    const isFarther = this.#shortest > (this.#window.base ?? Infinity) + WINDOW_TARGET_DELAY;
    return this.#window.wantsBaseProbe(now) || (isFarther && now - this.#drainedAt > WINDOW_PROBE_REST);
  }

  /** What is late waits in an association to be sent again, or is lost with its lane: it is in the line's queue no more. */
  #passBy({ sent, least }: Flow, now: number): void {
    const patience = Math.min(UPLINK_FORGOTTEN, least + UPLINK_LATE);
    for (const [key, block] of sent) {
      if (now - block.at < patience) return;
      if (!block.isExempt) this.#underWay -= block.bytes;
      block.isExempt = true;
      if (now - block.at >= UPLINK_FORGOTTEN) sent.delete(key);
    }
  }

  #take({ sent }: Flow, key: number): Sent | undefined {
    const block = sent.get(key);
    if (block === undefined) return undefined;
    sent.delete(key);
    if (!block.isExempt) this.#underWay -= block.bytes;
    return block;
  }
}

function isNear({ least }: Flow): boolean {
  return least <= WINDOW_NEAR;
}

function isActive({ sentAt }: Flow, now: number): boolean {
  return now - sentAt < UPLINK_ACTIVE;
}
