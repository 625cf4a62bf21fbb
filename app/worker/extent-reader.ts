/**
 * Reads parts of the person's files. Parts that are asked for one after the other are read many at a time: in
 * Chromium every read stops the worker for a message to the browser's process, milliseconds on a busy computer, and
 * costs the same whether it brings a piece or sixteen. Keeps the last few such extents.
 */

import { ShoalError } from "../engine/errors.ts";
import { EXTENT_LENGTH, EXTENTS_AT_HAND, READ_ENDS } from "./constants.ts";

interface Extent {
  readonly file: File;
  readonly offset: number;
  readonly length: number;
  readonly bytes: Promise<Uint8Array>;
}

export class ExtentReader {
  /** The latest last. */
  readonly #extents: Extent[];
  /** Where the latest reads ended: what begins there goes on in sequence. */
  readonly #ends: { readonly file: File; readonly offset: number }[];

  constructor() {
    this.#extents = [];
    this.#ends = [];
  }

  /**
   * Bytes of a file; not to be written to, as they may be part of a larger array.
   * @throws ShoalError as `readSlice`
   */
  async read(file: File, offset: number, length: number): Promise<Uint8Array> {
    const extent = this.#find(file, offset, length) ?? this.#begin(file, offset, length);
    const bytes = extent ? await extent.bytes : await readSlice(file, offset, length);
    return extent ? bytes.subarray(offset - extent.offset, offset - extent.offset + length) : bytes;
  }

  #find(file: File, offset: number, length: number): Extent | undefined {
    return this.#extents.find(
      (extent) =>
        extent.file === file && extent.offset <= offset && offset + length <= extent.offset + extent.length,
    );
  }

  /** An extent from here on when the read before ended here; undefined when this one stands alone. */
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
    buffer = await file.slice(offset, offset + length).arrayBuffer();
  } catch (cause) {
    // Chromium's word for a file that was written to. A missing one is NotFoundError there, AbortError in Firefox.
    const changed = cause instanceof Error && cause.name === "NotReadableError";
    throw new ShoalError(changed ? "source/changed" : "source/gone", file.name, { cause });
  }
  if (buffer.byteLength !== length) throw new ShoalError("source/changed", file.name);
  return new Uint8Array(buffer);
}
