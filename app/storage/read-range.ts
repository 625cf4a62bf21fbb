/**
 * A range of a file's bytes is read from the stored pieces. It is cut into spans at piece boundaries, and the next
 * span is read while the caller uses one. Example: pieces have 256 KiB, and a file starts 100 KiB behind the start of
 * piece 0. The first 300 KiB of the file are 100 to 256 KiB of piece 0, and 0 to 144 KiB of piece 1.
 *
 * Each piece is checked before its bytes are handed out, unless it was before. A missing or damaged piece is an error,
 * unless the caller can wait for it. This file does not know which pieces are still to come, and mends nothing: whoever
 * is waited for does.
 */

import { ShoalError } from "../engine/errors.ts";
import { MAX_PART_LENGTH, WAITS_MOST } from "./constants.ts";
import type { FileLocation } from "./file-table.ts";
import type { StoredPieces } from "./piece-batches.ts";
import type { PieceCheck } from "./piece-check.ts";

/** The bytes of one piece that a range covers. */
interface PieceSpan {
  readonly piece: number;
  /** Bytes from the piece's start. */
  readonly from: number;
  readonly to: number;
}

/**
 * Waits for bytes `start` up to, not including, `end` of a file, some of which are not stored or not as they were
 * stored. When it resolves with true, they are there and right. False: nobody can say. It rejects with the reason why
 * they will not come.
 */
export type WaitForBytes = (start: number, end: number) => Promise<boolean>;

/** The source of a range, and the parts that read it. */
export interface RangeSource {
  /** The same ones for files that are read one after the other, as their pieces often lie together. */
  readonly pieces: StoredPieces;
  readonly check: Pick<PieceCheck, "check" | "isChecked" | "trust">;
  /** Without it, pieces that are still to come are missing, and damaged ones lost. */
  readonly wait?: WaitForBytes;
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
 * The file's bytes from `start` up to `end`, in parts of at most MAX_PART_LENGTH. The caller may keep a part, but not
 * transfer it: its buffer may be shared with the next part.
 * @throws ShoalError save/incomplete when a piece is not stored, storage/lost when one is damaged or gone, storage/failed
 * when one cannot be read now, and as waiting failed
 */
export async function* readRange(
  file: FileLocation,
  source: RangeSource,
  start = 0,
  end = file.length,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const spans = pieceSpans(file, start, end);
  const read = (span: PieceSpan) => getSpan(file, span, source, () => readSpan(file, span, source));
  let ahead = spans[0] && read(spans[0]);
  for (let index = 0; index < spans.length; index++) {
    const bytes = await ahead!;
    const next = spans[index + 1];
    ahead = next && read(next);
    ahead?.catch(() => {});
    for (let from = 0; from < bytes.length; from += MAX_PART_LENGTH)
      yield bytes.subarray(from, from + MAX_PART_LENGTH);
  }
}

/**
 * The whole file as a Blob made of the stored ones: its bytes stay where they are until they are read. Pieces that were
 * not checked before are read for that, one by one.
 * @throws ShoalError as `readRange`
 */
export async function fileBlob(file: FileLocation, source: RangeSource): Promise<Blob> {
  const parts: Blob[] = [];
  for (const span of pieceSpans(file, 0, file.length))
    parts.push(await getSpan(file, span, source, () => findSpan(file, span, source)));
  return new Blob(parts);
}

/** Gets a span, and waits for its piece where that is missing or damaged. */
async function getSpan<Got>(
  file: FileLocation,
  span: PieceSpan,
  { wait, check }: RangeSource,
  get: () => Promise<Got>,
): Promise<Got> {
  const start = span.piece * file.pieceLength + span.from - file.offset;
  for (let waits = 0; ; waits++) {
    try {
      return await get();
    } catch (error) {
      const mayCome =
        error instanceof ShoalError && (error.code === "save/incomplete" || error.code === "storage/lost");
      if (!mayCome || wait === undefined || waits === WAITS_MOST) throw error;
      if (!(await wait(start, start + span.to - span.from))) throw error;
      check.trust(span.piece);
    }
  }
}

async function readSpan(
  file: FileLocation,
  span: PieceSpan,
  { pieces, check }: RangeSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const { piece, from, to } = span;
  if (check.isChecked(piece)) {
    const bytes = present(await pieces.read(file.torrent, piece, { from, to }), file);
    if (bytes.length !== to - from) throw lost(piece);
    return bytes;
  }
  return (await readRight(file, piece, pieces, check)).subarray(from, to);
}

async function findSpan(
  file: FileLocation,
  { piece, from, to }: PieceSpan,
  { pieces, check }: RangeSource,
): Promise<Blob> {
  if (!check.isChecked(piece)) await readRight(file, piece, pieces, check);
  const found = present(await pieces.find(file.torrent, piece), file);
  if (found.size < to) throw lost(piece);
  return found.slice(from, to);
}

/** A whole piece, once its bytes were found right. */
async function readRight(
  file: FileLocation,
  piece: number,
  pieces: StoredPieces,
  check: RangeSource["check"],
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = present(await pieces.read(file.torrent, piece), file);
  if (await check.check(piece, bytes)) return bytes;
  throw lost(piece);
}

function present<Found>(found: Found | undefined, file: FileLocation): Found {
  if (found === undefined) throw new ShoalError("save/incomplete", file.path.at(-1) ?? "");
  return found;
}

function lost(piece: number): ShoalError {
  return new ShoalError("storage/lost", String(piece));
}
