/**
 * Waits for a browser's download to be whole on disk. A download's name exists before its bytes do (Firefox
 * reserves it with an empty file, both write into a neighbour), so existence alone says nothing.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { waitFor } from "./wait.ts";

export interface DownloadOptions {
  /** The size the file must have; without it any size but nought counts as whole. */
  bytes?: number;
  /** Milliseconds. */
  timeout?: number;
}

/** Chromium writes into "….crdownload", Firefox into "….part". */
function isUnfinished(name: string): boolean {
  return name.endsWith(".crdownload") || name.endsWith(".part");
}

/**
 * Waits until `name` is in `directory`, has its size, and nothing in the directory is half-way; returns its path.
 * @throws Error that lists the directory when that does not happen in time
 */
export async function waitForDownload(
  directory: string,
  name: string,
  { bytes, timeout = 60_000 }: DownloadOptions = {},
): Promise<string> {
  const path = join(directory, name);
  const list = async () => {
    const names = await readdir(directory).catch(() => []);
    const sizes = await Promise.all(
      names.map((entry) => stat(join(directory, entry)).catch(() => undefined)),
    );
    return names.map((entry, index) => ({ name: entry, size: sizes[index]?.size ?? 0 }));
  };
  await waitFor(
    async () => {
      const entries = await list();
      const size = entries.find((entry) => entry.name === name)?.size;
      const complete = bytes === undefined ? (size ?? 0) > 0 : size === bytes;
      return complete && !entries.some((entry) => isUnfinished(entry.name));
    },
    {
      timeout,
      describe: async () =>
        `the download ${name}${bytes === undefined ? "" : ` of ${bytes} bytes`}; the directory holds ${
          (await list()).map((entry) => `${entry.name} (${entry.size})`).join(", ") || "nothing"
        }`,
    },
  );
  return path;
}
