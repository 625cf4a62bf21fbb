import { describe, expect, it } from "vitest";
import { pieceSpans } from "../../../app/storage/read-range.ts";

/** "3[0,5) 4[0,2)": bytes 0 to 5 of piece 3, then bytes 0 to 2 of piece 4. */
function drawn(
  file: { offset: number; length: number; pieceLength: number },
  start: number,
  end: number,
): string {
  return pieceSpans(file, start, end)
    .map(({ piece, from, to }) => `${piece}[${from},${to})`)
    .join(" ");
}

describe("pieceSpans", () => {
  const aligned = { offset: 30, length: 25, pieceLength: 10 };
  /** As in a v1 torrent, where files begin within pieces. */
  const unaligned = { offset: 7, length: 25, pieceLength: 10 };

  it.each([
    [0, 25, "3[0,10) 4[0,10) 5[0,5)"],
    [0, 10, "3[0,10)"],
    [9, 11, "3[9,10) 4[0,1)"],
    [24, 25, "5[4,5)"],
    [20, 99, "5[0,5)"],
    [5, 5, ""],
    [25, 30, ""],
  ])("cuts bytes %i to %i at pieces", (start, end, spans) => {
    expect(drawn(aligned, start, end)).toBe(spans);
  });

  it("counts from where the file begins within a piece", () => {
    expect(drawn(unaligned, 0, 25)).toBe("0[7,10) 1[0,10) 2[0,10) 3[0,2)");
    expect(drawn(unaligned, 3, 4)).toBe("1[0,1)");
  });

  it("gives nothing of an empty file", () => {
    expect(drawn({ offset: 0, length: 0, pieceLength: 10 }, 0, 0)).toBe("");
  });
});
