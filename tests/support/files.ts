/**
 * Files to share: pseudo-random bytes that are the same for the same seed, written and hashed as streams, so
 * that gigabytes need no memory. And the comparison of what was shared with what was saved.
 */
import { createCipheriv, createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import { type FileHandle, mkdir, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";

export interface TestFile {
  /** Full path on disk. */
  path: string;
  bytes: number;
  /** SHA-256 in hexadecimal. */
  sha256: string;
}

export interface TestTree {
  /** The folder that holds the files. */
  directory: string;
  /** By path inside the folder, with slashes. */
  files: Map<string, TestFile>;
  remove(): Promise<void>;
}

export interface TemporaryDirectory {
  path: string;
  remove(): Promise<void>;
}

const chunkBytes = 1 << 20;

/** A fresh directory under the system's temporary one; removed when this process exits, if not before. */
export async function temporaryDirectory(name = "files"): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), `shoal-${name}-`));
  const removeAtExit = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  return {
    path,
    remove: () => {
      process.off("exit", removeAtExit);
      return rm(path, { recursive: true, force: true });
    },
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    offset += (await file.write(bytes, offset)).bytesWritten;
  }
}

/**
 * Writes `bytes` pseudo-random bytes to `path`, directories included. The bytes are AES-128 in counter mode under
 * a key made from the seed: the same everywhere, fast, and nothing that compresses.
 */
export async function makeFile(path: string, bytes: number, seed = "shoal"): Promise<TestFile> {
  await mkdir(dirname(path), { recursive: true });
  const key = createHash("sha256").update(seed).digest().subarray(0, 16);
  const stream = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  const hash = createHash("sha256");
  const zeros = Buffer.alloc(chunkBytes);
  const file = await open(path, "w");
  try {
    for (let written = 0; written < bytes; written += chunkBytes) {
      const chunk = stream.update(zeros.subarray(0, Math.min(chunkBytes, bytes - written)));
      hash.update(chunk);
      await writeAll(file, chunk);
    }
  } finally {
    await file.close();
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

/**
 * Makes a folder in a temporary directory with a file of the given size under each path (slashes make
 * directories). Files differ from each other; the same seed gives the same folder.
 */
export async function makeTree(
  sizes: Record<string, number>,
  { name = "folder", seed = "shoal" }: { name?: string; seed?: string } = {},
): Promise<TestTree> {
  const temporary = await temporaryDirectory("tree");
  const directory = join(temporary.path, name);
  await mkdir(directory);
  const files = new Map<string, TestFile>();
  for (const [path, bytes] of Object.entries(sizes)) {
    files.set(path, await makeFile(join(directory, path), bytes, `${seed}/${path}`));
  }
  return { directory, files, remove: temporary.remove };
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: chunkBytes }), hash);
  return hash.digest("hex");
}

/** The SHA-256 of every file below `directory`, by path with slashes, in the order of the paths. */
export async function sha256OfTree(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const hashes = new Map<string, string>();
  for (const path of paths) hashes.set(path, await sha256OfFile(join(directory, path)));
  return hashes;
}

/** What differs between two folders, a line a file ("missing: a/b.txt"); empty when they are the same. */
export async function compareTrees(expected: string, actual: string): Promise<string[]> {
  const [wanted, found] = [await sha256OfTree(expected), await sha256OfTree(actual)];
  const missing = [...wanted.keys()].filter((path) => !found.has(path)).map((path) => `missing: ${path}`);
  const extra = [...found.keys()].filter((path) => !wanted.has(path)).map((path) => `not expected: ${path}`);
  const different = [...wanted]
    .filter(([path, hash]) => found.has(path) && found.get(path) !== hash)
    .map(([path]) => `different: ${path}`);
  return [...missing, ...extra, ...different];
}
