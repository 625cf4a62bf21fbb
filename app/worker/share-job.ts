/**
 * A share job hashes the person's files for a new share. It takes the pieces in runs: consecutive pieces of one file,
 * up to SHARE_READ_LENGTH bytes or a single longer piece. Several runs are under way at once, so that some are read while
 * others are hashed: SHARE_RUNS_AT_ONCE, as long as they have SHARE_BYTES_AT_ONCE together. Memory therefore stays
 * bounded, however much is shared. Examples: with pieces of 1 MiB, a run has 4 pieces, and 4 runs hold 16 MiB. Of small
 * files, each is a run.
 *
 * What is hashed is kept with each file (file-hashes.ts), and what was kept before is not read again. A file that cannot
 * be read does not keep the others from being hashed; the job then fails, and `unreadable` tells all such files.
 *
 * The job keeps its progress. The info dictionary is left to TorrentBuilder.
 */

import { pieceRootFromLeaves } from "../engine/content/merkle.ts";
import { TorrentBuilder } from "../engine/content/torrent-builder.ts";
import type { PieceLayers, TorrentInfo } from "../engine/content/torrent-info.ts";
import { ShoalError } from "../engine/errors.ts";
import { SHARE_BYTES_AT_ONCE, SHARE_READ_LENGTH, SHARE_RUNS_AT_ONCE } from "./constants.ts";
import { readSlice } from "./extent-reader.ts";
import { FileHashes } from "./file-hashes.ts";
import { hashLeaves, hashSha1 } from "./hasher.ts";

export interface ShareInput {
  readonly file: File;
  /** Components below the share's folder; for a single file its name alone. */
  readonly path: readonly string[];
  /** Kept from one job to the next. */
  readonly hashes?: FileHashes;
}

export interface ShareOptions {
  readonly name: string;
  readonly singleFile: boolean;
  /** Hex that makes the info-hashes other ones than those of the same content (BuildOptions). */
  readonly crossSeed?: string | null;
}

export interface HashedShare {
  readonly info: TorrentInfo;
  readonly pieceLayers: PieceLayers;
  /** For each file, in the torrent's order, its index in the files given. */
  readonly order: readonly number[];
}

/** Consecutive pieces of one file that are read at once. */
interface Run {
  /** Index in torrent order. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  readonly firstPiece: number;
  readonly endPiece: number;
}

export class ShareJob {
  /** Files that could not be read, by their indices in the files given. */
  readonly unreadable: Map<number, ShoalError>;
  /** In torrent order. */
  readonly #files: readonly ShareInput[];
  readonly #hashes: readonly FileHashes[];
  readonly #builder: TorrentBuilder;
  #hashed: number;
  #cancelled: boolean;
  #runs: number;
  #bytes: number;
  /** A run has ended: there may be room for another. */
  #handleFreed: () => void;
  #fault: unknown;

  /** @throws ShoalError when the names or sizes cannot be shared (TorrentBuilder) */
  constructor(files: readonly ShareInput[], { name, singleFile, crossSeed }: ShareOptions) {
    const sources = files.map(({ file, path }) => ({ path, length: file.size }));
    this.#builder = new TorrentBuilder(sources, { name, singleFile, crossSeed });
    this.#files = this.#builder.order.map((index) => files[index]!);
    this.#hashes = this.#files.map(({ hashes }) => hashes ?? new FileHashes());
    this.unreadable = new Map();
    this.#hashed = 0;
    this.#cancelled = false;
    this.#runs = 0;
    this.#bytes = 0;
    this.#handleFreed = () => {};
    this.#fault = null;
    const { pieceLength } = this.#builder;
    for (const [file, { file: source }] of this.#files.entries())
      this.#hashes[file]!.prepare(source.size, pieceLength, files.length > 1);
  }

  /** Files and folders besides the one that it is named after. */
  get otherEntries(): number {
    return this.#builder.otherEntries;
  }

  /** Bytes. */
  get size(): number {
    return this.#builder.size;
  }

  /** Bytes hashed so far. */
  get hashed(): number {
    return this.#hashed;
  }

  /** Makes `run` fail with share/cancelled soon. */
  cancel(): void {
    this.#cancelled = true;
    this.#handleFreed();
  }

  /**
   * Reads and hashes everything.
   * @throws ShoalError share/cancelled; source/changed or source/gone, naming the first file that could not be read
   */
  async run(): Promise<HashedShare> {
    for (const run of this.#remainingRuns()) {
      await this.#room(run.length);
      if (this.#isEnding) break;
      if (!this.#isUnreadable(run.file)) void this.#take(run);
    }
    while (this.#runs > 0) await this.#freed();
    if (this.#fault !== null) throw this.#fault;
    if (this.#cancelled) throw new ShoalError("share/cancelled");
    const [failed] = this.unreadable.values();
    if (failed) throw failed;
    return { ...this.#builder.finish(), order: this.#builder.order };
  }

  get #isEnding(): boolean {
    return this.#cancelled || this.#fault !== null;
  }

  #isUnreadable(file: number): boolean {
    return this.unreadable.has(this.#builder.order[file]!);
  }

  #freed(): Promise<void> {
    return new Promise((resolve) => {
      this.#handleFreed = resolve;
    });
  }

  async #room(length: number): Promise<void> {
    const isFull = () =>
      this.#runs >= SHARE_RUNS_AT_ONCE || (this.#runs > 0 && this.#bytes + length > SHARE_BYTES_AT_ONCE);
    while (isFull() && !this.#isEnding) await this.#freed();
  }

  /** All pieces in order that are still to be hashed, as runs. Those that were hashed before are given to the builder. */
  *#remainingRuns(): Generator<Run, void, undefined> {
    const builder = this.#builder;
    const atOnce = Math.max(1, Math.floor(SHARE_READ_LENGTH / builder.pieceLength));
    for (let firstPiece = 0; firstPiece < builder.pieceCount; ) {
      const { file, offset } = builder.piece(firstPiece);
      const hashes = this.#hashes[file]!;
      const firstInFile = offset / builder.pieceLength;
      let endPiece = firstPiece;
      let length = 0;
      while (endPiece < Math.min(firstPiece + atOnce, builder.pieceCount)) {
        const piece = builder.piece(endPiece);
        if (piece.file !== file || hashes.has(firstInFile + endPiece - firstPiece)) break;
        length += piece.length;
        endPiece++;
      }
      if (endPiece > firstPiece) yield { file, offset, length, firstPiece, endPiece };
      else this.#give(endPiece++, hashes, firstInFile);
      firstPiece = endPiece;
    }
  }

  /** Gives the hashes of a piece to the builder. `at`: its index in its file. */
  #give(piece: number, hashes: FileHashes, at: number): void {
    this.#builder.setHashes(piece, hashes.sha1(at), hashes.root(at));
    this.#hashed += this.#builder.piece(piece).length;
  }

  async #take(run: Run): Promise<void> {
    this.#runs++;
    this.#bytes += run.length;
    try {
      await this.#hashRun(run);
    } catch (error) {
      if (!(error instanceof ShoalError)) this.#fault = error;
      else this.unreadable.set(this.#builder.order[run.file]!, error);
    }
    this.#runs--;
    this.#bytes -= run.length;
    this.#handleFreed();
  }

  async #hashRun(run: Run): Promise<void> {
    const { file } = this.#files[run.file]!;
    const data = await readSlice(file, run.offset, run.length);
    const hashes = this.#hashes[run.file]!;
    const { pieceLength } = this.#builder;
    for (let piece = run.firstPiece; piece < run.endPiece; piece++) {
      if (this.#isEnding) return;
      const { offset, length, padding } = this.#builder.piece(piece);
      const bytes = data.subarray(offset - run.offset, offset - run.offset + length);
      const [sha1, leaves] = await Promise.all([hashSha1(bytes, padding), hashLeaves(bytes)]);
      // By now the hashes may be those of another job.
      if (this.#cancelled) return;
      const at = offset / pieceLength;
      hashes.set(at, sha1, pieceRootFromLeaves(leaves, { pieceLength, fileLength: file.size }));
      this.#give(piece, hashes, at);
    }
  }
}
