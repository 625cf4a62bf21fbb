/**
 * A range of a file's bytes is read from the stored pieces. It is cut into spans at piece boundaries, and the next
 * span is read while the caller uses one. Example: pieces have 256 KiB, and a file starts 100 KiB behind the start of
 * piece 0. The first 300 KiB of the file are 100 to 256 KiB of piece 0, and 0 to 144 KiB of piece 1.
 *
 * A missing piece is an error, unless the caller can wait for it. This file does not know which pieces are still to
 * come.
 */

import { ShoalError } from "../engine/errors.ts";
import { MAX_PART_LENGTH } from "./constants.ts";
import type { FileLocation } from "./file-table.ts";
import { StoredPieces } from "./piece-batches.ts";
import type { ShoalDatabase } from "./schema.ts";
import { storageError } from "./storage-error.ts";

/** The bytes of one piece that a range covers. */
interface PieceSpan {
  readonly piece: number;
  /** Bytes from the piece's start. */
  readonly from: number;
  readonly to: number;
}

/**
 * Waits for bytes `start` up to, not including, `end` of a file, some of which are not stored. When it resolves, they
 * are looked for again. It rejects with the reason why they will not come.
 */
export type WaitForBytes = (start: number, end: number) => Promise<unknown>;

/** Cuts a file's byte range [start, end) at piece boundaries. */
export function pieceSpans(
  file: Pick<FileLocation, "offset" | "length" | "pieceLength">,
  start: number,
  end: number,
): PieceSpan[] {
  const spans: PieceSpan[] = [];
  const last = file.offset + Math.min(end, file.length);
  for (let position = file.offset + start; position < last; ) {
    const piece = Math.floor(position / file.pieceLength);
    const pieceStart = piece * file.pieceLength;
    const to = Math.min(last - pieceStart, file.pieceLength);
    spans.push({ piece, from: position - pieceStart, to });
    position = pieceStart + to;
  }
  return spans;
}

/**
 * The file's bytes from `start` up to `end`, in parts of at most MAX_PART_LENGTH. The caller may keep a part, but not
 * transfer it: its buffer may be shared with the next part. `wait`: waits for pieces that are still to come; without
 * it, they are missing. `pieces`: the same ones for files that are read one after the other, as they often lie together.
 * @throws ShoalError save/incomplete when a piece is not stored, storage/lost or storage/failed when one cannot be
 * read, and as waiting failed
 */
export async function* readRange(
  db: ShoalDatabase,
  file: FileLocation,
  start = 0,
  end = file.length,
  wait?: WaitForBytes,
  pieces = new StoredPieces(db),
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const spans = pieceSpans(file, start, end);
  let ahead = spans[0] && readSpan(pieces, file, spans[0], wait);
  for (let index = 0; index < spans.length; index++) {
    const bytes = await ahead!;
    const next = spans[index + 1];
    ahead = next && readSpan(pieces, file, next, wait);
    ahead?.catch(() => {});
    for (let from = 0; from < bytes.length; from += MAX_PART_LENGTH)
      yield bytes.subarray(from, from + MAX_PART_LENGTH);
  }
}

/**
 * The whole file as a Blob made of the stored ones: its bytes stay where they are until they are read.
 * @throws ShoalError save/incomplete when a piece is not stored, storage/lost or storage/failed when one cannot be found
 */
export async function fileBlob(db: ShoalDatabase, file: FileLocation): Promise<Blob> {
  const pieces = new StoredPieces(db);
  const parts: Blob[] = [];
  for (const span of pieceSpans(file, 0, file.length)) parts.push(await findSpan(pieces, file, span));
  return new Blob(parts);
}

/** A span's piece where it is stored. @throws ShoalError as the database failed */
async function findStored(
  pieces: StoredPieces,
  file: FileLocation,
  span: PieceSpan,
): Promise<Blob | undefined> {
  try {
    return await pieces.find(file.torrent, span.piece);
  } catch (cause) {
    throw storageError(cause);
  }
}

async function findSpan(
  pieces: StoredPieces,
  file: FileLocation,
  span: PieceSpan,
  wait?: WaitForBytes,
): Promise<Blob> {
  let found = await findStored(pieces, file, span);
  if (!found && wait) {
    const start = span.piece * file.pieceLength + span.from - file.offset;
    await wait(start, start + span.to - span.from);
    found = await findStored(pieces, file, span);
  }
  if (!found) throw new ShoalError("save/incomplete", file.path.at(-1) ?? "");
  if (found.size < span.to) throw new ShoalError("storage/lost", String(span.piece));
  return found.slice(span.from, span.to);
}

async function readSpan(
  pieces: StoredPieces,
  file: FileLocation,
  span: PieceSpan,
  wait?: WaitForBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const found = await findSpan(pieces, file, span, wait);
  try {
    return new Uint8Array(await found.arrayBuffer());
  } catch (cause) {
    throw storageError(cause);
  }
}
