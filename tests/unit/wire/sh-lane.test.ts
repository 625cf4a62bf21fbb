import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DESCRIPTION, MAX_LANE_LOSSES } from "../../../app/engine/constants.ts";
import { encodeBencode } from "../../../app/engine/content/bencode.ts";
import { decodeLaneMessage, encodeLaneMessage, type LaneMessage } from "../../../app/engine/wire/sh-lane.ts";
import { WireError } from "../../../app/engine/wire/wire-error.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const range = { piece: 1, begin: 0x4000, length: 0x8000 };

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyMessage: fc.Arbitrary<LaneMessage> = fc.oneof(
  fc.record({ kind: fc.constant("want" as const), count: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constantFrom("offer" as const, "answer" as const), id: number, sdp: fc.string() }),
  fc.record({
    kind: fc.constant("signal" as const),
    id: number,
    offered: fc.boolean(),
    signal: fc.string(),
  }),
  fc.record({
    kind: fc.constant("lost" as const),
    ranges: fc.array(fc.record({ piece: number, begin: number, length: number }), {
      maxLength: MAX_LANE_LOSSES,
    }),
  }),
  fc.constant({ kind: "drain" as const }),
);

describe("sh_lane", () => {
  it("has these bytes", () => {
    expect(text(encodeLaneMessage({ kind: "want", count: 3 }))).toBe("d1:ni3e1:ti0ee");
    expect(text(encodeLaneMessage({ kind: "offer", id: 7, sdp: "v=0" }))).toBe("d2:idi7e3:sdp3:v=01:ti1ee");
    expect(text(encodeLaneMessage({ kind: "answer", id: 7, sdp: "v=0" }))).toBe("d2:idi7e3:sdp3:v=01:ti2ee");
    expect(text(encodeLaneMessage({ kind: "lost", ranges: [range] }))).toBe(
      "d1:r12:\0\0\0\x01\0\0\x40\0\0\0\x80\x001:ti3ee",
    );
    expect(text(encodeLaneMessage({ kind: "drain" }))).toBe("d1:ti4ee");
    expect(text(encodeLaneMessage({ kind: "signal", id: 7, offered: true, signal: "{}" }))).toBe(
      "d2:idi7e1:oi1e1:s2:{}1:ti5ee",
    );
  });

  it("comes back as it went", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeLaneMessage(encodeLaneMessage(message))).toEqual(message);
      }),
    );
  });

  it("leaves kinds of later versions alone", () => {
    expect(decodeLaneMessage(encodeBencode({ t: 99 }))).toBeNull();
    expect(decodeLaneMessage(encodeBencode({}))).toBeNull();
  });

  it.each([
    ["no dictionary", encodeBencode(["t"])],
    ["no count", encodeBencode({ t: 0 })],
    ["a count of none", encodeBencode({ n: 0, t: 0 })],
    ["no number", encodeBencode({ sdp: "v=0", t: 1 })],
    ["no description", encodeBencode({ id: 1, t: 2 })],
    ["a description that is no text", encodeBencode({ id: 1, sdp: Uint8Array.of(0xff), t: 1 })],
    ["a description without end", encodeBencode({ id: 1, sdp: "v".repeat(MAX_DESCRIPTION + 1), t: 1 })],
    ["a signal of nobody's", encodeBencode({ id: 1, s: "{}", t: 5 })],
    ["a signal without end", encodeBencode({ id: 1, o: 0, s: "s".repeat(MAX_DESCRIPTION + 1), t: 5 })],
    ["half a range", encodeBencode({ r: new Uint8Array(18), t: 3 })],
    ["too many ranges", encodeBencode({ r: new Uint8Array(12 * (MAX_LANE_LOSSES + 1)), t: 3 })],
  ])("refuses %s", (_, payload) => {
    expect(() => decodeLaneMessage(payload)).toThrow(WireError);
  });
});
