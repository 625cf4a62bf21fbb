/**
 * The pieces of one torrent: moves each piece from wanted to stored, and keeps the counts that follow from its state.
 *
 * | a piece is | it is in | it leaves that state by |
 * | --- | --- | --- |
 * | not wanted | – | `select` → open |
 * | wanted, its hash unknown | – | `reopen` → open |
 * | open: may be begun | `availability` | `begin` → in progress; `select` → not wanted |
 * | in progress | `partials` | `handleWhole` → received; all blocks free again, or `abandonPartials` → open |
 * | received: hashing | `received` | right hash → verified; `handleFailed` → in progress; `handleNotStored` → open |
 * | verified: writing | `received` | `handleStored` → stored; `handleNotStored` → open |
 * | stored | `have` | `losePiece`, `loseFilesOf` → lost |
 * | lost: storage lost or damaged it | `lost` | open at once, if it is wanted; `handleStored` → stored |
 * | lost: its own file cannot be read | – | `select` → open; until then the file is not wanted |
 * | any, by other means | – | `handleComplete`, `handleFilesFound` → stored |
 *
 * A piece is *missing* while it is wanted and not stored. A stored piece is *checked* once its stored bytes were compared
 * with its hash in this run; one that arrived in this run is checked by that. Until then nobody gets its bytes. The
 * counts are stored bytes per file, missing pieces, rarity, free blocks, and the missing pieces that each peer has. The
 * picker chooses the pieces to begin, the verifier hashes and stores them, and blame deals with pieces that failed.
 */
import { LearnedLayers } from "../../content/learned-layers.ts";
import type { PieceHashes } from "../../content/piece-hashes.ts";
import type { PieceMap } from "../../content/piece-map.ts";
import type { TorrentInfo } from "../../content/torrent-info.ts";
import type { LinkId } from "../../link.ts";
import { Availability } from "./availability.ts";
import { Bitfield } from "./bitfield.ts";
import { Deadlines } from "./deadlines.ts";
import { PartialPiece } from "./partial-piece.ts";
import type { PieceHolder } from "./piece-holder.ts";

export class Pieces {
  readonly info: TorrentInfo;
  readonly map: PieceMap;
  readonly hashes: PieceHashes;
  readonly learnedLayers: LearnedLayers;
  readonly availability: Availability;
  /** Stored pieces, which are the ones that peers are told of and served. */
  readonly have: Bitfield;
  /** Stored pieces whose stored bytes are known to be right. Own files are none: each read of them is checked. */
  readonly checked: Bitfield;
  /** Pieces that were stored, and that storage lost or damaged. Each leaves when it is here again. */
  readonly lost: Set<number>;
  readonly partials: Map<number, PartialPiece>;
  /** Pieces in progress that have free blocks (neither requested nor received). */
  readonly withFreeBlocks: Set<PartialPiece>;
  readonly received: Map<number, PartialPiece>;
  readonly deadlines: Deadlines;
  /** Pieces to be fetched from one peer alone because they failed. Another failure then has one culprit. */
  readonly alone: Set<number>;
  /** Stored bytes of each file, pads left out. */
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
    this.checked = new Bitfield(options.info.pieceCount);
    this.lost = new Set();
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

  /** One byte for each file: 1 when the file is to be downloaded. */
  get wantedFiles(): Uint8Array {
    return this.#wantedFiles;
  }

  get selectionVersion(): number {
    return this.#selectionVersion;
  }

  get missingCount(): number {
    return this.#missing;
  }

  /** Number of lost pieces that are wanted. */
  get lostCount(): number {
    let count = 0;
    for (const piece of this.lost) if (this.isMissing(piece)) count++;
    return count;
  }

  get storedBytes(): number {
    return this.#storedBytes;
  }

  get isSatisfied(): boolean {
    return this.#missing === 0;
  }

  /** Whether no piece is open and no block is free: all that can be requested is requested or received. */
  get isEndgame(): boolean {
    return this.availability.openCount === 0 && this.withFreeBlocks.size === 0;
  }

  /** Whether a piece is wanted and not stored. A peer that has such a piece is interesting. */
  isMissing(piece: number): boolean {
    return this.#wantedPieces[piece] === 1 && !this.have.has(piece);
  }

  /** Replaces the selection. Pieces in progress are finished even when they are no longer wanted. */
  select(wanted: Uint8Array, peers: Iterable<PieceHolder>): void {
    this.#wantedFiles = wanted;
    this.#selectionVersion++;
    this.#applySelection();
    this.recount(peers);
  }

  /** Hashes arrived: opens the pieces that could not be verified before. */
  reopen(): void {
    for (let piece = 0; piece < this.info.pieceCount; piece++) this.#refile(piece);
  }

  /** Sets the deadline of the missing pieces that hold bytes of a file's range. Throws RangeError for no such range. */
  setDeadline(file: number, start: number, end: number, time: number): void {
    const { first, end: past } = this.map.fileRangeToPieces(file, start, end);
    for (let piece = first; piece < past; piece++) if (this.isMissing(piece)) this.deadlines.set(piece, time);
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

  /** A peer's set became known. O(pieces); O(1) for a seed. */
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

  handleHave(peer: PieceHolder, piece: number): void {
    if (!peer.has!.add(piece)) return;
    this.availability.increment(piece);
    if (!this.isMissing(piece)) return;
    peer.interesting++;
    peer.mayHaveMore();
  }

  /** The peer lost a piece or refuses to serve it. A seed is no longer counted as one. */
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

  /** Counts again the missing pieces that each peer has, and lets all peers be searched again. */
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

  /** Begins an open piece for a peer. It becomes the owner with `whole`, or when the piece is in `alone`. */
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

  /** To be called when blocks became free or were received. A piece whose blocks are all free is open again. */
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

  /** Lets a peer continue another peer's piece. A piece in `alone` begins anew, and the peer becomes its owner. */
  adopt(partial: PartialPiece, link: LinkId): void {
    if (!this.alone.has(partial.piece)) return;
    partial.discard(Array.from({ length: partial.blockCount }, (_, block) => block));
    partial.owner = link;
  }

  /** Gives up a piece in progress that has no request under way; false when there is none. */
  evictIdle(): boolean {
    for (const partial of this.withFreeBlocks) {
      if (partial.freeCount + partial.receivedCount < partial.blockCount) continue;
      partial.discard(Array.from({ length: partial.blockCount }, (_, block) => block));
      this.fileFreeBlocks(partial);
      return true;
    }
    return false;
  }

  /** Discards the blocks of pieces in progress that a link sent, because the link is no longer trusted. */
  discardFrom(link: LinkId): void {
    for (const partial of [...this.partials.values()]) {
      const blocks = partial.blocksOf(link);
      if (blocks.length === 0) continue;
      partial.discard(blocks);
      this.fileFreeBlocks(partial);
    }
  }

  abandonPartials(): void {
    const begun = [...this.partials.keys()];
    this.partials.clear();
    this.withFreeBlocks.clear();
    for (const piece of begun) this.#refile(piece);
  }

  handleWhole(partial: PartialPiece): void {
    this.partials.delete(partial.piece);
    this.withFreeBlocks.delete(partial);
    this.received.set(partial.piece, partial);
  }

  /** The hash was wrong, and the bad blocks are discarded: the piece is in progress again. */
  handleFailed(partial: PartialPiece): void {
    if (!this.received.delete(partial.piece)) return;
    this.partials.set(partial.piece, partial);
    this.fileFreeBlocks(partial);
  }

  /** The piece failed or could not be written: all its blocks are forgotten. */
  handleNotStored(piece: number): void {
    this.received.delete(piece);
    this.#refile(piece);
  }

  handleStored(piece: number, peers: Iterable<PieceHolder>): void {
    this.received.delete(piece);
    this.alone.delete(piece);
    this.deadlines.drop(piece);
    this.checked.add(piece);
    this.lost.delete(piece);
    if (this.have.has(piece)) return;
    const wasMissing = this.isMissing(piece);
    this.have.add(piece);
    this.#countFileBytes(piece, 1);
    this.availability.close(piece);
    if (!wasMissing) return;
    this.#missing--;
    for (const peer of peers) if (peer.has?.has(piece)) peer.interesting--;
  }

  /** Storage lost or damaged a stored piece. It is wanted as it was before, and may be begun at once. */
  losePiece(piece: number, peers: Iterable<PieceHolder>): void {
    if (!this.have.delete(piece)) return;
    this.checked.delete(piece);
    this.lost.add(piece);
    this.#countFileBytes(piece, -1);
    this.#selectionVersion++;
    this.#refile(piece);
    if (!this.isMissing(piece)) return;
    this.#missing++;
    for (const peer of peers) {
      if (!peer.has?.has(piece)) continue;
      peer.interesting++;
      peer.mayHaveMore();
    }
  }

  /** A piece of own files is unreadable: its files are no longer wanted or stored. Returns the lost pieces. */
  loseFilesOf(piece: number, peers: Iterable<PieceHolder>): number[] {
    const files = new Set(this.map.ranges(piece).map((range) => range.file));
    const lost: number[] = [];
    for (const file of files) {
      this.#wantedFiles[file] = 0;
      const { first, end } = this.map.piecesOf(file);
      for (let each = first; each < end; each++) {
        if (!this.have.delete(each)) continue;
        this.checked.delete(each);
        lost.push(each);
        this.#countFileBytes(each, -1);
      }
    }
    this.#selectionVersion++;
    this.#applySelection();
    this.recount(peers);
    return lost;
  }

  /**
   * All pieces are stored, as when the person adds the same files again, and all files are wanted. Returns the pieces
   * that are new.
   */
  handleComplete(peers: Iterable<PieceHolder>): number[] {
    const fresh: number[] = [];
    this.partials.clear();
    this.withFreeBlocks.clear();
    this.received.clear();
    this.lost.clear();
    for (let piece = 0; piece < this.info.pieceCount; piece++) {
      if (this.have.add(piece)) {
        fresh.push(piece);
        this.#countFileBytes(piece, 1);
      }
    }
    this.select(new Uint8Array(this.info.files.length).fill(1), peers);
    return fresh;
  }

  /**
   * These files are here by other means, as when the person gives own files again, and are wanted. A piece that holds
   * bytes of other files too stays as it is. Returns the pieces that are new.
   */
  handleFilesFound(files: ReadonlySet<number>, peers: Iterable<PieceHolder>): number[] {
    const wanted = this.#wantedFiles.slice();
    const fresh: number[] = [];
    for (const file of files) {
      wanted[file] = 1;
      const { first, end } = this.map.piecesOf(file);
      for (let piece = first; piece < end; piece++) {
        if (this.have.has(piece) || !this.map.ranges(piece).every((range) => files.has(range.file))) continue;
        this.#forgetProgress(piece);
        this.lost.delete(piece);
        this.have.add(piece);
        this.#countFileBytes(piece, 1);
        fresh.push(piece);
      }
    }
    this.select(wanted, peers);
    return fresh;
  }

  #forgetProgress(piece: number): void {
    const partial = this.partials.get(piece);
    if (partial !== undefined) this.withFreeBlocks.delete(partial);
    this.partials.delete(piece);
    this.received.delete(piece);
    this.alone.delete(piece);
  }

  #countFileBytes(piece: number, sign: 1 | -1): void {
    for (const range of this.map.ranges(piece)) {
      this.fileBytes[range.file]! += sign * range.length;
      this.#storedBytes += sign * range.length;
      if (this.#wantedFiles[range.file] === 1) this.wantedBytes.stored += sign * range.length;
    }
  }
}
