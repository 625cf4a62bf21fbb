/**
 * A safe name is a name for a file that every system takes. The names in a torrent are what its creator wrote. When
 * files are saved, names that Windows, macOS or the browser would refuse are changed. Two names never become the same
 * file:
 *
 * | in the torrent | saved as |
 * | --- | --- |
 * | `what?.txt` | `what_.txt` |
 * | `con.txt`, a device of Windows | `_con.txt` |
 * | `notes. ` | `notes__` |
 * | `A.txt` and `a.txt` in one folder | `A.txt` and `a (2).txt` |
 */

/** Bytes of UTF-8 in one name: common file systems take 255; the rest is room for a number. */
const MAX_NAME_BYTES = 240;

/** Device names of Windows, with or without an extension. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** Characters that Windows refuses anywhere in a name, and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[<>:"/\\|?*\u0000-\u001f\u007f]/g;

/** One path component as every system takes it. */
export function safeName(name: string): string {
  let safe = name.replace(FORBIDDEN, "_").replace(/[. ]+$/, (end) => "_".repeat(end.length));
  safe = safe.replace(/^ +/, (start) => "_".repeat(start.length));
  if (RESERVED.test(safe)) safe = `_${safe}`;
  return shorten(safe);
}

/** Cuts a name that is too long before its extension, never within a character. */
function shorten(name: string): string {
  const encoder = new TextEncoder();
  if (encoder.encode(name).length <= MAX_NAME_BYTES) return name;
  const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? "";
  const room = MAX_NAME_BYTES - encoder.encode(extension).length;
  let stem = "";
  let length = 0;
  for (const character of name.slice(0, name.length - extension.length)) {
    length += encoder.encode(character).length;
    if (length > room) break;
    stem += character;
  }
  return stem + extension;
}

/**
 * The paths under which a torrent's files are saved, in the same order. If a system would take two paths for the same
 * one (letter case, Unicode forms, replaced characters), the later one gets a number.
 */
export function safePaths(paths: readonly (readonly string[])[]): string[][] {
  // Folders by the path as written, so that all files of one folder stay together.
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  return paths.map((path) => {
    const safe: string[] = [];
    path.forEach((name, depth) => {
      const written = JSON.stringify(path.slice(0, depth + 1));
      const isFile = depth === path.length - 1;
      const known = isFile ? undefined : folders.get(written);
      const chosen = known ?? freeName(safe, safeName(name), taken);
      if (!isFile) folders.set(written, chosen);
      safe.push(chosen);
    });
    return safe;
  });
}

/** Equal for paths that a system may take for one. */
export function pathKey(path: readonly string[]): string {
  return path.join("/").normalize("NFC").toLowerCase();
}

function freeName(folder: readonly string[], name: string, taken: Set<string>): string {
  const [, stem = name, extension = ""] = /^(.+?)(\.[^.]*)?$/s.exec(name) ?? [];
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${stem} (${number})${extension}`;
    const key = pathKey([...folder, candidate]);
    if (taken.has(key)) continue;
    taken.add(key);
    return candidate;
  }
}
