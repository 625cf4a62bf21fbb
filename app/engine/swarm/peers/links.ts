/**
 * The open links of one torrent, one per peer: takes new ones, resolves two to the same peer alike on both sides,
 * keeps them alive, closes dead ones, and remembers who is banned.
 */
import { ByLink } from "../../by-link.ts";
import { type Dial, isShoal } from "../../discovery/introductions.ts";
import { type BinaryString, binaryStringToBytes } from "../../discovery/tracker-messages.ts";
import type { Host } from "../../host.ts";
import type { LinkEnd, LinkId, LinkInfo } from "../../link.ts";
import { encodeKeepAlive } from "../../wire/encode.ts";
import type { ComparisonPolicy } from "./comparison-policy.ts";
import { BAN_MEMORY, HANDSHAKE_TIMEOUT, IDLE_TIMEOUT, KEEP_ALIVE, NEWCOMER_AGE } from "./constants.ts";
import { DirtyPeers } from "./dirty-peers.ts";
import { Peer } from "./peer.ts";
import { PeerLiveness } from "./peer-liveness.ts";

/** What links need of their torrent. */
export interface LinkContext {
  readonly host: Host;
  readonly ownId: BinaryString;
  /** The peer's requests, pieces and hopes are to be let go of; it is no longer among the peers. */
  handlePeerGone(peer: Peer, reason: LinkEnd): void;
  /** The link is closed: the node forgets whose it was. */
  handleLinkGone(link: LinkId): void;
  /** Something is to be said or asked when this input ends, be it another torrent's. */
  handleTouched(): void;
  /** Others are asked for what this peer was asked for, as it gives no sign of life. */
  handleSuspected(peer: Peer): void;
  readonly policy: ComparisonPolicy;
}

export class Links {
  readonly peers: Map<LinkId, Peer>;
  /** The same, for whom a message is from. */
  readonly #byLink: ByLink<Peer>;
  readonly dirty: DirtyPeers<Peer>;
  readonly liveness: PeerLiveness;
  readonly #torrent: LinkContext;
  /** Binary peer ids. */
  readonly #banned: Set<BinaryString>;
  /** Peer ids of links that ended lately: guilt may be found out late. Oldest first. */
  readonly #departed: Map<LinkId, BinaryString>;

  constructor(torrent: LinkContext) {
    this.#torrent = torrent;
    this.peers = new Map();
    this.#byLink = new ByLink();
    this.dirty = new DirtyPeers(() => torrent.handleTouched());
    this.liveness = new PeerLiveness({
      host: torrent.host,
      peers: this.peers,
      suspect: (peer) => torrent.handleSuspected(peer),
      mend: ({ link }) => torrent.host.mendLink(link),
      close: (peer) => this.close(peer, "silent"),
    });
    this.#banned = new Set();
    this.#departed = new Map();
  }

  open(dial: Dial, info: LinkInfo): Peer {
    const peer = new Peer(
      this.#torrent.host,
      {
        link: dial.link,
        initiator: dial.initiator,
        id: dial.peerId,
        introducedBy: binaryStringToBytes(dial.infoHash),
        maxMessageLength: info.maxMessageLength,
        firstWindow: this.#torrent.policy.firstWindow,
      },
      this.dirty,
    );
    this.peers.set(dial.link, peer);
    this.#byLink.set(dial.link, peer);
    return peer;
  }

  /** Whose link it is, if it is open. */
  find(link: LinkId): Peer | undefined {
    return this.#byLink.get(link);
  }

  isLinked(peerId: BinaryString): boolean {
    for (const peer of this.peers.values()) if (peer.id === peerId) return true;
    return false;
  }

  /** Lets go of a link to a peer that comes anew while it gives no sign of life on that one: its end has given it up. */
  dropDoubtful(peerId: BinaryString): void {
    for (const peer of [...this.peers.values()])
      if (peer.id === peerId && this.liveness.isDoubtful(peer)) this.close(peer, "silent");
  }

  isBanned(peerId: BinaryString): boolean {
    return this.#banned.has(peerId);
  }

  /**
   * The handshake names a peer. False when the link had to go: ourselves, another than was introduced, banned, or the
   * second to one peer. Of two links the one stays whose offer came from the lower peer id; of two offers by the same
   * side, the older.
   *
   * A peer is who it was introduced as: in a handshake anybody can name anybody, and would have the links of the one
   * he names closed and banned. Shoal names the same in both places, so where one of the two is Shoal's and they
   * differ, the link goes (BEP 3). Other clients may call themselves on the wire as they like; it changes nothing.
   */
  identify(peer: Peer, named: BinaryString): boolean {
    const { ownId } = this.#torrent;
    if (named === ownId) return this.#refuse(peer, "self");
    if (named !== peer.id && (isShoal(named) || isShoal(peer.id))) return this.#refuse(peer, "wrong-peer-id");
    if (this.isBanned(peer.id) || this.isBanned(named)) return this.#refuse(peer, "banned");
    for (const other of this.peers.values()) {
      if (other === peer || other.id !== peer.id) continue;
      const lowerOffers = ownId < peer.id;
      const second =
        other.initiator === peer.initiator
          ? other.link > peer.link
            ? other
            : peer
          : other.initiator === lowerOffers
            ? peer
            : other;
      // With two offers by one side only that side knows which was first: the other waits for it to close one.
      if (other.initiator === peer.initiator && !peer.initiator) continue;
      this.close(second, "duplicate");
      if (second === peer) return false;
    }
    return true;
  }

  #refuse(peer: Peer, reason: LinkEnd): false {
    this.close(peer, reason);
    return false;
  }

  /** Ends a link from our side. */
  close(peer: Peer, reason: LinkEnd): void {
    if (this.peers.get(peer.link) !== peer) return;
    this.#torrent.host.log("link-closed", { link: peer.link, reason });
    this.#torrent.host.closeLink(peer.link, reason);
    this.#forget(peer, reason);
  }

  /** A link was ended from the other side, or broke. */
  handleClosed(link: LinkId, reason: LinkEnd): void {
    const peer = this.peers.get(link);
    if (peer !== undefined) this.#forget(peer, reason);
  }

  #forget(peer: Peer, reason: LinkEnd): void {
    peer.isGone = true;
    this.peers.delete(peer.link);
    this.#departed.set(peer.link, peer.id);
    forgetOldest(this.#departed);
    this.#byLink.delete(peer.link);
    this.dirty.delete(peer);
    this.liveness.handlePeerGone(peer);
    this.#torrent.handlePeerGone(peer, reason);
    this.#torrent.handleLinkGone(peer.link);
  }

  /** Never again: the peer behind a link, present or past, sent bad bytes. */
  ban(link: LinkId, reason: LinkEnd): void {
    const name = this.find(link)?.id ?? this.#departed.get(link);
    if (name === undefined) return;
    this.#banned.add(name);
    forgetOldest(this.#banned);
    this.#torrent.host.log("peer-banned", { link, reason });
    for (const peer of [...this.peers.values()]) if (peer.id === name) this.close(peer, reason);
  }

  /**
   * A link that is worth less than an unknown one: one over which nobody wants anything, else one whose blocks stay
   * away. Undefined when there is none.
   */
  useless(now: number): Peer | undefined {
    const settled = this.#settled(now);
    return (
      settled.find((peer) => !peer.amInterested && !peer.said.peerInterested) ??
      settled.find((peer) => peer.asked.snubbed && !peer.said.peerInterested)
    );
  }

  /** The link over which least moves, and bytes a second there, both ways; null without one that had time to begin. */
  leastMoving(now: number): { readonly peer: Peer; readonly rate: number } | null {
    let least: { peer: Peer; rate: number } | null = null;
    for (const peer of this.#settled(now)) {
      const rate = peer.asked.down.rate(now) + peer.served.up.rate(now);
      if (least === null || rate < least.rate) least = { peer, rate };
    }
    return least;
  }

  #settled(now: number): Peer[] {
    return [...this.peers.values()].filter((peer) => now - peer.openedAt > NEWCOMER_AGE);
  }

  closeAll(reason: LinkEnd): void {
    for (const peer of [...this.peers.values()]) this.close(peer, reason);
  }

  handleTick(now: number): void {
    this.liveness.handleTick(now);
    for (const peer of this.peers.values()) {
      if (!peer.isReady && now - peer.openedAt > HANDSHAKE_TIMEOUT) this.close(peer, "handshake-timeout");
      else if (now - peer.lastReceivedAt > IDLE_TIMEOUT) this.close(peer, "idle");
      else if (peer.isReady && now - peer.lastSentAt > KEEP_ALIVE) peer.send(encodeKeepAlive());
    }
  }
}

/** Lets go of what was kept first, beyond a number. */
function forgetOldest<Key>(kept: Set<Key> | Map<Key, unknown>): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= BAN_MEMORY) return;
    kept.delete(oldest);
  }
}
