/**
 * A content reader gives the bytes of a complete file. It reads the person's own file if the share was made from
 * files and the file can be read (shared-files.ts). Otherwise, it reads the stored pieces. It reads in bounded
 * parts.
 */

import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { type FileLocation, FileLocations, readFileLocation } from "../storage/file-table.ts";
import { StoredPieces } from "../storage/piece-batches.ts";
import { fileBlob, readRange } from "../storage/read-range.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { SHARE_READ_LENGTH } from "./constants.ts";
import { readSlice } from "./extent-reader.ts";
import type { SharedFiles } from "./shared-files.ts";

/** Rows and batches kept at hand between the files of one torrent that are read one after the other. */
export interface StoredFiles {
  readonly locations: FileLocations;
  readonly pieces: StoredPieces;
}

export class ContentReader {
  readonly #db: ShoalDatabase;
  readonly #shared: SharedFiles;

  constructor(db: ShoalDatabase, shared: SharedFiles) {
    this.#db = db;
    this.#shared = shared;
  }

  /** To be given to each `read` of several files of a torrent. */
  begin(torrent: TorrentId): StoredFiles {
    return { locations: new FileLocations(this.#db, torrent), pieces: new StoredPieces(this.#db) };
  }

  /**
   * The file's bytes from its start, in parts.
   * @throws ShoalError save/incomplete when a piece is missing, share/unknown when the file is not known, or as
   * reading failed
   */
  async *read(
    torrent: TorrentId,
    file: number,
    stored = this.begin(torrent),
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const own = this.#ownFile(torrent, file);
    if (!own) {
      const location = found(await stored.locations.find(file));
      yield* readRange(this.#db, location, 0, location.length, undefined, stored.pieces);
      return;
    }
    for (let offset = 0; offset < own.size; offset += SHARE_READ_LENGTH) {
      const length = Math.min(SHARE_READ_LENGTH, own.size - offset);
      yield (await readSlice(own, offset, length)) as Uint8Array<ArrayBuffer>;
    }
  }

  /** The file as a Blob that the browser keeps out of this thread's memory. */
  async blob(torrent: TorrentId, file: number): Promise<Blob> {
    const own = this.#ownFile(torrent, file);
    return own ?? fileBlob(this.#db, found(await readFileLocation(this.#db, torrent, file)));
  }

  #ownFile(torrent: TorrentId, file: number): File | null {
    return this.#shared.source(torrent)?.file(file) ?? null;
  }
}

function found(location: FileLocation | undefined): FileLocation {
  if (!location) throw new ShoalError("share/unknown");
  return location;
}
