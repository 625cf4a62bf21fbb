/**
 * Spreads the first copy of a torrent: while there are pieces that no peer has told to have got, a seed suggests to
 * each peer it serves such as it has suggested to nobody before, and peers ask for what is suggested first. So its
 * uplink carries every piece about once, and the others exchange the rest. This is super-seeding (BEP 16) said openly,
 * by the fast extension's `suggest` (BEP 6), instead of hiding what the seed has; peers that ignore it lose nothing. As
 * with super-seeding, who keeps to itself what it was given first is served after those that pass it on.
 *
 * Who says at once to have everything counts for nothing here: nobody who has everything can find out whether that is
 * so, and one liar would end the spreading. Beside another seed suggestions only make sure that the two send different
 * pieces.
 */
import type { Host } from "../../host.ts";
import { encodeSuggest } from "../../wire/encode.ts";
import type { ComparisonPolicy } from "../peers/comparison-policy.ts";
import type { Peer } from "../peers/peer.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { HOARD_PIECES, SUGGEST_AHEAD, SUGGEST_BYTES } from "./constants.ts";

/** What spreading needs of its torrent. */
export interface SuperSeedingContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly pieces: Pieces | null;
  readonly policy: ComparisonPolicy;
}

export class SuperSeeding {
  readonly #torrent: SuperSeedingContext;
  /** Pieces suggested to nobody, the next one last; null until there was a need. */
  #left: number[] | null;
  /** What was suggested to each peer and was neither sent to it nor has come to it from elsewhere. */
  readonly #suggested: Map<Peer, Set<number>>;
  /** Pieces sent to one peer, as the first to have them, that nobody else is known to have got since. */
  readonly #firstOwner: Map<number, Peer>;
  /** How many of these each has. */
  readonly #kept: Map<Peer, number>;

  constructor(torrent: SuperSeedingContext) {
    this.#torrent = torrent;
    this.#left = null;
    this.#suggested = new Map();
    this.#firstOwner = new Map();
    this.#kept = new Map();
  }

  /** We have everything. */
  get #isOurs(): boolean {
    const { pieces, policy } = this.#torrent;
    return policy.choking !== "none" && (pieces?.have.isFull ?? false);
  }

  /** Nothing was ever suggested, nor is to be, as everywhere but at a seed: news of pieces need not be told here. */
  get isIdle(): boolean {
    return this.#left === null && this.#firstOwner.size === 0 && !this.#isOurs;
  }

  /** Keeps enough suggested to every peer that is served. */
  handleTick(now: number): void {
    if (!this.#isOurs) return;
    for (const peer of this.#torrent.peers.values()) this.#suggest(peer, now);
  }

  /** A peer may ask from now on: it should know at once what for. */
  handleUnchoked(peer: Peer): void {
    if (this.#isOurs) this.#suggest(peer, this.#torrent.host.now());
  }

  /** Whether a peer keeps much of what it was given first: it should not get more of it while others wait. */
  hoards(peer: Peer): boolean {
    return this.#isOurs && (this.#kept.get(peer) ?? 0) > HOARD_PIECES;
  }

  /** A peer was sent a piece's last block. */
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

  /** The peer is gone. What it was given may be with nobody. */
  handlePeerGone(peer: Peer): void {
    this.handleCannotAsk(peer);
    this.#kept.delete(peer);
    for (const [piece, owner] of this.#firstOwner) if (owner === peer) this.#firstOwner.delete(piece);
  }

  #handleServed(peer: Peer, piece: number): void {
    if (!this.#suggested.get(peer)?.delete(piece) || !this.#isOurs) return;
    this.#suggest(peer, this.#torrent.host.now());
  }

  /** The peer was choked: what it was not sent is suggested to others. */
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

  /** A piece that nobody else has or was told of; null when all are out. */
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

/** The numbers below `count` in random order: Fisher and Yates. */
function shuffled(count: number, random: () => number): number[] {
  const numbers = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [numbers[at], numbers[other]] = [numbers[other]!, numbers[at]!];
  }
  return numbers;
}
