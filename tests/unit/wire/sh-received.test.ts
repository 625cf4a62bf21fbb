import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REQUEST_QUEUE } from "../../../app/engine/constants.ts";
import { decodeReceived, encodeReceived } from "../../../app/engine/wire/sh-received.ts";
import { WireError } from "../../../app/engine/wire/wire-error.ts";

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyPlaces = fc.array(fc.record({ piece: number, begin: number }), { maxLength: REQUEST_QUEUE });

describe("sh_received", () => {
  it("has these bytes", () => {
    const bytes = encodeReceived([
      { piece: 1, begin: 0x4000 },
      { piece: 0x01020304, begin: 0 },
    ]);
    expect(Buffer.from(bytes).toString("hex")).toBe("00000001000040000102030400000000");
    expect(encodeReceived([])).toHaveLength(0);
  });

  it("comes back as it went, from the middle of a larger buffer too", () => {
    fc.assert(
      fc.property(anyPlaces, fc.nat(9), (places, before) => {
        const bytes = encodeReceived(places);
        const buffer = new Uint8Array(before + bytes.length + 3);
        buffer.set(bytes, before);
        expect(decodeReceived(buffer.subarray(before, before + bytes.length))).toEqual(places);
      }),
    );
  });

  it.each([
    ["half a block", 12],
    ["more blocks than anybody may have asked for", 8 * (REQUEST_QUEUE + 1)],
  ])("refuses %s", (_, length) => {
    expect(() => decodeReceived(new Uint8Array(length))).toThrow(WireError);
  });
});
