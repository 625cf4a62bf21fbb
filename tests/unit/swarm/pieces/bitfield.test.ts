import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bitfield } from "../../../../app/engine/swarm/pieces/bitfield.ts";
import { bitsOf, pictureOf } from "../stage.ts";

const picture = (field: Bitfield) => pictureOf(field.bytes, field.length);

describe("a bitfield", () => {
  test.each([
    ["", []],
    ["x", [0b1000_0000]],
    ["x.x.....", [0b1010_0000]],
    [".......xx", [0b0000_0001, 0b1000_0000]],
  ])("%j is %j on the wire, the first piece the highest bit", (drawn, bytes) => {
    const field = new Bitfield(drawn.length);
    for (const [piece, mark] of [...drawn].entries()) if (mark === "x") field.add(piece);
    expect([...field.bytes]).toEqual(bytes);
    expect(picture(field)).toBe(drawn);
  });

  test.each([0, 1, 7, 8, 9, 64, 65])("full with %i pieces sets no spare bit", (length) => {
    const field = Bitfield.full(length);
    expect(field).toMatchObject({ count: length, isFull: true });
    expect(Bitfield.parse(length, field.bytes)).not.toBeNull();
  });

  test("what a peer sends is refused when its size is wrong or a spare bit is set", () => {
    expect(Bitfield.parse(9, new Uint8Array(1))).toBeNull();
    expect(Bitfield.parse(9, new Uint8Array(3))).toBeNull();
    expect(Bitfield.parse(9, Uint8Array.of(0, 0b0100_0000))).toBeNull();
    expect(Bitfield.parse(9, Uint8Array.of(0, 0b1000_0000))?.count).toBe(1);
  });

  test("what a peer sent is copied: the channel's buffer may change", () => {
    const bytes = bitsOf("xx......");
    const field = Bitfield.parse(8, bytes)!;
    bytes[0] = 0;
    expect(picture(field)).toBe("xx......");
  });

  test("behaves as a set of numbers, whatever is done to it", () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(40)));
    fc.assert(
      fc.property(steps, (changes) => {
        const field = new Bitfield(41);
        const model = new Set<number>();
        for (const [adds, piece] of changes) {
          expect(adds ? field.add(piece) : field.delete(piece)).toBe(adds !== model.has(piece));
          if (adds) model.add(piece);
          else model.delete(piece);
        }
        expect([...field]).toEqual([...model].sort((a, b) => a - b));
        expect(field.count).toBe(model.size);
        expect(new Bitfield(41, field.bytes.slice()).count).toBe(model.size);
      }),
    );
  });
});
