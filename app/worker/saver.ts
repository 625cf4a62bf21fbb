/**
 * A saver writes complete files to places that the person chose, part by part. It keeps the saves under way, and how
 * much of each is written. The caller checks that the files are complete. The bytes come from a content reader.
 */

import type { SavingSnapshot } from "../bridge/commands.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { ContentReader } from "./content-reader.ts";
import { pathKey, safePaths } from "./safe-names.ts";

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
  readonly size: number;
  written: number;
  cancelled: boolean;
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
    for (const save of this.#saves) if (save.id === id) save.cancelled = true;
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
    const paths = safePaths(items.map(({ path }) => path));
    const taken = new Set(paths.map(pathKey));
    await this.#run(id, items, async (save) => {
      for (const [index, { file }] of items.entries()) {
        throwIfCancelled(save);
        await this.#write(save, file, await makeFile(root, paths[index]!, taken));
      }
    });
  }

  async #run(id: TorrentId, items: readonly SaveItem[], work: (save: Save) => Promise<void>): Promise<void> {
    const size = items.reduce((sum, { length }) => sum + length, 0);
    const save: Save = { id, size, written: 0, cancelled: false };
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

  /** The browser writes beside the file and puts it in place on `close`: a save that stops leaves it as it was. */
  async #write(save: Save, file: number, handle: FileSystemFileHandle): Promise<void> {
    const writable = await handle.createWritable();
    try {
      for await (const part of this.#reader.read(save.id, file)) {
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

/**
 * Makes a file, and the folders of its path. `taken`: the keys of all paths of the save, so that no file is written
 * over another.
 */
async function makeFile(
  root: FileSystemDirectoryHandle,
  path: readonly string[],
  taken: ReadonlySet<string>,
): Promise<FileSystemFileHandle> {
  const folders = path.slice(0, -1);
  let folder = root;
  for (const name of folders) folder = await folder.getDirectoryHandle(name, { create: true });
  const name = path.at(-1)!;
  try {
    return await folder.getFileHandle(name, { create: true });
  } catch (error) {
    // Browsers refuse some extensions, such as those of shortcuts, with a TypeError.
    if (!(error instanceof TypeError)) throw error;
    let other = `${name}_`;
    while (taken.has(pathKey([...folders, other]))) other += "_";
    return folder.getFileHandle(other, { create: true });
  }
}
