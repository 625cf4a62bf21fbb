/**
 * The end of a zip says how many entries it has, in 16 bits. With more of them, the zip64 form of the end belongs
 * before it (APPNOTE 4.3.14 to 4.3.16). client-zip writes that form only where a zip or a file is too large for 32 bits.
 * This file adds it where it is the number of entries that is too large.
 */

/** From this many on, the plain end cannot say the number: this value itself means "see zip64". */
const ENTRIES_LIMIT = 0xffff;
const SIZE_LIMIT = 0xffffffff;

/** Bytes of the zip64 end of central directory record and of its locator. */
const RECORD_LENGTH = 56;
const LOCATOR_LENGTH = 20;

/** Where the plain end has the directory's size and place. */
const DIRECTORY_SIZE_AT = 12;
const DIRECTORY_PLACE_AT = 16;

interface Entry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Bytes that `withZip64End` adds to the zip of these entries. */
export function zip64EndLength(entries: readonly Entry[]): number {
  if (entries.length < ENTRIES_LIMIT) return 0;
  // client-zip writes the form by itself when the directory is beyond 4 GiB, or a file as large.
  const encoder = new TextEncoder();
  let place = 0;
  for (const { name, size } of entries) {
    if (size >= SIZE_LIMIT) return 0;
    place += 46 + encoder.encode(name).length + size;
  }
  return place >= SIZE_LIMIT ? 0 : RECORD_LENGTH + LOCATOR_LENGTH;
}

/** The zip with the zip64 form of its end. `chunks`: as client-zip makes them, the plain end in one chunk. */
export async function* withZip64End(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  entryCount: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let last: Uint8Array<ArrayBuffer> | null = null;
  for await (const chunk of chunks) {
    if (last !== null) yield last;
    last = chunk;
  }
  if (last === null) return;
  yield zip64End(last, entryCount);
  yield last;
}

function zip64End(plainEnd: Uint8Array<ArrayBuffer>, entryCount: number): Uint8Array<ArrayBuffer> {
  const plain = new DataView(plainEnd.buffer, plainEnd.byteOffset, plainEnd.byteLength);
  const directorySize = plain.getUint32(DIRECTORY_SIZE_AT, true);
  const directoryPlace = plain.getUint32(DIRECTORY_PLACE_AT, true);
  const end = new DataView(new ArrayBuffer(RECORD_LENGTH + LOCATOR_LENGTH));
  end.setUint32(0, 0x06064b50, true);
  // Bytes of the record after this field.
  end.setBigUint64(4, BigInt(RECORD_LENGTH - 12), true);
  // Made by, and needed to read: version 4.5, which has zip64.
  end.setUint16(12, 45, true);
  end.setUint16(14, 45, true);
  end.setBigUint64(24, BigInt(entryCount), true);
  end.setBigUint64(32, BigInt(entryCount), true);
  end.setBigUint64(40, BigInt(directorySize), true);
  end.setBigUint64(48, BigInt(directoryPlace), true);
  end.setUint32(RECORD_LENGTH, 0x07064b50, true);
  end.setBigUint64(RECORD_LENGTH + 8, BigInt(directoryPlace + directorySize), true);
  // One disk in all.
  end.setUint32(RECORD_LENGTH + 16, 1, true);
  return new Uint8Array(end.buffer);
}
