/**
 * An about is what the sender tells of a share beside its info dictionary: when each file was last changed, and a
 * note. It is no part of the info-hash, so that the same files make the same share, whenever they were copied. The
 * share link commits to the about by its hash. It is one bencoded dictionary:
 *
 * | key | value |
 * | --- | --- |
 * | `mtimes` | the files' times in the torrent's order, 5 bytes each; left out where there is none to tell |
 * | `note` | UTF-8 text; left out where there is none |
 *
 * A time is a signed number of seconds since 1970, big-endian. The least of these numbers stands for a time that is
 * not known. Other keys are those of later versions.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { ShoalError } from "../errors.ts";
import { type BencodeDictionary, decodeBencode, encodeBencode } from "./bencode.ts";
import { MAX_ABOUT_BYTES, MAX_ABOUT_VALUES, MAX_NOTE_BYTES } from "./constants.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

export interface About {
  /** Unchecked text of the sender's; null for none. */
  readonly note: string | null;
  /** When a file was last changed, in milliseconds since 1970; null where that is not known. */
  modified(file: number): number | null;
}

/** Bytes of a share link's commitment to an about: the first of its SHA-256. */
export const ABOUT_HASH_LENGTH = 16;

/** Bytes of one time. */
const TIME_LENGTH = 5;

/** Seconds that stand for an unknown time. */
const UNKNOWN = -(2 ** 39);

/**
 * The about of a new share; null when there is nothing to tell. `files`: in the torrent's order; each with its time in
 * milliseconds since 1970. `typed`: the note. Of so many files that their times do not fit, no times are told.
 *
 * @throws ShoalError `share/note-too-long`
 */
export function makeAbout(
  files: readonly { readonly lastModified: number }[],
  typed: string,
): Uint8Array | null {
  const text = encodeUtf8(tidyNote(typed));
  if (text.length > MAX_NOTE_BYTES) throw new ShoalError("share/note-too-long", String(text.length));
  const note = text.length === 0 ? undefined : text;
  const mtimes = encodeTimes(files) ?? undefined;
  if (mtimes !== undefined) {
    const about = encodeBencode({ mtimes, note });
    if (about.length <= MAX_ABOUT_BYTES) return about;
  }
  return note === undefined ? null : encodeBencode({ note });
}

/** The note as it is passed on: with one kind of line breaks, and without blank lines and spaces around it. */
function tidyNote(note: string): string {
  return note.replace(/\r\n?/g, "\n").trim();
}

/** Null when no time is known. */
function encodeTimes(files: readonly { readonly lastModified: number }[]): Uint8Array | null {
  const bytes = new Uint8Array(files.length * TIME_LENGTH);
  const view = new DataView(bytes.buffer);
  let known = 0;
  for (const [file, { lastModified }] of files.entries()) {
    const seconds = Math.floor(lastModified / 1000);
    const isKnown = seconds > UNKNOWN && seconds < -UNKNOWN;
    if (isKnown) known++;
    const told = isKnown ? seconds : UNKNOWN;
    view.setInt8(file * TIME_LENGTH, Math.floor(told / 2 ** 32));
    view.setUint32(file * TIME_LENGTH + 1, told % 2 ** 32);
  }
  return known === 0 ? null : bytes;
}

/** The bytes by which a share link commits to an about. */
export function aboutHashOf(about: Uint8Array): Uint8Array {
  return sha256(about).slice(0, ABOUT_HASH_LENGTH);
}

/**
 * Reads an about of a torrent with so many files. It is taken as a whole or not at all.
 *
 * @throws ShoalError `torrent/malformed` with the wrong field
 */
export function readAbout(bytes: Uint8Array, fileCount: number): About {
  if (bytes.length > MAX_ABOUT_BYTES) throw malformed("length");
  const fields = decodeBencode(bytes, { maxDepth: 2, maxValues: MAX_ABOUT_VALUES });
  if (!(fields instanceof Map)) throw malformed("dictionary");
  const note = readNote(fields);
  const times = readTimes(fields, fileCount);
  return { note, modified: (file) => timeOf(times, file) };
}

function readNote(fields: BencodeDictionary): string | null {
  const note = fields.get("note");
  if (note === undefined) return null;
  const text = note instanceof Uint8Array && note.length <= MAX_NOTE_BYTES ? decodeUtf8(note) : null;
  if (text === null) throw malformed("note");
  return text === "" ? null : text;
}

function readTimes(fields: BencodeDictionary, fileCount: number): DataView | null {
  const times = fields.get("mtimes");
  if (times === undefined) return null;
  if (!(times instanceof Uint8Array) || times.length !== fileCount * TIME_LENGTH) throw malformed("mtimes");
  return new DataView(times.buffer, times.byteOffset, times.length);
}

function timeOf(times: DataView | null, file: number): number | null {
  if (times === null || file * TIME_LENGTH >= times.byteLength) return null;
  const seconds = times.getInt8(file * TIME_LENGTH) * 2 ** 32 + times.getUint32(file * TIME_LENGTH + 1);
  return seconds === UNKNOWN ? null : seconds * 1000;
}

function malformed(field: string): ShoalError {
  return new ShoalError("torrent/malformed", `about.${field}`);
}
