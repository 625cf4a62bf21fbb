/**
 * The cases of links from the field, tests/fixtures/cases/links.tsv: what people paste, type and open, and what each
 * must give. Unit tests and browser tests read the same rows.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ParsedShareLink } from "../../app/engine/content/share-link.ts";
import type { ErrorCode } from "../../app/engine/errors.ts";
import { projectRoot } from "./sources.ts";

export interface LinkCase {
  readonly what: string;
  /** With real hashes and line ends. */
  readonly text: string;
  /** As the table words it. */
  readonly gives: string;
}

/** `H` of the table: the hash of a public share, and what its pieces begin and end with in a wrapped one. */
export const shareHash = "AbCdEfGhIjKlMnOpQr_t-vWxYz0123456789AbCdEfE";
/** `X` of the table. */
export const magnetHash = "0123456789abcdef0123456789abcdef01234567";

const table = readFileSync(join(projectRoot, "tests/fixtures/cases/links.tsv"), "utf8");

export const linkCases: readonly LinkCase[] = table
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((row) => {
    const [what = "", text = "", gives = ""] = row.split("\t");
    return { what, text: withHashes(text), gives };
  });

function withHashes(text: string): string {
  return text
    .replace(/^GET \//, "https://shoal.example.org/")
    .replace("AbCdEfGhIjKl\\nMnOpQr…", `${shareHash.slice(0, 12)}\\n${shareHash.slice(12)}`)
    .replace("0123…", magnetHash.slice(0, 39))
    .replace(/\bH\b/, shareHash)
    .replace(/\bX\b/, magnetHash)
    .replaceAll("\\n", "\n")
    .replaceAll("\\u200b", "\u200b");
}

/** What a case must give: a part of the link that is read, or the code of the error. */
export function expectedOf(gives: string): Partial<ParsedShareLink> | ErrorCode {
  const share = { infoHashV2: new Uint8Array(Buffer.from(shareHash, "base64url")) };
  const torrent = { infoHashV1: new Uint8Array(Buffer.from(magnetHash, "hex")) };
  switch (gives) {
    case "the share":
    case "the app opens the share; no bare 404 for any path that a person can arrive at":
      return share;
    case "the share, and other.example is asked for peers":
      return { ...share, origin: "https://other.example" };
    case "hash, name and tracker":
      return { ...torrent, name: "Name", trackers: ["wss://t.example/a"] };
    case "the torrent":
      return { ...torrent, origin: null };
    case "the torrent, everything selected":
      return { ...torrent, select: null };
    case "those files ticked and no others":
      return { ...torrent, select: [0, 2] };
    case "a true sentence; fetched where the site allows it once web seeds are there":
      return "link/torrent-address";
    case "offered to be shared as a note, not an error":
      return "link/not-a-link";
    case "refused: damaged, with the reason":
      return "link/hash-length";
    default:
      throw new Error(`no test knows what “${gives}” means`);
  }
}
