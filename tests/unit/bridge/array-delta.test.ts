import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffArrays, patchArray } from "../../../app/bridge/array-delta.ts";

/** From the second byte of its buffer on. */
function unaligned(bytes: Uint8Array): Uint8Array {
  const roomy = new Uint8Array(bytes.length + 1);
  roomy.set(bytes, 1);
  return roomy.subarray(1);
}

/** Arrays of few kinds of entries and sometimes of one length, so that there is much in common. */
const bytes = fc.array(fc.nat(2), { maxLength: 60 }).map((entries) => Uint8Array.from(entries));

describe("a delta", () => {
  it("makes the later array of the earlier one, and changes neither", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.tuple(bytes, bytes.map(unaligned)), fc.tuple(bytes, bytes)),
        ([before, now]) => {
          const copies = [before.slice(), now.slice()];
          const delta = diffArrays(before, now);
          expect(delta === null ? before : patchArray(before, delta)).toEqual(now);
          expect([before, now]).toEqual(copies);
        },
      ),
    );
  });

  it("is none exactly where the arrays are alike", () => {
    fc.assert(
      fc.property(bytes, bytes, (before, now) => {
        expect(diffArrays(before, before.slice())).toBeNull();
        expect(diffArrays(before, now) === null).toBe(`${before}` === `${now}`);
      }),
    );
  });

  it("costs little more than the array itself, whatever changed", () => {
    fc.assert(
      fc.property(bytes, bytes, (before, now) => {
        const delta = diffArrays(before, now);
        const cost = (delta?.runs.byteLength ?? 0) + (delta?.values.byteLength ?? 0);
        expect(cost).toBeLessThanOrEqual(now.byteLength + 8);
      }),
    );
  });

  it.each([
    ["one entry", "..x.................", "2-3"],
    ["neighbours", "..xxx...............", "2-5"],
    ["near ones, as one run", "..x........x........", "2-12"],
    ["far ones, as two", "..x.........x.......", "2-3 12-13"],
    ["the first and the last", "x..................x", "0-1 19-20"],
    ["all", "xxxxxxxxxxxxxxxxxxxx", "0-20"],
  ])("tells of %s", (_, picture, runs) => {
    const now = Uint8Array.from(picture, (mark) => (mark === "x" ? 1 : 0));
    const delta = diffArrays(new Uint8Array(now.length), now)!;
    const pairs = Array.from({ length: delta.runs.length / 2 }, (_, run) => [
      delta.runs[2 * run],
      delta.runs[2 * run + 1],
    ]);
    expect(pairs.map(([start, end]) => `${start}-${end}`).join(" ")).toBe(runs);
  });
});
