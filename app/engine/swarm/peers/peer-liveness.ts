/**
 * Which peers still live. A connection can die without a word, and what is asked of its peer is then waited for in
 * vain: a Shoal peer that has been quiet is asked for a sign of life; when none comes soon, its blocks are asked of
 * others and another path to it is looked for; and its link ends when none comes at all. Keeps when each peer gave its
 * last sign: bytes from it, or bytes to it that its end took. The same ping tells how far a peer is.
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
  /** The peer may be gone: asks others for what it was asked for. */
  suspect(peer: Peer): void;
  /** Looks for another path to the peer. */
  mend(peer: Peer): void;
  close(peer: Peer): void;
}

/** What is known of one peer's life. */
interface Signs {
  /** When its end last took bytes that waited here. */
  tookAt: number;
  /** Bytes that waited for it at the last tick. */
  buffered: number;
  /** Since when a sign is awaited; null while none is. */
  askedAt: number | null;
  /** It has been awaited for so long that the peer, or the path to it, may be gone. */
  isSuspected: boolean;
  /** When the ping was sent that has no pong yet; null when there is none. */
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

  /** Whether a peer has not answered yet that was asked for a sign of life. */
  isDoubtful(peer: Peer): boolean {
    const askedAt = this.#signs.get(peer)?.askedAt ?? null;
    return askedAt !== null && peer.lastReceivedAt < askedAt;
  }

  /** Whether one has been late with its answer for a while. */
  isSuspected(peer: Peer): boolean {
    return this.#signs.get(peer)?.isSuspected ?? false;
  }

  handlePing(peer: Peer, payload: Uint8Array): void {
    const kind = decodePing(payload);
    if (kind === "ping") this.#say(peer, "pong");
    else if (kind === "pong") this.#handlePong(peer);
  }

  /** Finds out how far a peer is, which then knows its round trip. Once, however often it is called. */
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
    // It was us who stood still, as in a computer's sleep: what others said meanwhile is yet to be read.
    const stoodStill = now - this.#tickedAt > TICK_STALL;
    this.#tickedAt = now;
    for (const peer of this.#context.peers.values()) {
      // Only peers that answer can be told alive from dead.
      if (peer.answersPings) this.#look(peer, now, stoodStill);
    }
  }

  #look(peer: Peer, now: number, stoodStill: boolean): void {
    const signs = this.#signsOf(peer, now);
    const buffered = this.#context.host.buffered(peer.link);
    // Only a queue that moves and stays says that the other end takes something: the last of it leaves us in any case.
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
