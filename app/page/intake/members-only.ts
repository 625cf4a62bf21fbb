/**
 * Members-only .torrent files among files that are about to be shared. Their trackers' addresses may hold a person's
 * own key, so whoever gets such a file can use the person's account there. BEP 27.
 */

import type { SharedFile } from "../../bridge/commands.ts";

/** Bytes of the largest file that is looked through: more than any .torrent file holds that Shoal opens. */
const LARGEST = 33_554_432;

/** The entry that makes a torrent members-only, bencoded. A file that has it elsewhere is warned of in vain. */
const ENTRY = new TextEncoder().encode("7:privatei1e");

/** The findings by file, so that each is read once. */
const found = new WeakMap<File, Promise<boolean>>();

/** Those of the files that are .torrent files for the members of their trackers. One that cannot be read is none. */
export async function membersOnlyFiles(files: readonly SharedFile[]): Promise<File[]> {
  // By name first: of very many files only a few are read.
  const torrents = files.flatMap(({ file }) =>
    /\.torrent$/i.test(file.name) && file.size <= LARGEST ? [file] : [],
  );
  const membersOnly: File[] = [];
  for (const file of torrents) if (await hasEntry(file)) membersOnly.push(file);
  return membersOnly;
}

function hasEntry(file: File): Promise<boolean> {
  let known = found.get(file);
  if (known === undefined) {
    known = file.arrayBuffer().then(
      (bytes) => includes(new Uint8Array(bytes), ENTRY),
      () => false,
    );
    found.set(file, known);
  }
  return known;
}

function includes(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let at = bytes.indexOf(part[0]!); at >= 0; at = bytes.indexOf(part[0]!, at + 1)) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
