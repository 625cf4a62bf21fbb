/** What reading costs, counted in bytes copied, bytes allocated and moves, not in seconds. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodePiece, encodePieceHeader } from "../../../app/engine/wire/encode.ts";
import { concat, cut, frame, openReader, readAll } from "./messages.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("cost", () => {
  /** Runs `work` while counting bytes copied by `set` and bytes allocated. */
  function measure(work: () => void): { copied: number; allocated: number; largest: number } {
    const counts = { copied: 0, allocated: 0, largest: 0 };
    const set = Uint8Array.prototype.set;
    vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function (this: Uint8Array, source, at) {
      counts.copied += source.length;
      set.call(this, source, at);
    });
    class CountedArray extends Uint8Array {
      constructor(source: number | ArrayBuffer, offset?: number, length?: number) {
        if (typeof source === "number") {
          super(source);
          counts.allocated += source;
          counts.largest = Math.max(counts.largest, source);
        } else {
          super(source, offset, length);
        }
      }
    }
    vi.stubGlobal("Uint8Array", CountedArray);
    work();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    return counts;
  }

  const wide = { maxMessage: 262_144 + 9, maxBitfield: 500 };
  const blocks = (count: number, length: number) =>
    concat(Array.from({ length: count }, (_, piece) => encodePiece(piece, 0, new Uint8Array(length))));

  it.each([1, 2, 13, 1000])("copies and allocates no byte twice, in chunks of %i", (size) => {
    const stream = blocks(2, 65_536);
    const reader = openReader(wide);
    let messages = 0;
    const counts = measure(() => {
      messages = readAll(reader, cut(stream, [size])).length;
    });
    expect(messages).toBe(2);
    expect(counts.copied).toBeLessThanOrEqual(stream.length);
    expect(counts.allocated).toBeLessThanOrEqual(stream.length);
  });

  it("copies no payload when each chunk holds whole messages", () => {
    const stream = blocks(64, 16_384);
    const reader = openReader(wide);
    const counts = measure(() => readAll(reader, cut(stream, [16_384 + 13])));
    expect(counts).toEqual({ copied: 0, allocated: 0, largest: 0 });
  });

  it("does a bounded number of moves for each of many chunks read at once", () => {
    const reader = openReader(wide);
    for (const chunk of cut(blocks(1, 100_000), [1])) reader.push(chunk);
    let moved = 0;
    const splice = Array.prototype.splice;
    vi.spyOn(Array.prototype, "splice").mockImplementation(function (this: unknown[], start, count) {
      moved += this.length - (count ?? 0);
      return splice.call(this, start, count ?? 0);
    });
    expect(reader.next()?.type).toBe("piece");
    vi.restoreAllMocks();
    expect(moved).toBeLessThan(2 * 100_000);
  });

  it("allocates nothing for a message that is only announced", () => {
    const reader = openReader(wide);
    const header = encodePieceHeader(0, 0, 262_144);
    const counts = measure(() => readAll(reader, [header]));
    expect(counts.largest).toBe(0);
    expect(reader.buffered).toBe(8);
  });

  it("holds nothing of an unknown message", () => {
    const reader = openReader(wide);
    const message = frame(99, new Uint8Array(200_000));
    const counts = measure(() => {
      for (const chunk of cut(message.slice(0, -1), [1000])) {
        expect(readAll(reader, [chunk])).toEqual([]);
        expect(reader.buffered).toBe(0);
      }
    });
    expect(counts.copied).toBe(0);
    expect(readAll(reader, [message.slice(-1)])).toEqual([{ type: "unknown", id: 99, length: 200_000 }]);
  });
});
