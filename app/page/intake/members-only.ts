/**
 * Members-only .torrent files among files that are about to be shared. Their trackers' addresses may hold a person's
 * own key, so whoever gets such a file can use the person's account there. BEP 27.
 */

/** Bytes of the largest file that is looked through: more than any .torrent file holds that Shoal opens. */
const LARGEST = 33_554_432;

/** The entry that makes a torrent members-only, bencoded. A file that has it elsewhere is warned of in vain. */
const ENTRY = new TextEncoder().encode("7:privatei1e");

/** What was found, by file: each is read once. */
const found = new WeakMap<File, Promise<boolean>>();

/** Whether it is a .torrent file for the members of its trackers. One that cannot be read counts as none. */
export function isMembersOnly(file: File): Promise<boolean> {
  if (!/\.torrent$/i.test(file.name) || file.size > LARGEST) return Promise.resolve(false);
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
