/** Ranges of files whose stored pieces are right, damaged or gone: each is checked at its first use, or waited for. */
import { beforeEach, describe, expect, it } from "vitest";
import type { FileLocation } from "../../../app/storage/file-table.ts";
import { StoredPieces, writeBatch } from "../../../app/storage/piece-batches.ts";
import { checkOf } from "../../../app/storage/piece-check.ts";
import { fileBlob, type RangeSource, readRange, type WaitForBytes } from "../../../app/storage/read-range.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { type SampleContent, sampleContent, type Version } from "../../support/sample-content.ts";

const PIECE = 32_768;
const T = "t";

let db: ShoalDatabase;

beforeEach(async () => {
  db = await openMemoryDatabase();
});

async function store(content: SampleContent, piece: number, data = content.piece(piece)): Promise<void> {
  await writeBatch(db, T, [{ piece, data }]);
}

async function storeAll(content: SampleContent): Promise<void> {
  for (let piece = 0; piece < content.info.pieceCount; piece++) await store(content, piece);
}

function damaged(content: SampleContent, piece: number): Uint8Array {
  const data = Uint8Array.from(content.piece(piece));
  data[data.length - 1]! ^= 1;
  return data;
}

function locate(content: SampleContent, file: number): FileLocation {
  const { path, length, offset } = content.info.files[file]!;
  return { torrent: T, pieceLength: PIECE, path, length, offset, modified: null };
}

function sourceOf(content: SampleContent, wait?: WaitForBytes): RangeSource {
  const check = checkOf(content.record("torrent"));
  return { pieces: new StoredPieces(db), check, ...(wait && { wait }) };
}

async function bytesOf(file: FileLocation, source: RangeSource, start?: number, end?: number) {
  const parts: Uint8Array[] = [];
  for await (const part of readRange(file, source, start, end)) parts.push(part);
  return Buffer.concat(parts);
}

/** The true bytes of a file. */
function truth(content: SampleContent, file: number): Buffer {
  const { first, end } = content.map.piecesOf(file);
  const whole = Buffer.concat(Array.from({ length: end - first }, (_, at) => content.piece(first + at)));
  const { offset, length } = content.info.files[file]!;
  return whole.subarray(offset - first * PIECE, offset - first * PIECE + length);
}

describe.each<Version>(["v1", "v2", "hybrid"])("a file of a %s torrent", (version) => {
  const content = sampleContent(version, { "a.bin": 2 * PIECE + 100, "b.bin": PIECE + 7 }, PIECE);

  it("is read whole and in part, byte for byte", async () => {
    await storeAll(content);
    const source = sourceOf(content);
    for (const file of [0, 1]) {
      expect((await bytesOf(locate(content, file), source)).equals(truth(content, file))).toBe(true);
      const part = await bytesOf(locate(content, file), sourceOf(content), 90, PIECE + 3);
      expect(part.equals(truth(content, file).subarray(90, PIECE + 3))).toBe(true);
    }
  });

  it("is not read where a bit of it is flipped, also beyond the part that is asked for", async () => {
    await storeAll(content);
    await store(content, 1, damaged(content, 1));
    const file = locate(content, 0);
    await expect(bytesOf(file, sourceOf(content))).rejects.toMatchObject({
      code: "storage/lost",
      detail: "1",
    });
    const part = bytesOf(file, sourceOf(content), PIECE, PIECE + 1);
    await expect(part).rejects.toMatchObject({ code: "storage/lost", detail: "1" });
    await expect(fileBlob(file, sourceOf(content))).rejects.toMatchObject({ code: "storage/lost" });
    expect((await bytesOf(file, sourceOf(content), 0, PIECE)).length, "what is before it").toBe(PIECE);
  });

  it("goes on with the right bytes once they have come", async () => {
    await storeAll(content);
    await store(content, 1, damaged(content, 1));
    await db.delete("pieces", [T, 0]);
    const waits: [number, number][] = [];
    const wait: WaitForBytes = async (start, end) => {
      waits.push([start, end]);
      await store(content, Math.floor(start / PIECE));
      return true;
    };
    const bytes = await bytesOf(locate(content, 0), sourceOf(content, wait));
    expect(bytes.equals(truth(content, 0))).toBe(true);
    expect(waits).toEqual([
      [0, PIECE],
      [PIECE, 2 * PIECE],
    ]);
    const blob = await fileBlob(locate(content, 0), sourceOf(content, wait));
    expect(Buffer.from(await blob.arrayBuffer()).equals(truth(content, 0))).toBe(true);
  });
});

describe("a damaged piece", () => {
  const content = sampleContent("hybrid", { "a.bin": 2 * PIECE }, PIECE);

  beforeEach(() => store(content, 0, damaged(content, 0)));

  it("is not waited for for ever on a device that damages it again and again", async () => {
    let waits = 0;
    const wait: WaitForBytes = async () => {
      waits++;
      await store(content, 0, damaged(content, 0));
      return true;
    };
    const reading = bytesOf(locate(content, 0), sourceOf(content, wait));
    await expect(reading).rejects.toMatchObject({ code: "storage/lost", detail: "0" });
    expect(waits).toBe(2);
  });

  it("fails where nobody can say whether it will come", async () => {
    const reading = bytesOf(
      locate(content, 0),
      sourceOf(content, async () => false),
    );
    await expect(reading).rejects.toMatchObject({ code: "storage/lost" });
  });
});

it("a piece that nobody here can check is used once somebody else has", async () => {
  const content = sampleContent("v2", { "a.bin": 2 * PIECE }, PIECE);
  await storeAll(content);
  const check = checkOf(content.record("torrent", { pieceLayers: null }));
  const asked: number[] = [];
  const wait: WaitForBytes = async (start) => {
    asked.push(start);
    return true;
  };
  const source = { pieces: new StoredPieces(db), check, wait };
  expect((await bytesOf(locate(content, 0), source)).equals(truth(content, 0))).toBe(true);
  expect(asked).toEqual([0, PIECE]);
});
