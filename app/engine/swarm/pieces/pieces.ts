/**
 * What one torrent holds, wants and has in progress. A piece goes wanted → requested → received → verified →
 * stored; this class moves it along and keeps the counts that follow from it: bytes per file, rarity, free blocks,
 * and how many pieces each peer has that we could use.
 */
import { LearnedLayers } from "../../content/learned-layers.ts";
import type { PieceHashes } from "../../content/piece-hashes.ts";
import type { PieceMap } from "../../content/piece-map.ts";
import type { TorrentInfo } from "../../content/torrent-info.ts";
import type { LinkId } from "../../link.ts";
import { Availability } from "./availability.ts";
import type { Bitfield } from "./bitfield.ts";
import { Deadlines } from "./deadlines.ts";
import { PartialPiece } from "./partial-piece.ts";
import type { PieceHolder } from "./piece-holder.ts";

export class Pieces {
  readonly info: TorrentInfo;
  readonly map: PieceMap;
  readonly hashes: PieceHashes;
  readonly learnedLayers: LearnedLayers;
  readonly availability: Availability;
  /** Verified and stored: what is advertised and served. */
  readonly have: Bitfield;
  /** Pieces in progress: some blocks asked for or here. */
  readonly partials: Map<number, PartialPiece>;
  /** Of those, the ones with a block that nobody is asked for. */
  readonly withFreeBlocks: Set<PartialPiece>;
  /** Whole pieces being hashed or written. */
  readonly received: Map<number, PartialPiece>;
  /** Of missing pieces only: what is stored, or not wanted any more, nobody waits for. */
  readonly deadlines: Deadlines;
  /** Pieces to be fetched from one peer alone, so that a failure names its culprit. */
  readonly alone: Set<number>;
  /** Bytes stored of each file. */
  readonly fileBytes: Float64Array;
  /** Bytes of the wanted files, and of those, stored. */
  wantedBytes: { total: number; stored: number };
  #wantedFiles: Uint8Array;
  #wantedPieces: Uint8Array;
  #missing: number;
  #storedBytes: number;
  #selectionVersion: number;

  constructor(options: {
    info: TorrentInfo;
    map: PieceMap;
    hashes: PieceHashes;
    have: Bitfield;
    wanted: Uint8Array | null;
    random: () => number;
  }) {
    this.info = options.info;
    this.map = options.map;
    this.hashes = options.hashes;
    this.learnedLayers = new LearnedLayers(options.hashes);
    this.have = options.have;
    this.availability = new Availability(options.info.pieceCount, options.random);
    this.partials = new Map();
    this.withFreeBlocks = new Set();
    this.received = new Map();
    this.alone = new Set();
    this.deadlines = new Deadlines();
    this.fileBytes = new Float64Array(options.info.files.length);
    this.wantedBytes = { total: 0, stored: 0 };
    this.#storedBytes = 0;
    this.#wantedFiles = options.wanted ?? new Uint8Array(options.info.files.length).fill(1);
    for (const piece of this.have) this.#countFileBytes(piece, 1);
    this.#wantedPieces = new Uint8Array(options.info.pieceCount);
    this.#missing = 0;
    this.#selectionVersion = 0;
    this.#applySelection();
  }

  /** One byte a file, 1 for those to download. */
  get wantedFiles(): Uint8Array {
    return this.#wantedFiles;
  }

  get selectionVersion(): number {
    return this.#selectionVersion;
  }

  /** Wanted pieces that are not stored. */
  get missingCount(): number {
    return this.#missing;
  }

  /** Bytes stored of all files. */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** Everything wanted is stored. */
  get isSatisfied(): boolean {
    return this.#missing === 0;
  }

  /** Every wanted block is asked for or here. */
  get isEndgame(): boolean {
    return this.availability.openCount === 0 && this.withFreeBlocks.size === 0;
  }

  /** Wanted and not stored: what makes a peer interesting. */
  isMissing(piece: number): boolean {
    return this.#wantedPieces[piece] === 1 && !this.have.has(piece);
  }

  /** Replaces the selection. Pieces in progress that are no longer wanted are finished all the same. */
  select(wanted: Uint8Array, peers: Iterable<PieceHolder>): void {
    this.#wantedFiles = wanted;
    this.#selectionVersion++;
    this.#applySelection();
    this.recount(peers);
  }

  /** Layers arrived: pieces that could not be verified before may be asked for now. */
  reopen(): void {
    for (let piece = 0; piece < this.info.pieceCount; piece++) this.#refile(piece);
  }

  #applySelection(): void {
    this.#wantedPieces.fill(0);
    this.wantedBytes = { total: 0, stored: 0 };
    for (let file = 0; file < this.info.files.length; file++) {
      if (this.#wantedFiles[file] !== 1) continue;
      const { first, end } = this.map.piecesOf(file);
      this.#wantedPieces.fill(1, first, end);
      this.wantedBytes.total += this.info.files[file]!.length;
      this.wantedBytes.stored += this.fileBytes[file]!;
    }
    this.#missing = 0;
    for (let piece = 0; piece < this.info.pieceCount; piece++) {
      if (this.isMissing(piece)) this.#missing++;
      else this.deadlines.drop(piece);
      this.#refile(piece);
    }
  }

  #refile(piece: number): void {
    const open =
      this.isMissing(piece) &&
      !this.partials.has(piece) &&
      !this.received.has(piece) &&
      this.hashes.canVerify(piece);
    if (open) this.availability.open(piece);
    else this.availability.close(piece);
  }

  // --- what peers have ---

  /** A peer's whole set became known. O(pieces), unless it has all. */
  addPeer(peer: PieceHolder): void {
    const has = peer.has!;
    if (has.isFull) {
      peer.countedAsSeed = true;
      this.availability.addSeed();
    } else {
      for (const piece of has) this.availability.increment(piece);
    }
    this.#countInteresting(peer);
  }

  removePeer(peer: PieceHolder): void {
    if (peer.has === null) return;
    if (peer.countedAsSeed) this.availability.removeSeed();
    else for (const piece of peer.has) this.availability.decrement(piece);
  }

  /** The peer got one more piece. */
  handleHave(peer: PieceHolder, piece: number): void {
    if (!peer.has!.add(piece)) return;
    this.availability.increment(piece);
    if (!this.isMissing(piece)) return;
    peer.interesting++;
    peer.mayHaveMore();
  }

  /** The peer lost a piece, or refuses to serve it. */
  handleDontHave(peer: PieceHolder, piece: number): void {
    if (!peer.has!.has(piece)) return;
    if (peer.countedAsSeed) {
      this.availability.removeSeed();
      peer.countedAsSeed = false;
      for (const each of peer.has!) this.availability.increment(each);
    }
    peer.has!.delete(piece);
    this.availability.decrement(piece);
    if (this.isMissing(piece)) peer.interesting--;
  }

  /** Counts anew what every peer has that we want, and lets all be searched again. */
  recount(peers: Iterable<PieceHolder>): void {
    for (const peer of peers) if (peer.has !== null) this.#countInteresting(peer);
  }

  #countInteresting(peer: PieceHolder): void {
    peer.interesting = 0;
    peer.mayHaveMore();
    if (this.isSatisfied) return;
    if (peer.countedAsSeed) {
      peer.interesting = this.#missing;
      return;
    }
    for (const piece of peer.has!) if (this.isMissing(piece)) peer.interesting++;
  }

  // --- pieces in progress ---

  /** Begins an open piece for a peer; with `whole`, the peer is left alone with it. */
  begin(piece: number, link: LinkId, whole: boolean): PartialPiece {
    const owner = whole || this.alone.has(piece) ? link : null;
    const partial = new PartialPiece(piece, this.map.dataLength(piece), owner);
    this.partials.set(piece, partial);
    this.withFreeBlocks.add(partial);
    this.availability.close(piece);
    return partial;
  }

  ask(partial: PartialPiece, first: number, count: number): void {
    partial.ask(first, count);
    if (partial.freeCount === 0) this.withFreeBlocks.delete(partial);
  }

  /** After blocks were freed, received or discarded. A piece of which nothing is here or asked for is open again. */
  fileFreeBlocks(partial: PartialPiece): void {
    if (this.partials.get(partial.piece) !== partial) return;
    if (partial.freeCount === partial.blockCount) {
      this.partials.delete(partial.piece);
      this.withFreeBlocks.delete(partial);
      this.#refile(partial.piece);
    } else if (partial.freeCount > 0) {
      this.withFreeBlocks.add(partial);
    } else {
      this.withFreeBlocks.delete(partial);
    }
  }

  /** A peer takes over a piece whose owner failed it. One to be fetched from one peer alone starts anew. */
  adopt(partial: PartialPiece, link: LinkId): void {
    if (!this.alone.has(partial.piece)) return;
    partial.discard(Array.from({ length: partial.blockCount }, (_, block) => block));
    partial.owner = link;
  }

  /** Gives up a piece in progress that nobody is asked for at present; false when there is none. */
  evictIdle(): boolean {
    for (const partial of this.withFreeBlocks) {
      if (partial.freeCount + partial.receivedCount < partial.blockCount) continue;
      partial.discard(Array.from({ length: partial.blockCount }, (_, block) => block));
      this.fileFreeBlocks(partial);
      return true;
    }
    return false;
  }

  /** What a link brought of pieces in progress is not to be trusted any more. */
  discardFrom(link: LinkId): void {
    for (const partial of [...this.partials.values()]) {
      const blocks = partial.blocksOf(link);
      if (blocks.length === 0) continue;
      partial.discard(blocks);
      this.fileFreeBlocks(partial);
    }
  }

  /** Gives up all pieces in progress and what is here of them. */
  abandonPartials(): void {
    const begun = [...this.partials.keys()];
    this.partials.clear();
    this.withFreeBlocks.clear();
    for (const piece of begun) this.#refile(piece);
  }

  /** The last block is here: the piece goes to be verified. */
  handleWhole(partial: PartialPiece): void {
    this.partials.delete(partial.piece);
    this.withFreeBlocks.delete(partial);
    this.received.set(partial.piece, partial);
  }

  /** Verification failed and some or all blocks were discarded: back among the pieces in progress. */
  handleFailed(partial: PartialPiece): void {
    this.received.delete(partial.piece);
    this.partials.set(partial.piece, partial);
    this.fileFreeBlocks(partial);
  }

  /** The piece could not be kept: as if never received. */
  handleNotStored(piece: number): void {
    this.received.delete(piece);
    this.#refile(piece);
  }

  /** The piece is stored: from now on it is had. */
  handleStored(piece: number, peers: Iterable<PieceHolder>): void {
    this.received.delete(piece);
    this.alone.delete(piece);
    this.deadlines.drop(piece);
    if (this.have.has(piece)) return;
    const wasMissing = this.isMissing(piece);
    this.have.add(piece);
    this.#countFileBytes(piece, 1);
    this.availability.close(piece);
    if (!wasMissing) return;
    this.#missing--;
    for (const peer of peers) if (peer.has?.has(piece)) peer.interesting--;
  }

  /** A stored piece turned out unreadable: its files are no longer had, nor wanted. Tells which pieces went. */
  loseFilesOf(piece: number, peers: Iterable<PieceHolder>): number[] {
    const files = new Set(this.map.ranges(piece).map((range) => range.file));
    const lost: number[] = [];
    for (const file of files) {
      this.#wantedFiles[file] = 0;
      const { first, end } = this.map.piecesOf(file);
      for (let each = first; each < end; each++) {
        if (!this.have.delete(each)) continue;
        lost.push(each);
        this.#countFileBytes(each, -1);
      }
    }
    this.#selectionVersion++;
    this.#applySelection();
    this.recount(peers);
    return lost;
  }

  /** Everything turned out to be here, as when the person drops the same files again. Tells which pieces are new. */
  handleComplete(peers: Iterable<PieceHolder>): number[] {
    const fresh: number[] = [];
    this.partials.clear();
    this.withFreeBlocks.clear();
    for (let piece = 0; piece < this.info.pieceCount; piece++) {
      if (this.have.add(piece)) {
        fresh.push(piece);
        this.#countFileBytes(piece, 1);
      }
      this.availability.close(piece);
    }
    this.#missing = 0;
    this.deadlines.clear();
    this.recount(peers);
    return fresh;
  }

  #countFileBytes(piece: number, sign: 1 | -1): void {
    for (const range of this.map.ranges(piece)) {
      this.fileBytes[range.file]! += sign * range.length;
      this.#storedBytes += sign * range.length;
      if (this.#wantedFiles[range.file] === 1) this.wantedBytes.stored += sign * range.length;
    }
  }
}
