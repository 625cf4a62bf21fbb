/**
 * Reads a byte range of a file from the stored pieces, in bounded parts, the next piece always under way while
 * one is being used. Knows nothing of pieces that are still to come: a missing one is an error.
 */

import { ShoalError } from "../engine/errors.ts";
import { MAX_PART_LENGTH } from "./constants.ts";
import type { FileLocation } from "./file-table.ts";
import type { ShoalDatabase } from "./schema.ts";
import { storageError } from "./storage-error.ts";

/** The bytes of one piece that a range covers. */
interface PieceSpan {
  readonly piece: number;
  /** Bytes from the piece's start. */
  readonly from: number;
  readonly to: number;
}

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
 * The file's bytes from `start` up to `end`, in parts of at most MAX_PART_LENGTH. Each part is the caller's to
 * keep; its buffer may be shared with the next part, so it is not to be transferred.
 * @throws ShoalError save/incomplete when a piece is not stored, storage/failed when one cannot be read
 */
export async function* readRange(
  db: ShoalDatabase,
  file: FileLocation,
  start = 0,
  end = file.length,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const spans = pieceSpans(file, start, end);
  let ahead = spans[0] && readSpan(db, file, spans[0]);
  for (let index = 0; index < spans.length; index++) {
    const bytes = await ahead!;
    const next = spans[index + 1];
    ahead = next && readSpan(db, file, next);
    ahead?.catch(() => {});
    for (let from = 0; from < bytes.length; from += MAX_PART_LENGTH)
      yield bytes.subarray(from, from + MAX_PART_LENGTH);
  }
}

async function readSpan(
  db: ShoalDatabase,
  file: FileLocation,
  span: PieceSpan,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = file.path.at(-1) ?? "";
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  try {
    bytes = await db.get("pieces", [file.torrent, span.piece]);
  } catch (cause) {
    throw storageError(cause);
  }
  if (!bytes) throw new ShoalError("save/incomplete", name);
  if (bytes.length < span.to) throw new ShoalError("storage/failed", `piece ${span.piece} is cut short`);
  return bytes.subarray(span.from, span.to);
}
