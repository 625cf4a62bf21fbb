/**
 * An extent reader reads parts of the person's own files, and reads ahead while parts are asked for in sequence. In
 * Chromium, each read stops the worker for a message to the browser's process. That takes milliseconds on a busy
 * computer, whether the read brings one piece or sixteen.
 *
 * A part is in sequence if it begins where an earlier read ended. Then an extent is read: all bytes from there to the
 * next multiple of EXTENT_LENGTH. The parts that follow are taken from the extent. Example: pieces have 256 KiB, and
 * extents end at multiples of 4 MiB. Piece 0 is read alone. For piece 1, the 15 pieces from 1 to 15 are read. For
 * piece 16, the 16 pieces from 16 to 31 are read.
 *
 * The reader keeps the latest extents (EXTENTS_AT_HAND) and where the latest reads ended (READ_ENDS). All of them are let
 * go when nothing was read for a while (EXTENT_PATIENCE): a node may have hundreds of shares, each with a reader.
 * file-source.ts checks whether the bytes are still those that were shared.
 */

import { ShoalError } from "../engine/errors.ts";
import { EXTENT_LENGTH, EXTENT_PATIENCE, EXTENTS_AT_HAND, READ_ENDS } from "./constants.ts";

interface Extent {
  readonly file: File;
  readonly offset: number;
  readonly length: number;
  readonly bytes: Promise<Uint8Array>;
}

export class ExtentReader {
  /** The latest last. */
  readonly #extents: Extent[];
  /** Where the latest reads ended. A part that begins there is in sequence. */
  readonly #ends: { readonly file: File; readonly offset: number }[];
  /** When something was read last, in milliseconds. */
  #readAt: number;
  /** Until the reader looks whether it is still used. Undefined while it keeps nothing. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#extents = [];
    this.#ends = [];
    this.#readAt = 0;
    this.#timer = undefined;
  }

  /**
   * Bytes of a file; not to be written to, as they may be part of a larger array.
   * @throws ShoalError as `readSlice`
   */
  async read(file: File, offset: number, length: number): Promise<Uint8Array> {
    this.#readAt = performance.now();
    this.#timer ??= setTimeout(() => this.#letGo(), EXTENT_PATIENCE);
    const extent = this.#find(file, offset, length) ?? this.#begin(file, offset, length);
    const bytes = extent ? await extent.bytes : await readSlice(file, offset, length);
    return extent ? bytes.subarray(offset - extent.offset, offset - extent.offset + length) : bytes;
  }

  /** Lets everything go, unless something was read since the last look. Then it looks again later. */
  #letGo(): void {
    const left = this.#readAt + EXTENT_PATIENCE - performance.now();
    this.#timer = left > 0 ? setTimeout(() => this.#letGo(), left) : undefined;
    if (left > 0) return;
    this.#extents.length = 0;
    this.#ends.length = 0;
  }

  #find(file: File, offset: number, length: number): Extent | undefined {
    return this.#extents.find(
      (extent) =>
        extent.file === file && extent.offset <= offset && offset + length <= extent.offset + extent.length,
    );
  }

  /** Begins an extent at this part, if it is in sequence; undefined if the part is to be read alone. */
  #begin(file: File, offset: number, length: number): Extent | undefined {
    const before = this.#ends.findIndex((end) => end.file === file && end.offset === offset);
    if (before >= 0) this.#ends.splice(before, 1);
    const past = (Math.floor(offset / EXTENT_LENGTH) + 1) * EXTENT_LENGTH;
    const end = before >= 0 ? Math.min(file.size, Math.max(past, offset + length)) : offset + length;
    this.#ends.push({ file, offset: end });
    if (this.#ends.length > READ_ENDS) this.#ends.shift();
    if (end === offset + length) return undefined;
    const extent = { file, offset, length: end - offset, bytes: readSlice(file, offset, end - offset) };
    this.#extents.push(extent);
    if (this.#extents.length > EXTENTS_AT_HAND) this.#extents.shift();
    return extent;
  }
}

/**
 * Bytes of a file on the person's device.
 * @throws ShoalError source/changed when it is shorter now or was written to, source/gone when it cannot be read
 */
export async function readSlice(file: File, offset: number, length: number): Promise<Uint8Array> {
  let buffer: ArrayBuffer;
  try {
    // Making a slice stops the worker as long as a read does.
    const isWhole = offset === 0 && length === file.size;
    buffer = await (isWhole ? file : file.slice(offset, offset + length)).arrayBuffer();
  } catch (cause) {
    // Chromium's word for a file that was written to. A missing one is NotFoundError there, AbortError in Firefox.
    const changed = cause instanceof Error && cause.name === "NotReadableError";
    throw new ShoalError(changed ? "source/changed" : "source/gone", file.name, { cause });
  }
  if (buffer.byteLength !== length) throw new ShoalError("source/changed", file.name);
  return new Uint8Array(buffer);
}

/**
 * The bytes of several whole files, one after the other, by one read: a read of each would stop the worker as often.
 * Null when one of them cannot be read; `readSlice` tells which.
 */
export async function readTogether(files: readonly File[]): Promise<Uint8Array | null> {
  const length = files.reduce((sum, { size }) => sum + size, 0);
  const buffer = await new Blob([...files]).arrayBuffer().catch(() => null);
  return buffer?.byteLength === length ? new Uint8Array(buffer) : null;
}
