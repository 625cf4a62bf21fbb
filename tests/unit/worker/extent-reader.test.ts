import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EXTENT_LENGTH, EXTENT_PATIENCE, EXTENTS_AT_HAND } from "../../../app/worker/constants.ts";
import { ExtentReader } from "../../../app/worker/extent-reader.ts";

const PART = EXTENT_LENGTH / 16;

/** A file that notes in which parts, drawn as "first+count", it was really read. */
class WatchedFile extends File {
  readonly reads: string[] = [];

  constructor(parts: number) {
    const bytes = new Uint8Array(parts * PART);
    for (let part = 0; part < parts; part++) bytes.fill(part + 1, part * PART, (part + 1) * PART);
    super([bytes], "watched");
  }

  override slice(start = 0, end = this.size): Blob {
    this.reads.push(`${start / PART}+${(end - start) / PART}`);
    return super.slice(start, end);
  }
}

async function read(reader: ExtentReader, file: File, part: number): Promise<void> {
  const bytes = await reader.read(file, part * PART, PART);
  expect(bytes.length).toBe(PART);
  expect([bytes[0], bytes[PART - 1]]).toEqual([part + 1, part + 1]);
}

describe("reading a file", () => {
  it("in sequence: one part alone, then all up to the extent's end at once, then whole extents", async () => {
    const file = new WatchedFile(40);
    const reader = new ExtentReader();
    for (let part = 2; part < 40; part++) await read(reader, file, part);
    expect(file.reads).toEqual(["2+1", "3+13", "16+16", "32+8"]);
  });

  it("here and there: each part alone", async () => {
    const file = new WatchedFile(40);
    const reader = new ExtentReader();
    for (const part of [7, 3, 39, 0, 20]) await read(reader, file, part);
    expect(file.reads).toEqual(["7+1", "3+1", "39+1", "0+1", "20+1"]);
  });

  it("by two at once, each in a sequence of its own", async () => {
    const file = new WatchedFile(64);
    const reader = new ExtentReader();
    for (let step = 0; step < 16; step++) {
      await read(reader, file, step);
      await read(reader, file, 32 + step);
    }
    expect(file.reads).toEqual(["0+1", "32+1", "1+15", "33+15"]);
  });

  it("asked for twice while it is being read, it is read once", async () => {
    const file = new WatchedFile(16);
    const reader = new ExtentReader();
    await read(reader, file, 0);
    await Promise.all([1, 2, 3, 1].map((part) => read(reader, file, part)));
    expect(file.reads).toEqual(["0+1", "1+15"]);
  });

  it("keeps the last few extents only", async () => {
    const file = new WatchedFile(16 * (EXTENTS_AT_HAND + 2));
    const reader = new ExtentReader();
    for (let part = 0; part < 16 * (EXTENTS_AT_HAND + 2); part++) await read(reader, file, part);
    const before = file.reads.length;
    await read(reader, file, 5);
    expect(file.reads.slice(before)).toEqual(["5+1"]);
  });
});

describe("a reader that nobody reads with", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("lets its extents go, and begins anew", async () => {
    const file = new WatchedFile(16);
    const reader = new ExtentReader();
    for (const part of [0, 1, 2]) await read(reader, file, part);
    vi.advanceTimersByTime(EXTENT_PATIENCE);
    expect(vi.getTimerCount()).toBe(0);
    await read(reader, file, 3);
    expect(file.reads).toEqual(["0+1", "1+15", "3+1"]);
  });

  it("keeps them while reads come, however slowly", async () => {
    const file = new WatchedFile(16);
    const reader = new ExtentReader();
    for (let part = 0; part < 16; part++) {
      await read(reader, file, part);
      vi.advanceTimersByTime(EXTENT_PATIENCE - 1);
    }
    expect(file.reads).toEqual(["0+1", "1+15"]);
  });
});
