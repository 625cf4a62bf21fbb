/**
 * A written file is an entry of a file list (file-list.ts) or file tree (file-tree.ts), as the dictionary has it. Pads are
 * none, but they are counted. parse-info.ts makes the files of a `TorrentInfo` of them.
 */
import { ShoalError } from "../errors.ts";
import type { BencodeDictionary } from "./bencode.ts";
import { MAX_PATH_NAMES } from "./constants.ts";

/** A name in a path. */
export interface WrittenName {
  /** As the dictionary has it. The two halves of a hybrid torrent must agree on these. */
  readonly bytes: Uint8Array;
  /** Its text, mended (mended-paths.ts). */
  readonly text: string;
}

export interface WrittenFile {
  readonly path: readonly WrittenName[];
  /** Bytes; 0 for a symbolic link. */
  readonly length: number;
  /** Position in the torrent's byte space, pads counted. */
  readonly offset: number;
  /** Null when the file is empty, and in a v1 file list. */
  readonly piecesRoot: Uint8Array | null;
  /** Whether it is a symbolic link (BEP 47). Shoal makes no links: it does not decide where they may point. */
  readonly isLink: boolean;
  /** Its index among all entries, pads and links counted. BEP 53. */
  readonly entry: number;
}

/** Makes a name of its bytes. */
export type ReadName = (bytes: Uint8Array) => WrittenName;

/** Counts the names in all paths. @throws ShoalError `torrent/too-many-names` when there are too many */
export class PathBudget {
  #left: number;

  constructor() {
    this.#left = MAX_PATH_NAMES;
  }

  take(path: readonly unknown[]): void {
    this.#left -= path.length;
    if (this.#left < 0) throw new ShoalError("torrent/too-many-names");
  }
}

/** The `length` of a file entry. @throws ShoalError `torrent/malformed` when it is missing, negative or too large */
export function readLength(entry: BencodeDictionary): number {
  const length = entry.get("length");
  if (typeof length !== "number") throw new ShoalError("torrent/malformed", "info.length");
  if (length < 0) throw new ShoalError("torrent/malformed", `info.length: ${length}`);
  if (!Number.isSafeInteger(length)) throw new ShoalError("torrent/malformed", "info.length: >2^53");
  return length;
}

/** Whether an entry is a pad file (BEP 47). Pad files read as zeros and are never saved. */
export function isPad(entry: BencodeDictionary): boolean {
  return hasAttribute(entry, "p");
}

/** Whether an entry is a symbolic link (BEP 47). It has no bytes, whatever length it names. */
export function isLink(entry: BencodeDictionary): boolean {
  return hasAttribute(entry, "l");
}

function hasAttribute(entry: BencodeDictionary, attribute: string): boolean {
  const attributes = entry.get("attr");
  return attributes instanceof Uint8Array && attributes.includes(attribute.charCodeAt(0));
}
