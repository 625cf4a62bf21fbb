/**
 * A saver writes complete files to places that the person chose, part by part. It keeps the saves under way, and how
 * much of each is written. The caller checks that the files are complete. The bytes come from a content reader.
 */

import type { SavingSnapshot } from "../bridge/commands.ts";
import { inSlices } from "../bridge/slices.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { ContentReader, StoredFiles } from "./content-reader.ts";

/** One file to save. */
export interface SaveItem {
  /** Index in the torrent's order. */
  readonly file: number;
  /** Bytes. */
  readonly length: number;
  /** Components below the chosen folder. */
  readonly path: readonly string[];
}

interface Save {
  readonly id: TorrentId;
  readonly stored: StoredFiles;
  readonly size: number;
  written: number;
  cancelled: boolean;
  /** Ends waiting for a damaged piece. */
  readonly nobodyWaits: AbortController;
}

export class Saver {
  readonly #reader: ContentReader;
  readonly #saves: Set<Save>;

  constructor(reader: ContentReader) {
    this.#reader = reader;
    this.#saves = new Set();
  }

  snapshots(): SavingSnapshot[] {
    return [...this.#saves].map(({ id, written, size }) => ({ id, written, size }));
  }

  /** Makes every save of a torrent fail with save/cancelled soon. */
  cancel(id: TorrentId): void {
    for (const save of this.#saves) {
      if (save.id !== id) continue;
      save.cancelled = true;
      save.nobodyWaits.abort(new ShoalError("save/cancelled"));
    }
  }

  /**
   * Replaces a file's content.
   * @throws ShoalError save/failed, save/cancelled, or as reading failed
   */
  async saveToHandle(id: TorrentId, item: SaveItem, handle: FileSystemFileHandle): Promise<void> {
    await this.#run(id, [item], (save) => this.#write(save, item.file, handle));
  }

  /**
   * Writes files below a folder, making folders as needed.
   * @throws ShoalError save/failed, save/cancelled, or as reading failed
   */
  async saveToDirectory(
    id: TorrentId,
    items: readonly SaveItem[],
    root: FileSystemDirectoryHandle,
  ): Promise<void> {
    await this.#run(id, items, async (save) => {
      const [{ SafePaths }, { Folders, safePathsOf }] = await Promise.all([
        import("../bridge/safe-names.ts"),
        import("./folders.ts"),
      ]);
      const names = new SafePaths();
      // All names are taken before any file is made, so that a name in place of a refused one is nobody else's.
      const paths = await inSlices(safePathsOf(items, names));
      const folders = new Folders(root, names);
      for (const [index, { file }] of items.entries()) {
        throwIfCancelled(save);
        await this.#write(save, file, await folders.makeFile(paths[index]!));
      }
    });
  }

  async #run(id: TorrentId, items: readonly SaveItem[], work: (save: Save) => Promise<void>): Promise<void> {
    const size = items.reduce((sum, { length }) => sum + length, 0);
    const stored = this.#reader.begin(id);
    const nobodyWaits = new AbortController();
    const save: Save = { id, stored, size, written: 0, cancelled: false, nobodyWaits };
    this.#saves.add(save);
    try {
      await work(save);
    } catch (cause) {
      if (cause instanceof ShoalError) throw cause;
      throw new ShoalError("save/failed", cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      this.#saves.delete(save);
    }
  }

  /**
   * The browser writes beside the file and puts it in place on `close`: a save that stops leaves it as it was. The file
   * gets the time of now, because the File System Access API has no way to set another.
   */
  async #write(save: Save, file: number, handle: FileSystemFileHandle): Promise<void> {
    const writable = await handle.createWritable();
    try {
      for await (const part of this.#reader.read(save.id, file, save.stored, save.nobodyWaits.signal)) {
        throwIfCancelled(save);
        await writable.write(part);
        save.written += part.length;
      }
    } catch (error) {
      await writable.abort().catch(() => {});
      throw error;
    }
    await writable.close();
  }
}

function throwIfCancelled(save: Save): void {
  if (save.cancelled) throw new ShoalError("save/cancelled");
}
