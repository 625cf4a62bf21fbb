/**
 * A share job hashes the person's files for a new share. It takes the pieces in runs: consecutive pieces of one file,
 * up to SHARE_READ_LENGTH bytes or a single longer piece. Runs that are whole small files are read together, as many as
 * fit into that length. SHARE_READS_AT_ONCE reads are under way at once, so that one is read while others are hashed.
 * Memory therefore stays bounded, however much is shared. Example: with pieces of 1 MiB, a run has 4 pieces, and 4 runs
 * hold 16 MiB.
 *
 * Hashes are kept with each file (file-hashes.ts), and pieces whose hashes were kept before are not read again. A file
 * that cannot be read does not keep the others from being hashed; the job then fails, and `unreadable` tells all such
 * files.
 *
 * The job keeps its progress. The info dictionary is left to TorrentBuilder.
 */

import { turn } from "../bridge/slices.ts";
import { pieceRootFromLeaves } from "../engine/content/merkle.ts";
import { TorrentBuilder } from "../engine/content/torrent-builder.ts";
import type { PieceLayers, TorrentInfo } from "../engine/content/torrent-info.ts";
import { ShoalError } from "../engine/errors.ts";
import { hashLeaves, hashSha1 } from "../storage/hasher.ts";
import { FILES_AT_ONCE, SHARE_READ_LENGTH, SHARE_READS_AT_ONCE } from "./constants.ts";
import { readSlice, readTogether } from "./extent-reader.ts";
import { FileHashes } from "./file-hashes.ts";

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
  /** @throws ShoalError when the names or sizes cannot be shared (TorrentBuilder) */
  constructor(files: readonly ShareInput[], { name, singleFile, crossSeed }: ShareOptions) {
    const sources = files.map(({ file, path }) => ({ path, length: file.size }));
    this.#builder = new TorrentBuilder(sources, { name, singleFile, crossSeed });
    this.#files = this.#builder.order.map((index) => files[index]!);
    this.#hashes = this.#files.map(({ hashes }) => hashes ?? new FileHashes());
    this.unreadable = new Map();
    this.#hashed = 0;
    this.#cancelled = false;
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
  }

  /**
   * Reads and hashes everything.
   * @throws ShoalError share/cancelled; source/changed or source/gone, naming the first file that could not be read
   */
  async run(): Promise<HashedShare> {
    const reads = this.#reads();
    const lanes = Array.from({ length: SHARE_READS_AT_ONCE }, () => this.#hashReads(reads));
    try {
      await Promise.all(lanes);
    } catch (error) {
      this.#cancelled = true;
      await Promise.allSettled(lanes);
      throw error;
    }
    const [failed] = this.unreadable.values();
    if (failed) throw failed;
    await turn();
    this.#throwIfCancelled();
    return { ...this.#builder.finish(), order: this.#builder.order };
  }

  /** The reads that are still to come. Each of the concurrent calls of `#hashReads` takes the next. */
  *#reads(): Generator<readonly Run[], void, undefined> {
    let together: Run[] = [];
    let length = 0;
    for (const run of this.#remainingRuns()) {
      const isWhole = run.length === this.#files[run.file]!.file.size;
      if (together.length > 0 && (!isWhole || length + run.length > SHARE_READ_LENGTH)) {
        yield together;
        together = [];
        length = 0;
      }
      if (isWhole && run.length < SHARE_READ_LENGTH) {
        together.push(run);
        length += run.length;
      } else {
        yield [run];
      }
    }
    if (together.length > 0) yield together;
  }

  /**
   * All pieces in order that are still to be hashed, as runs. Those that were hashed before are given to the builder.
   */
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

  async #hashReads(reads: Generator<readonly Run[], void, undefined>): Promise<void> {
    for (const runs of reads) {
      this.#throwIfCancelled();
      const read =
        runs.length > 1 ? await readTogether(runs.map(({ file }) => this.#files[file]!.file)) : null;
      let offset = 0;
      const hashing = runs.map((run) => {
        const data = read?.subarray(offset, offset + run.length);
        offset += run.length;
        return () => this.#hashRun(run, data);
      });
      await inLanes(hashing, FILES_AT_ONCE);
    }
  }

  /** `data`: the bytes of the run, where they were read already. */
  async #hashRun(run: Run, data?: Uint8Array): Promise<void> {
    if (this.unreadable.has(this.#builder.order[run.file]!)) return;
    const { file } = this.#files[run.file]!;
    let bytes: Uint8Array;
    try {
      bytes = data ?? (await readSlice(file, run.offset, run.length));
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error;
      this.unreadable.set(this.#builder.order[run.file]!, error);
      return;
    }
    const hashes = this.#hashes[run.file]!;
    const { pieceLength } = this.#builder;
    for (let piece = run.firstPiece; piece < run.endPiece; piece++) {
      this.#throwIfCancelled();
      const { offset, length, padding } = this.#builder.piece(piece);
      const part = bytes.subarray(offset - run.offset, offset - run.offset + length);
      const [sha1, leaves] = await Promise.all([hashSha1(part, padding), hashLeaves(part)]);
      // By now the hashes may be those of another job.
      this.#throwIfCancelled();
      const at = offset / pieceLength;
      hashes.set(at, sha1, pieceRootFromLeaves(leaves, { pieceLength, fileLength: file.size }));
      this.#give(piece, hashes, at);
    }
  }

  #throwIfCancelled(): void {
    if (this.#cancelled) throw new ShoalError("share/cancelled");
  }
}

/** Does all pieces of work, some of them at the same time. */
async function inLanes(work: readonly (() => Promise<void>)[], atOnce: number): Promise<void> {
  let next = 0;
  const runLane = async () => {
    for (let piece = work[next++]; piece; piece = work[next++]) await piece();
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, work.length) }, runLane));
}
