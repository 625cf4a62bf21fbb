/**
 * The stored data are the pieces in the database, share by share: how many bytes they have, and how they are given up.
 * Data may outlast their share, because a share can be removed without them. Such data are *forgotten*: they are found
 * again only when the share's .torrent file is opened.
 *
 * A share whose data are given up stays in the list, as if nothing of it had been downloaded. The person's own files
 * are no stored data. storage-budget.ts knows how much the browser gives.
 */

import type { StoredBytes } from "../bridge/commands.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { storedBytes, storedTorrents } from "../storage/stored-torrents.ts";
import type { PieceStore } from "./piece-store.ts";
import type { SharedFiles } from "./shared-files.ts";

export interface StoredDataParts {
  readonly db: ShoalDatabase;
  readonly engine: Engine;
  readonly pieces: Pick<PieceStore, "delete">;
  readonly shared: Pick<SharedFiles, "isOrigin" | "source">;
  /** Whether a share is in a folder of the person's. */
  readonly isInFolder: (id: TorrentId) => boolean;
  /** Gives the engine a share anew, with other pieces. */
  readonly renew: (record: TorrentRecord, have: "none") => void;
}

export class StoredData {
  readonly #parts: StoredDataParts;

  constructor(parts: StoredDataParts) {
    this.#parts = parts;
  }

  /** @throws DOMException as the database failed */
  async bytes(): Promise<StoredBytes> {
    const { db, engine, shared } = this.#parts;
    const shares = engine.torrents().flatMap((id) => {
      const bytes = this.#bytesOf(id);
      return bytes === 0 ? [] : [{ id, bytes, canFree: !shared.isOrigin(id) }];
    });
    const forgotten = await this.#forgotten();
    const each = await Promise.all(forgotten.map((torrent) => storedBytes(db, torrent)));
    return {
      shares,
      forgotten: { count: forgotten.length, bytes: each.reduce((sum, bytes) => sum + bytes, 0) },
    };
  }

  /**
   * Gives up what is stored of a share, which stays.
   * @throws ShoalError share/unknown when it is not here, or is shared from own files; DOMException as the database failed
   */
  async free(id: TorrentId): Promise<void> {
    const { engine, pieces, shared, isInFolder, renew } = this.#parts;
    if (!engine.torrents().includes(id) || shared.isOrigin(id) || isInFolder(id))
      throw new ShoalError("share/unknown");
    renew({ ...engine.record(id), active: false, paused: false }, "none");
    await pieces.delete(id);
  }

  /** Deletes what is stored of shares that are not here. */
  async freeForgotten(): Promise<void> {
    for (const torrent of await this.#forgotten()) await this.#parts.pieces.delete(torrent);
  }

  async #forgotten(): Promise<TorrentId[]> {
    const here = new Set(this.#parts.engine.torrents());
    return (await storedTorrents(this.#parts.db)).filter((torrent) => !here.has(torrent));
  }

  #bytesOf(id: TorrentId): number {
    const { engine, shared, isInFolder } = this.#parts;
    const source = shared.source(id);
    // Nothing is known of a share's files while its info dictionary is on its way.
    if (engine.status(id).size === null || isInFolder(id)) return 0;
    return engine
      .content(id)
      .stored.reduce((sum, bytes, file) => sum + (source?.file(file) == null ? bytes : 0), 0);
  }
}
