/**
 * Links are the open connections of one torrent to its peers, one for each peer. The life of a link:
 *
 * | state | begins | what happens | ends |
 * | --- | --- | --- | --- |
 * | opened | `open` | handshakes go both ways; `identify` checks the peer | when ready; closed after 10 s |
 * | ready | both handshakes done | messages pass; a keep-alive after 55 s without any of ours | as below |
 * | gone | `close`, `ban`, `handleClosed` | its peer's requests and pieces are let go of | never |
 *
 * A ready link is closed when nothing has come over it for 150 s. Links to Shoal peers end earlier: peer-liveness.ts
 * closes them after 6.5 s without a sign of life. Other parts of the torrent close links for what their peers send.
 * The connection budget closes the least useful ones. The other side may close a link at any time.
 *
 * When there are two links to the same peer, both sides keep the same one (`identify`). The id of the peer is
 * remembered after its link has gone, because the peer may still be found guilty and be banned. Connections that are
 * not open yet belong to discovery/introductions.ts, lanes to lanes.ts.
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

/** The part of the torrent that links need. */
export interface LinkContext {
  readonly host: Host;
  readonly ownId: BinaryString;
  /** Lets go of the peer's requests and pieces, and of what was expected of it. It is not among `peers` any more. */
  handlePeerGone(peer: Peer, reason: LinkEnd): void;
  /** The link is closed: the node forgets which torrent it belonged to. */
  handleLinkGone(link: LinkId): void;
  /** Something is to be sent or asked when the current input ends, even if the input names another torrent. */
  handleTouched(): void;
  /** The peer gives no sign of life: its blocks are asked of others. */
  handleSuspected(peer: Peer): void;
  readonly policy: ComparisonPolicy;
}

export class Links {
  readonly peers: Map<LinkId, Peer>;
  /** The same peers, where the sender of a message is found in one step. */
  readonly #byLink: ByLink<Peer>;
  readonly dirty: DirtyPeers<Peer>;
  readonly liveness: PeerLiveness;
  readonly #torrent: LinkContext;
  /** Binary peer ids, oldest first. */
  readonly #banned: Set<BinaryString>;
  /** Peer ids of links that ended lately, oldest first: a peer may be found guilty after its link has gone. */
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
        introducer: dial.introducer,
        maxMessageLength: info.maxMessageLength,
        firstWindow: this.#torrent.policy.firstWindow,
      },
      this.dirty,
    );
    this.peers.set(dial.link, peer);
    this.#byLink.set(dial.link, peer);
    return peer;
  }

  /** The peer of an open link. */
  find(link: LinkId): Peer | undefined {
    return this.#byLink.get(link);
  }

  isLinked(peerId: BinaryString): boolean {
    for (const peer of this.peers.values()) if (peer.id === peerId) return true;
    return false;
  }

  /** Closes a link on which a peer that comes anew owes us a sign of life: the peer has given that link up. */
  dropDoubtful(peerId: BinaryString): void {
    for (const peer of [...this.peers.values()])
      if (peer.id === peerId && this.liveness.isDoubtful(peer)) this.close(peer, "silent");
  }

  isBanned(peerId: BinaryString): boolean {
    return this.#banned.has(peerId);
  }

  /**
   * Checks the peer that a handshake names. False when the link was closed, because the handshake names ourselves, a
   * banned peer or another peer than the introduced one, or because another link to the same peer stays.
   *
   * Of two links with an offer from each side, the link stays whose offer came from the lower peer id. Of two links
   * with offers from the same side, the older one stays.
   *
   * A link belongs to the peer that was introduced, not to the peer that its handshake names. Anybody can name
   * another peer in a handshake, and could so have that peer's links closed and its id banned. Shoal peers use one id
   * in both places. Where the two ids differ and one of them is Shoal's, the link is closed (BEP 3). Other clients
   * may use any id in their handshakes.
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
      // Only the side that made both offers knows which was first. The other side waits for it to close a link.
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

  /** Closes a link from our side. */
  close(peer: Peer, reason: LinkEnd): void {
    if (this.peers.get(peer.link) !== peer) return;
    this.#torrent.host.log("link-closed", { link: peer.link, reason });
    this.#torrent.host.closeLink(peer.link, reason);
    this.#forget(peer, reason);
  }

  /** The other side closed a link, or the link broke. */
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

  /** Bans the peer of a link, open or ended lately, and closes all its links. */
  ban(link: LinkId, reason: LinkEnd): void {
    const name = this.find(link)?.id ?? this.#departed.get(link);
    if (name === undefined) return;
    this.#banned.add(name);
    forgetOldest(this.#banned);
    this.#torrent.host.log("peer-banned", { link, reason });
    for (const peer of [...this.peers.values()]) if (peer.id === name) this.close(peer, reason);
  }

  /**
   * Closes a link that is worth less than one to an unknown peer. The first choice is a link over which neither side
   * wants anything. The second is a link to a snubbed peer that wants nothing of us. Newcomers do not count. False when
   * there is no such link.
   */
  closeUseless(now: number): boolean {
    const settled = this.#settled(now);
    const peer =
      settled.find((each) => !each.amInterested && !each.said.peerInterested) ??
      settled.find((each) => each.asked.snubbed && !each.said.peerInterested);
    if (peer !== undefined) this.close(peer, "useless");
    return peer !== undefined;
  }

  /**
   * The link over which least moves: its bytes a second both ways together, and how to close it. Null while all links are
   * newcomers'.
   */
  leastMoving(now: number): { readonly peer: Peer; readonly rate: number; close(): void } | null {
    let least: { peer: Peer; rate: number } | null = null;
    for (const peer of this.#settled(now)) {
      const rate = peer.asked.down.rate(now) + peer.served.up.rate(now);
      if (least === null || rate < least.rate) least = { peer, rate };
    }
    const found = least;
    return found && { ...found, close: () => this.close(found.peer, "useless") };
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

/** Forgets the oldest entries beyond BAN_MEMORY. */
function forgetOldest<Key>(kept: Set<Key> | Map<Key, unknown>): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= BAN_MEMORY) return;
    kept.delete(oldest);
  }
}
