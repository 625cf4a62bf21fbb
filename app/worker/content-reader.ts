/**
 * A content reader gives the bytes of a complete file. It reads the person's own file if the share was made from
 * files and the file can be read (shared-files.ts). Otherwise, it reads the stored pieces, each of which is checked
 * before its first use. It reads in bounded parts. If a piece is damaged or lost, it waits until the piece is here again
 * (piece-waits.ts).
 */

import { SAVE_DEADLINE } from "../bridge/constants.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { type FileLocation, FileLocations } from "../storage/file-table.ts";
import { StoredPieces } from "../storage/piece-batches.ts";
import { PieceCheck } from "../storage/piece-check.ts";
import { fileBlob, type RangeSource, readRange } from "../storage/read-range.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { SHARE_READ_LENGTH } from "./constants.ts";
import { readSlice } from "./extent-reader.ts";
import type { LazyWaits } from "./lazy-waits.ts";
import type { SharedFiles } from "./shared-files.ts";

/** Rows, batches and checked pieces kept at hand between the files of one torrent that are read one after the other. */
export interface StoredFiles {
  readonly locations: FileLocations;
  readonly pieces: StoredPieces;
  readonly check: PieceCheck;
}

export interface ContentReaderParts {
  readonly db: ShoalDatabase;
  readonly shared: Pick<SharedFiles, "source">;
  readonly engine: Pick<Engine, "handleChecked" | "hashes" | "piece">;
  readonly waits: Pick<LazyWaits, "wait">;
}

export class ContentReader {
  readonly #parts: ContentReaderParts;

  constructor(parts: ContentReaderParts) {
    this.#parts = parts;
  }

  /**
   * To be given to each `read` of several files of a torrent.
   * @throws ShoalError share/unknown when its files are not known
   */
  begin(torrent: TorrentId): StoredFiles {
    const { db, engine } = this.#parts;
    const hashes = engine.hashes(torrent);
    if (hashes === null) throw new ShoalError("share/unknown");
    const check = new PieceCheck(hashes, {
      has: (piece) => engine.piece(torrent, piece).checked,
      add: (piece) => engine.handleChecked(torrent, piece),
    });
    return { locations: new FileLocations(db, torrent), pieces: new StoredPieces(db), check };
  }

  /**
   * The file's bytes from its start, in parts. `nobodyWaits`: ends waiting for a piece that is damaged or lost.
   * @throws ShoalError save/incomplete when a piece is missing, storage/lost when one was lost and nobody has it,
   * share/unknown when the file is not known, or as reading failed; the signal's reason
   */
  async *read(
    torrent: TorrentId,
    file: number,
    stored = this.begin(torrent),
    nobodyWaits: AbortSignal = new AbortController().signal,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const own = this.#ownFile(torrent, file);
    if (!own) {
      const location = found(await stored.locations.find(file));
      yield* readRange(location, this.#source(torrent, file, stored, nobodyWaits));
      return;
    }
    for (let offset = 0; offset < own.size; offset += SHARE_READ_LENGTH) {
      const length = Math.min(SHARE_READ_LENGTH, own.size - offset);
      yield (await readSlice(own, offset, length)) as Uint8Array<ArrayBuffer>;
    }
  }

  /**
   * The file as a Blob that the browser keeps out of this thread's memory.
   * @throws ShoalError as `read`
   */
  async blob(torrent: TorrentId, file: number): Promise<Blob> {
    const own = this.#ownFile(torrent, file);
    if (own) return own;
    const stored = this.begin(torrent);
    const { signal } = new AbortController();
    return fileBlob(found(await stored.locations.find(file)), this.#source(torrent, file, stored, signal));
  }

  #source(
    torrent: TorrentId,
    file: number,
    { pieces, check }: StoredFiles,
    nobodyWaits: AbortSignal,
  ): RangeSource {
    const wait = async (start: number, end: number) => {
      const request = { torrent, file, start, end, milliseconds: SAVE_DEADLINE };
      await this.#parts.waits.wait(request, nobodyWaits);
      return true;
    };
    return { pieces, check, wait };
  }

  #ownFile(torrent: TorrentId, file: number): File | null {
    return this.#parts.shared.source(torrent)?.file(file) ?? null;
  }
}

function found(location: FileLocation | undefined): FileLocation {
  if (!location) throw new ShoalError("share/unknown");
  return location;
}
