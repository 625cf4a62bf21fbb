import { describe, expect, it } from "vitest";
import { countPieces, hasPiece, pieceCells } from "../../../app/ui/piece-cells.ts";

/** Pieces as "x" (stored) or the number of peers that have them. */
function pieces(picture: string): [have: Uint8Array, availability: Uint8Array, pieceCount: number] {
  const have = new Uint8Array(Math.ceil(picture.length / 8));
  [...picture].forEach((mark, piece) => {
    if (mark === "x") have[piece >> 3]! |= 0x80 >> (piece & 7);
  });
  return [have, Uint8Array.from(picture, (mark) => (mark === "x" ? 0 : Number(mark))), picture.length];
}

it("reads bit 0 as the high bit of the first byte", () => {
  const have = Uint8Array.of(0b1000_0000, 0b0100_0000);
  expect([0, 1, 8, 9, 400].map((piece) => hasPiece(have, piece))).toEqual([true, false, false, true, false]);
});

describe("cells", () => {
  it("are pieces while there is room", () => {
    expect(pieceCells(...pieces("x20"), 10)).toEqual([
      { have: 1, rarest: 255 },
      { have: 0, rarest: 2 },
      { have: 0, rarest: 0 },
    ]);
  });

  it("gather neighbours, and tell of the rarest that is missing", () => {
    expect(pieceCells(...pieces("xx" + "x3" + "52"), 3)).toEqual([
      { have: 1, rarest: 255 },
      { have: 0.5, rarest: 3 },
      { have: 0, rarest: 2 },
    ]);
  });

  it("cover every piece once when the division leaves a rest", () => {
    const cells = pieceCells(...pieces("x1x1x1x"), 3);
    const sizes = [2, 2, 3];
    expect(cells.reduce((sum, { have }, cell) => sum + have * sizes[cell]!, 0)).toBeCloseTo(4);
  });
});

it("counts stored, offered and nowhere to be had", () => {
  expect(countPieces(...pieces("xx30x10"))).toEqual({ stored: 3, offered: 2, nowhere: 2 });
});
