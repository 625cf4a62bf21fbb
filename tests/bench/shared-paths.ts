/** What the demo was told to share: files, or one folder, with the SHA-256 that each must have when saved. */
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { sha256OfFile, sha256OfTree } from "../support/files.ts";

export interface SharedPaths {
  /** Full paths of the files; empty when a folder is shared. */
  paths: string[];
  folder: string | null;
  /** SHA-256 in hexadecimal by path inside the share. */
  files: Map<string, string>;
  bytes: number;
}

/**
 * Reads and hashes the files.
 * @throws Error with a plain sentence when a path is not there, or the browser's pickers cannot take them together
 */
export async function readSharedPaths(given: readonly string[]): Promise<SharedPaths> {
  const paths = given.map((path) => resolve(path));
  const stats = await Promise.all(
    paths.map((path) =>
      stat(path).catch((cause) => {
        throw new Error(`${path} cannot be read: name files that are there.`, { cause });
      }),
    ),
  );
  if (stats.some((entry) => entry.isDirectory())) {
    if (paths.length > 1) throw new Error("A folder is shared by itself: name one folder, or only files.");
    return readFolder(paths[0]!);
  }
  const names = new Set(paths.map((path) => basename(path)));
  if (names.size < paths.length) throw new Error("Two files have the same name: put them in a folder.");
  const files = new Map<string, string>();
  for (const path of paths) files.set(basename(path), await sha256OfFile(path));
  return { paths, folder: null, files, bytes: stats.reduce((sum, { size }) => sum + size, 0) };
}

async function readFolder(folder: string): Promise<SharedPaths> {
  const files = await sha256OfTree(folder);
  let bytes = 0;
  for (const path of files.keys()) bytes += (await stat(resolve(folder, path))).size;
  return { paths: [], folder, files, bytes };
}
