/**
 * A share job hashes the person's files for a new share. It takes the pieces in runs: consecutive pieces of one file,
 * up to SHARE_READ_LENGTH bytes or a single longer piece. SHARE_READS_AT_ONCE runs are under way at once, so that one
 * is read while others are hashed. Memory therefore stays bounded, however much is shared. Example: with pieces of
 * 1 MiB, a run has 4 pieces, and 4 runs hold 16 MiB.
 *
 * The job keeps its progress. The info dictionary is left to TorrentBuilder.
 */

import { TorrentBuilder } from "../engine/content/torrent-builder.ts";
import type { PieceLayers, TorrentInfo } from "../engine/content/torrent-info.ts";
import { ShoalError } from "../engine/errors.ts";
import { SHARE_READ_LENGTH, SHARE_READS_AT_ONCE } from "./constants.ts";
import { readSlice } from "./extent-reader.ts";
import { hashLeaves, hashSha1 } from "./hasher.ts";

export interface ShareInput {
  readonly file: File;
  /** Components below the share's folder; for a single file its name alone. */
  readonly path: readonly string[];
}

export interface HashedShare {
  readonly info: TorrentInfo;
  readonly pieceLayers: PieceLayers;
  /** For each file, in the torrent's order, its index in the files given. */
  readonly order: readonly number[];
}

/** Consecutive pieces of one file that are read at once. */
interface Run {
  readonly file: File;
  readonly offset: number;
  readonly length: number;
  readonly firstPiece: number;
  readonly endPiece: number;
}

export class ShareJob {
  readonly name: string;
  readonly #files: readonly ShareInput[];
  readonly #builder: TorrentBuilder;
  #hashed: number;
  #cancelled: boolean;

  /** @throws ShoalError when the names or sizes cannot be shared (TorrentBuilder) */
  constructor(name: string, singleFile: boolean, files: readonly ShareInput[]) {
    this.name = name;
    this.#files = files;
    const sources = files.map(({ file, path }) => ({ path, length: file.size }));
    this.#builder = new TorrentBuilder(sources, { name, singleFile });
    this.#hashed = 0;
    this.#cancelled = false;
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
  }

  /**
   * Reads and hashes everything.
   * @throws ShoalError share/cancelled; source/changed or source/gone, naming the file
   */
  async run(): Promise<HashedShare> {
    const runs = this.#runs();
    const lanes = Array.from({ length: SHARE_READS_AT_ONCE }, () => this.#hashRuns(runs));
    try {
      await Promise.all(lanes);
    } catch (error) {
      this.#cancelled = true;
      await Promise.allSettled(lanes);
      throw error;
    }
    return { ...this.#builder.finish(), order: this.#builder.order };
  }

  /** All pieces in order, as runs. Each of the concurrent calls of `#hashRuns` takes the next run. */
  *#runs(): Generator<Run, void, undefined> {
    const builder = this.#builder;
    const atOnce = Math.max(1, Math.floor(SHARE_READ_LENGTH / builder.pieceLength));
    for (let firstPiece = 0; firstPiece < builder.pieceCount; ) {
      const { file, offset } = builder.piece(firstPiece);
      let endPiece = firstPiece;
      let length = 0;
      while (endPiece < Math.min(firstPiece + atOnce, builder.pieceCount)) {
        const piece = builder.piece(endPiece);
        if (piece.file !== file) break;
        length += piece.length;
        endPiece++;
      }
      const source = this.#files[builder.order[file]!]!.file;
      yield { file: source, offset, length, firstPiece, endPiece };
      firstPiece = endPiece;
    }
  }

  async #hashRuns(runs: Generator<Run, void, undefined>): Promise<void> {
    for (const run of runs) {
      this.#throwIfCancelled();
      const data = await readSlice(run.file, run.offset, run.length);
      for (let piece = run.firstPiece; piece < run.endPiece; piece++) {
        this.#throwIfCancelled();
        const { offset, length, padding } = this.#builder.piece(piece);
        const bytes = data.subarray(offset - run.offset, offset - run.offset + length);
        const [sha1, leaves] = await Promise.all([hashSha1(bytes, padding), hashLeaves(bytes)]);
        this.#builder.setPiece(piece, sha1, leaves);
        this.#hashed += length;
      }
    }
  }

  #throwIfCancelled(): void {
    if (this.#cancelled) throw new ShoalError("share/cancelled");
  }
}
