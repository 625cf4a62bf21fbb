/**
 * An odd folder has names that people, systems and programs give: those that Windows refuses, that handles in Chromium
 * hide, that look alike, that are no text. And what is not a file that can be shared: links, pipes, empty folders. Each
 * file holds its own path, so that no two are alike. Some names exist on Linux only.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files to be shared, by path with slashes. */
const names = [
  ...["plain.txt", "12:30 notes.txt", "what?.txt", "star*.txt", "a|b<c>.txt", 'quote".txt'],
  ...["zero\u200Bwidth.txt", " leading", "trailing space ", "trailing dot.", "~lock.doc#"],
  ...["shortcut.url", "link.lnk", "CON.txt", "aux", "..a", "...", "tab\there.txt", "line\nbreak.txt"],
  ...["holiday\u202Egpj.exe", "back\\slash.txt", "README", "readme", "caf\u00E9.txt", "cafe\u0301.txt"],
  ...["Pay$$ 2026.xlsx", "US$'s report.txt", `${"日".repeat(80)}.txt`, `${"n".repeat(251)}.txt`, "empty"],
  ...["sub 2:00/inside.txt", "nul/inside.txt", `${"deep/".repeat(30)}bottom.txt`],
  // Emoji that are joined of several, flags, keycaps, skin tones.
  ...[
    "family \u{1F468}\u200D\u{1F469}\u200D\u{1F467}.jpg",
    "\u{1F3F3}\uFE0F\u200D\u{1F308}/flag \u{1F1EF}\u{1F1F5}.png",
  ],
  ...[
    "\u{1F469}\u{1F3FD}\u200D\u{1F680} 1\uFE0F\u20E3.txt",
    "\u2764\uFE0F\u200D\u{1F525}",
    "joiner\u200C\u200D.txt",
  ],
  // As Windows, shells, addresses and programs would take amiss.
  ...[
    "COM1",
    "lpt9.txt",
    "C:",
    "a:b:c.txt",
    "~",
    "~$plan",
    "plan.txt~",
    "-rf",
    "%2F",
    "%00.txt",
    "#hash&amp;.html",
  ],
  ...[
    "$(x) `y`;.sh",
    "{detail} $& $1.txt",
    "__proto__",
    "constructor/toString",
    "null",
    "a.scf",
    "a.library-ms",
  ],
  ...[
    "..hidden../file",
    "delete\u007F.txt",
    "separator\u2028.txt",
    "\uFEFFmark.txt",
    "no\u00A0break.txt",
    "\uFFFD.txt",
  ],
  // Unicode forms, case and look-alikes of folders.
  ...[
    "\u00C5ngstr\u00F6m/1",
    "A\u030Angstro\u0308m/1",
    "\u212Bngstr\u00F6m/1",
    "Folder/x",
    "folder/x",
    "\u0440lain.txt",
  ],
];

/** System files, which are left out and said. */
const systemNames = [
  ...["~$plan.docx", ".~lock.plan.odt#", ".DS_Store", "._plain.txt", "Thumbs.db", "desktop.ini"],
  ...["nul/.DS_Store", "__MACOSX/._plain.txt", "__MACOSX/deep/inside.txt", "$RECYCLE.BIN/a.txt"],
];

export interface OddFolder {
  readonly directory: string;
  /** SHA-256 in hexadecimal of every file that is to be shared, by its path as it is shared. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of system files, sorted. */
  readonly systemFiles: readonly string[];
  /** Paths of pipes. Chromium shows them as empty files, Firefox does not. */
  readonly pipes: readonly string[];
  /**
   * Files with names that are no UTF-8, by their paths with U+FFFD: those in the folder itself, and one in a folder of
   * such a name. Dropped, Chromium shows them without a name, and Firefox only the folder. Picked, Chromium does not show
   * them, and Firefox gives them all.
   */
  readonly unnamed: {
    readonly files: ReadonlyMap<string, string>;
    readonly inFolder: readonly [string, string];
  };
}

/** Writes an odd folder of that name into `parent`. */
export function makeOddFolder(parent: string, name = "odd folder"): OddFolder {
  const directory = join(parent, name);
  const files = new Map<string, string>();
  for (const path of [...names, ...systemNames]) {
    const content = path === "empty" ? "" : `${name}/${path}`;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
    // A backslash is no part of a name that everyone can open.
    if (names.includes(path)) files.set(path.replaceAll("\\", "_"), sha256(content));
  }
  mkdirSync(join(directory, "empty folder/inner"), { recursive: true });
  symlinkSync("plain.txt", join(directory, "good link"));
  symlinkSync("nowhere", join(directory, "dangling link"));
  symlinkSync(".", join(directory, "loop"));
  mkdirSync(join(parent, `beside ${name}`));
  writeFileSync(join(parent, `beside ${name}`, "outside.txt"), "not below the folder");
  symlinkSync(join("..", `beside ${name}`), join(directory, "link to a folder"));
  execFileSync("mkfifo", [join(directory, "pipe")]);
  // Latin-1, half a surrogate pair, and a byte that no text has.
  const noText = ["636166e9", "686f6ceda080", "ff"].map((hex) => Buffer.from(hex, "hex"));
  const inDirectory = (bytes: Buffer) => Buffer.concat([Buffer.from(`${directory}/`), bytes]);
  for (const bytes of noText) writeFileSync(inDirectory(bytes), bytes);
  const folder = Buffer.from("c3d16ca9", "hex");
  mkdirSync(inDirectory(folder));
  writeFileSync(Buffer.concat([inDirectory(folder), Buffer.from("/inside.txt")]), "in a folder");
  return {
    ...{ directory, files, pipes: ["pipe"] },
    systemFiles: systemNames.toSorted(),
    unnamed: {
      files: new Map(noText.map((bytes) => [bytes.toString(), sha256(bytes)])),
      inFolder: [`${folder}/inside.txt`, sha256("in a folder")],
    },
  };
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
