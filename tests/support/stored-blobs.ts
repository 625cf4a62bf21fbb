/**
 * The files in which a browser's profile keeps the Blobs of IndexedDB. Both browsers write the bytes of a Blob as they
 * are, each Blob into a file of its own: Chromium below `IndexedDB/*.blob`, Firefox below `*.files`.
 */
import { readdir, readFile, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Bytes by which a place of a file is known. */
const NEEDLE = 64;

export class StoredBlob {
  readonly path: string;
  readonly bytes: number;
  /** Where in it the bytes stand that were looked for. */
  readonly offset: number;

  constructor(path: string, bytes: number, offset: number) {
    this.path = path;
    this.bytes = bytes;
    this.offset = offset;
  }

  /** Flips a bit of the byte that was looked for. The file keeps its length. */
  async flip(): Promise<void> {
    const bytes = await readFile(this.path);
    bytes[this.offset]! ^= 1;
    await writeFile(this.path, bytes);
  }

  /** The file ends before the byte that was looked for. */
  async cut(): Promise<void> {
    await truncate(this.path, this.offset);
  }

  async lose(): Promise<void> {
    await unlink(this.path);
  }
}

/**
 * Where a profile keeps the bytes of a shared file from `position` on.
 * @throws Error when no Blob has them
 */
export async function findStored(profile: string, content: Buffer, position: number): Promise<StoredBlob> {
  const needle = content.subarray(position, position + NEEDLE);
  for (const name of await readdir(profile, { recursive: true })) {
    if (!/\.blob\/|\.files\//.test(name)) continue;
    const path = join(profile, name);
    if (!(await stat(path)).isFile()) continue;
    const bytes = await readFile(path);
    const offset = bytes.indexOf(needle);
    if (offset >= 0) return new StoredBlob(path, bytes.length, offset);
  }
  throw new Error(`no Blob in ${profile} has the bytes at ${position}`);
}
