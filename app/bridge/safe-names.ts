/**
 * A safe name is a name for a file that every system takes. The names in a torrent are what its creator wrote, who
 * may be a stranger. Files are saved under safe names only: alone, in a folder and in a zip. A name is changed where
 * Windows, macOS or a browser would refuse it, and where it would look like another one:
 *
 * | in the torrent | saved as |
 * | --- | --- |
 * | `what?.txt`, `a:stream` | `what_.txt`, `a_stream` |
 * | `con.txt`, a device of Windows | `_con.txt` |
 * | `notes. ` | `notes__` |
 * | `photo‹RLO›gpj.exe`, shown as `photoexe.jpg` | `photogpj.exe` |
 * | 300 letters and `.jpg` | fewer letters and `.jpg` |
 * | `A.txt` and `a.txt` in one folder | `A.txt` and `a (2).txt` |
 */

/**
 * Bytes of UTF-8 in one name. File systems take 255, and Chromium downloads none of more than 244, in silence. The rest
 * is room for what browsers add while they download (`.crdownload`, 11 bytes) and when a name is taken (` (100)`, 6
 * bytes), and for a number of our own (7 bytes).
 */
const MAX_NAME_BYTES = 230;

/** Device names of Windows, with or without an extension. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i;

/** Characters that Windows refuses anywhere in a name, control characters, line ends, and halves of characters. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/**
 * Characters that cannot be seen, but turn the direction of text, or part two names that look the same. Those that
 * shape emoji and letters stay: variation selectors, and joiners behind anything but ASCII, as in 👩‍🚀 and in Persian.
 */
const INVISIBLE =
  /(?![\u034f\p{Variation_Selector}\p{Join_Control}\u{e0020}-\u{e007f}])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
const LONE_JOINER = /(?<![^\p{ASCII}\p{Join_Control}])\p{Join_Control}+/gu;
/** Tags make a flag of a black one, as that of Scotland. Others are lone: those that are not in the group. */
const TAGS = /(\u{1f3f4}[\u{e0020}-\u{e007e}]*\u{e007f}?)|[\u{e0020}-\u{e007f}]/gu;

/** Characters that some browsers refuse in names, though every system takes them. */
const REFUSED = /[~\p{Default_Ignorable_Code_Point}]/gu;

/** One path component as every system takes it. */
export function safeName(name: string): string {
  let safe = name.replace(FORBIDDEN, "_");
  for (const unseen of [INVISIBLE, LONE_JOINER]) safe = safe.replace(unseen, "");
  safe = safe.replace(TAGS, "$1");
  if (RESERVED.test(safe)) safe = `_${safe}`;
  safe = shorten(safe, MAX_NAME_BYTES).replace(/^\p{White_Space}+/u, underscores);
  safe = safe.replace(/(?<![.\p{White_Space}])[.\p{White_Space}]+$/u, underscores);
  return safe === "" ? "_" : safe;
}

function underscores(text: string): string {
  return "_".repeat(text.length);
}

/** The name of a zip of something. */
export function zipName(name: string): string {
  return safeName(`${name}.zip`);
}

/** A name in two: the part before its extension, and the extension with its dot. */
function split(name: string): [stem: string, extension: string] {
  const extension = /(?<=.)\.[^.]{1,16}$/su.exec(name)?.[0] ?? "";
  return [name.slice(0, name.length - extension.length), extension];
}

/** Cuts a name that is too long before its extension, never within a character. */
function shorten(name: string, most: number): string {
  const encoder = new TextEncoder();
  // No character has more than three bytes for each of its units.
  if (name.length * 3 <= most || encoder.encode(name).length <= most) return name;
  const [stem, extension] = split(name);
  const room = most - encoder.encode(extension).length;
  let kept = "";
  let length = 0;
  for (const character of stem) {
    length += encoder.encode(character).length;
    if (length > room) break;
    kept += character;
  }
  // A joiner would join what is not there any more.
  return kept.replace(/(?<!\p{Join_Control})\p{Join_Control}+$/u, "") + extension;
}

/**
 * The safe paths of a torrent's files, which are given one after the other. If a system would take two paths for the
 * same one (letter case, Unicode forms, replaced characters), the later one gets a number. Files of one folder stay
 * together. The work for each path does not grow with the number of paths.
 */
export class SafePaths {
  readonly #top: SafeFolder;
  /** By their safe paths. */
  readonly #folders: Map<string, SafeFolder>;

  constructor() {
    this.#top = new SafeFolder();
    this.#folders = new Map();
  }

  add(path: readonly string[]): string[] {
    const safe: string[] = [];
    let folder = this.#top;
    for (const name of path.slice(0, -1)) {
      const inside = folder.folder(name);
      safe.push(inside.name);
      folder = inside.folder;
      this.#folders.set(safe.join("/"), folder);
    }
    safe.push(folder.take(safeName(path.at(-1) ?? "")));
    return safe;
  }

  /** Another name in the place of the last one of a safe path, because the browser refuses that. */
  addOther(safe: readonly string[]): string {
    const folder = this.#folders.get(safe.slice(0, -1).join("/")) ?? this.#top;
    return folder.take(safeName(`${(safe.at(-1) ?? "").replace(REFUSED, "")}_`));
  }
}

interface NamedFolder {
  readonly name: string;
  readonly folder: SafeFolder;
}

/** The names that are taken in one folder. */
class SafeFolder {
  readonly #taken: Set<string>;
  /** The next number to be tried for a name. */
  readonly #numbers: Map<string, number>;
  /** Folders below, by their names in the torrent. */
  readonly #folders: Map<string, NamedFolder>;

  constructor() {
    this.#taken = new Set();
    this.#numbers = new Map();
    this.#folders = new Map();
  }

  folder(written: string): NamedFolder {
    let found = this.#folders.get(written);
    if (found === undefined) {
      found = { name: this.take(safeName(written)), folder: new SafeFolder() };
      this.#folders.set(written, found);
    }
    return found;
  }

  /** Takes a name, with a number where it is taken. */
  take(name: string): string {
    const key = nameKey(name);
    let chosen = name;
    if (this.#taken.has(key)) {
      const [stem, extension] = split(name);
      let number = this.#numbers.get(key) ?? 2;
      do chosen = `${stem} (${number++})${extension}`;
      while (this.#taken.has(nameKey(chosen)));
      // Whoever comes next with this name begins where this one ended.
      this.#numbers.set(key, number);
    }
    this.#taken.add(nameKey(chosen));
    return chosen;
  }
}

/** Equal for names that a system may take for one. Case is folded as far as any system does: `ß` is `SS` to some. */
export function nameKey(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
