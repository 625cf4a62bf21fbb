/**
 * Super-seeding spreads the first copy of a torrent: a seed's uplink carries every piece about once, and the peers
 * exchange the rest. To that end a seed suggests different pieces to each peer that it serves, and Shoal peers ask
 * for suggested pieces first. The states of a piece:
 *
 * | state | begins | ends |
 * | --- | --- | --- |
 * | left | with the first suggestion of any piece, in random order | when suggested, or when a peer has it |
 * | suggested | for one peer that is served | when sent to that peer, or when it has it from elsewhere |
 * | kept | when sent to a peer while no other has it | when another peer says that it has it |
 *
 * A piece that was suggested and not sent is left again when its peer is choked or gone. A peer that keeps more than
 * 12 pieces hoards, and is served after peers that pass pieces on, as in BEP 16. In BEP 16, the seed hides what it
 * has. Here, the seed says openly what to ask for, by `suggest` (BEP 6). A peer that ignores a suggestion loses
 * nothing.
 *
 * A peer that says at once that it has everything does not count here as having any piece. A seed cannot find out
 * whether such a claim is true, and one false claim would end the spreading. Beside another seed, suggestions only
 * make the two send different pieces.
 */
import type { Host } from "../../host.ts";
import { encodeSuggest } from "../../wire/encode.ts";
import type { ComparisonPolicy } from "../peers/comparison-policy.ts";
import type { Peer } from "../peers/peer.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { HOARD_PIECES, SUGGEST_AHEAD, SUGGEST_BYTES } from "./constants.ts";

/** The part of the torrent that super-seeding needs. */
export interface SuperSeedingContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly pieces: Pieces | null;
  readonly policy: ComparisonPolicy;
}

export class SuperSeeding {
  readonly #torrent: SuperSeedingContext;
  /** Pieces that are left, the next one last; null until the first suggestion. */
  #left: number[] | null;
  /** Pieces suggested to each peer that were neither sent to it nor came to it from elsewhere. */
  readonly #suggested: Map<Peer, Set<number>>;
  /** The peer that keeps each piece: the first to be sent it, while no other is known to have it. */
  readonly #firstOwner: Map<number, Peer>;
  /** How many pieces each peer keeps. */
  readonly #kept: Map<Peer, number>;

  constructor(torrent: SuperSeedingContext) {
    this.#torrent = torrent;
    this.#left = null;
    this.#suggested = new Map();
    this.#firstOwner = new Map();
    this.#kept = new Map();
  }

  /** We have everything, and the policy has super-seeding. */
  get #isOurs(): boolean {
    const { pieces, policy } = this.#torrent;
    return policy.choking !== "none" && (pieces?.have.isFull ?? false);
  }

  /** Nothing is suggested here or will be, as everywhere but at a seed. News of pieces need not be told then. */
  get isIdle(): boolean {
    return this.#left === null && this.#firstOwner.size === 0 && !this.#isOurs;
  }

  /** Keeps enough pieces suggested to every peer that is served. */
  handleTick(now: number): void {
    if (!this.#isOurs) return;
    for (const peer of this.#torrent.peers.values()) this.#suggest(peer, now);
  }

  /** A peer may ask from now on, and should know at once for which pieces. */
  handleUnchoked(peer: Peer): void {
    if (this.#isOurs) this.#suggest(peer, this.#torrent.host.now());
  }

  /** Whether a peer keeps so many pieces that it should get no more while others wait. */
  hoards(peer: Peer): boolean {
    return this.#isOurs && (this.#kept.get(peer) ?? 0) > HOARD_PIECES;
  }

  /** A peer was sent the last block of a piece. */
  handleSent(peer: Peer, piece: number): void {
    if (this.#isOurs && this.#torrent.pieces!.availability.countBesidesSeeds(piece) === 0) {
      this.#count(piece, -1);
      this.#firstOwner.set(piece, peer);
      this.#count(piece, 1);
    }
    this.#handleServed(peer, piece);
  }

  /** A peer says that it has a piece. */
  handleHave(peer: Peer, piece: number): void {
    const owner = this.#firstOwner.get(piece);
    if (owner !== undefined && owner !== peer) {
      this.#count(piece, -1);
      this.#firstOwner.delete(piece);
    }
    this.#handleServed(peer, piece);
  }

  #count(piece: number, by: 1 | -1): void {
    const owner = this.#firstOwner.get(piece);
    if (owner !== undefined) this.#kept.set(owner, (this.#kept.get(owner) ?? 0) + by);
  }

  /** The peer is gone. The pieces that it kept may be with nobody now; they are not suggested again. */
  handlePeerGone(peer: Peer): void {
    this.handleCannotAsk(peer);
    this.#kept.delete(peer);
    for (const [piece, owner] of this.#firstOwner) if (owner === peer) this.#firstOwner.delete(piece);
  }

  #handleServed(peer: Peer, piece: number): void {
    if (!this.#suggested.get(peer)?.delete(piece) || !this.#isOurs) return;
    this.#suggest(peer, this.#torrent.host.now());
  }

  /** The peer was choked: pieces suggested and not sent to it are left again. */
  handleCannotAsk(peer: Peer): void {
    this.#left?.push(...(this.#suggested.get(peer) ?? []));
    this.#suggested.delete(peer);
  }

  #suggest(peer: Peer, now: number): void {
    const pieces = this.#torrent.pieces!;
    if (!peer.isReady || !peer.said.fast || peer.slot.amChoking || peer.has === null) return;
    let open = this.#suggested.get(peer);
    if (open === undefined) {
      open = new Set();
      this.#suggested.set(peer, open);
    }
    const bytes = SUGGEST_BYTES + (peer.served.up.rate(now) * SUGGEST_AHEAD) / 1000;
    while (open.size < bytes / pieces.info.pieceLength) {
      const piece = this.#next(peer);
      if (piece === null) return;
      open.add(piece);
      peer.send(encodeSuggest(piece));
    }
  }

  /**
   * The next piece that is left and that no peer has; null when there is none. Pieces passed over are left no more.
   */
  #next(peer: Peer): number | null {
    const pieces = this.#torrent.pieces!;
    if (this.#left === null) {
      this.#left = shuffled(pieces.info.pieceCount, () => this.#torrent.host.random());
    }
    for (let piece = this.#left.pop(); piece !== undefined; piece = this.#left.pop()) {
      if (pieces.availability.countBesidesSeeds(piece) === 0 && !peer.has!.has(piece)) return piece;
    }
    return null;
  }
}

/** The numbers below `count` in random order (Fisher and Yates). */
function shuffled(count: number, random: () => number): number[] {
  const numbers = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [numbers[at], numbers[other]] = [numbers[other]!, numbers[at]!];
  }
  return numbers;
}
