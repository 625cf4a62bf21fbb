/** Compares what a browser saved, a file or a zip of several, with what was shared. */
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sha256OfFile, sha256OfTree } from "../support/files.ts";
import type { SharedPaths } from "./shared-paths.ts";

/** What differs, a line a file; empty when every file is there with its bytes and nothing else is. */
export async function checkSaved(saved: string, singleFile: boolean, shared: SharedPaths): Promise<string[]> {
  const found = singleFile
    ? new Map([[[...shared.files.keys()][0]!, await sha256OfFile(saved)]])
    : await hashesInZip(saved);
  const missing = [...shared.files.keys()].filter((path) => !found.has(path));
  const extra = [...found.keys()].filter((path) => !shared.files.has(path));
  const different = [...found].filter(([path, hash]) => (shared.files.get(path) ?? hash) !== hash);
  return [
    ...missing.map((path) => `missing: ${path}`),
    ...extra.map((path) => `not expected: ${path}`),
    ...different.map(([path]) => `different: ${path}`),
  ];
}

/** Unpacks a zip beside itself with Python's zipfile; hashes by path below the one folder that it holds. */
async function hashesInZip(zip: string): Promise<Map<string, string>> {
  const directory = `${zip}.unpacked`;
  await promisify(execFile)("python3", ["-m", "zipfile", "-e", zip, directory], {
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  const [top] = await readdir(directory);
  return top === undefined ? new Map() : sha256OfTree(join(directory, top));
}
