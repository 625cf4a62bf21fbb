/**
 * Peer liveness tells which peers still live. A connection can die without a word. We would then wait in vain for the
 * blocks asked of its peer. So peers that speak sh_ping are watched at every tick:
 *
 * | state | begins | what happens |
 * | --- | --- | --- |
 * | alive | with a sign of life | nothing |
 * | doubtful | 2 s after the last sign | the peer is pinged once |
 * | suspected | 2 s after the ping | another path to the peer is looked for; its blocks are asked of others |
 * | dead | 4.5 s after the ping | the link is closed |
 *
 * A sign of life makes a doubtful or suspected peer alive again. Example: the last byte came at 0 s. The peer is
 * pinged at 2 s, suspected at 4 s, and its link is closed at 6.5 s.
 *
 * A byte from the peer, on its link or a lane, is a sign of life. So is a send queue on its link that becomes shorter
 * and is not empty, because the peer's end took bytes. The second kind counts because a ping waits behind the blocks
 * that were sent before it.
 *
 * The pings also measure how far away a peer is: `roundTrip` is the least time from a ping to its pong. Peers that do
 * not speak sh_ping are not watched here; ICE tells when their connections break.
 */
import type { Host } from "../../host.ts";
import type { LinkId } from "../../link.ts";
import { encodeExtended } from "../../wire/encode.ts";
import { decodePing, encodePing } from "../../wire/sh-ping.ts";
import { TICK_STALL } from "../flow/constants.ts";
import { PING_AFTER, PING_PATIENCE, PING_SUSPICION } from "./constants.ts";
import type { Peer } from "./peer.ts";

export interface PeerLivenessContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  /** The peer may be gone: asks others for its blocks. */
  suspect(peer: Peer): void;
  /** Looks for another path to the peer. */
  mend(peer: Peer): void;
  close(peer: Peer): void;
}

/** The signs of life of one peer. When bytes last came from it is in the peer (`lastReceivedAt`). */
interface Signs {
  /** When the peer's end last took bytes that waited here, or we last stood still. */
  tookAt: number;
  /** Bytes that waited on its link at the last tick. */
  buffered: number;
  /** Since when the peer is doubtful; null while it is alive. */
  askedAt: number | null;
  /** A sign has been awaited for so long that the peer, or the path to it, may be gone. */
  isSuspected: boolean;
  /** When the oldest ping without a pong was sent; null when there is none. */
  pingedAt: number | null;
}

export class PeerLiveness {
  readonly #context: PeerLivenessContext;
  readonly #signs: Map<Peer, Signs>;
  #tickedAt: number;

  constructor(context: PeerLivenessContext) {
    this.#context = context;
    this.#signs = new Map();
    this.#tickedAt = context.host.now();
  }

  /** Whether a peer was asked for a sign of life and has sent nothing since. */
  isDoubtful(peer: Peer): boolean {
    const askedAt = this.#signs.get(peer)?.askedAt ?? null;
    return askedAt !== null && peer.lastReceivedAt < askedAt;
  }

  /** Whether a peer is suspected: its answer is late by PING_SUSPICION. */
  isSuspected(peer: Peer): boolean {
    return this.#signs.get(peer)?.isSuspected ?? false;
  }

  handlePing(peer: Peer, payload: Uint8Array): void {
    const kind = decodePing(payload);
    if (kind === "ping") this.#say(peer, "pong");
    else if (kind === "pong") this.#handlePong(peer);
  }

  /** Pings a peer to learn its round trip, unless a ping is under way. The pong sets `peer.roundTrip`. */
  measure(peer: Peer): void {
    if (!peer.answersPings) return;
    const now = this.#context.host.now();
    if (this.#signsOf(peer, now).pingedAt === null) this.#ping(peer, now);
  }

  #handlePong(peer: Peer): void {
    const now = this.#context.host.now();
    const signs = this.#signsOf(peer, now);
    if (signs.pingedAt === null) return;
    peer.roundTrip = Math.min(peer.roundTrip, now - signs.pingedAt);
    signs.pingedAt = null;
  }

  handlePeerGone(peer: Peer): void {
    this.#signs.delete(peer);
  }

  handleTick(now: number): void {
    // We stood still ourselves, as in a computer's sleep. Bytes that peers sent meanwhile were not read yet.
    const stoodStill = now - this.#tickedAt > TICK_STALL;
    this.#tickedAt = now;
    for (const peer of this.#context.peers.values()) {
      if (peer.answersPings) this.#look(peer, now, stoodStill);
    }
  }

  #look(peer: Peer, now: number, stoodStill: boolean): void {
    const signs = this.#signsOf(peer, now);
    const buffered = this.#context.host.buffered(peer.link);
    // A queue that became shorter and is not empty tells that the other end took bytes. The last bytes of a queue
    // leave us even when the other end is dead.
    if (stoodStill || (buffered > 0 && buffered < signs.buffered)) signs.tookAt = now;
    signs.buffered = buffered;
    const lastSign = Math.max(peer.lastReceivedAt, signs.tookAt);
    if (signs.askedAt !== null && lastSign > signs.askedAt) {
      signs.askedAt = null;
      signs.isSuspected = false;
    }
    if (signs.askedAt === null) {
      if (now - lastSign < PING_AFTER) return;
      signs.askedAt = now;
      this.#ping(peer, now);
    } else if (now - signs.askedAt >= PING_PATIENCE) {
      this.#context.close(peer);
    } else if (now - signs.askedAt >= PING_SUSPICION && !signs.isSuspected) {
      signs.isSuspected = true;
      this.#context.mend(peer);
      this.#context.suspect(peer);
    }
  }

  #signsOf(peer: Peer, now: number): Signs {
    let signs = this.#signs.get(peer);
    if (signs === undefined) {
      signs = { tookAt: now, buffered: 0, askedAt: null, isSuspected: false, pingedAt: null };
      this.#signs.set(peer, signs);
    }
    return signs;
  }

  #ping(peer: Peer, now: number): void {
    this.#signsOf(peer, now).pingedAt ??= now;
    this.#say(peer, "ping");
  }

  #say(peer: Peer, ping: "ping" | "pong"): void {
    if (peer.said.extensionIds.ping !== 0)
      peer.send(encodeExtended(peer.said.extensionIds.ping, encodePing(ping)));
  }
}
