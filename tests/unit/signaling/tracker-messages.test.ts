import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  binaryStringToBytes,
  bytesToBinaryString,
  decodeTrackerMessage,
  isBinaryId,
} from "../../../app/engine/discovery/tracker-messages.ts";

const hash = "h".repeat(20);
const peer = "p".repeat(20);
const offerId = "o".repeat(20);
const decode = (message: unknown) => decodeTrackerMessage(JSON.stringify(message));

describe("binary strings", () => {
  test("are one character per byte, there and back", () => {
    expect(bytesToBinaryString(Uint8Array.of(0, 65, 255))).toBe("\u0000A\u00ff");
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(binaryStringToBytes(bytesToBinaryString(bytes))).toEqual(bytes);
      }),
    );
  });

  test("refuse characters that are no bytes", () => {
    expect(() => binaryStringToBytes("aĀ")).toThrow(RangeError);
    expect(isBinaryId("Ā".repeat(20))).toBe(false);
    expect(isBinaryId("\ud800".repeat(20))).toBe(false);
    expect(isBinaryId("a".repeat(19))).toBe(false);
    expect(isBinaryId("\u00ff".repeat(20))).toBe(true);
  });
});

describe("what a client understands of a tracker", () => {
  test("a reply to its announce", () => {
    expect(
      decode({ action: "announce", info_hash: hash, interval: 120, complete: 1, incomplete: 2 }),
    ).toEqual({
      kind: "announce",
      infoHash: hash,
      interval: 120,
      complete: 1,
      incomplete: 2,
      signals: false,
    });
  });

  test("that its tracker passes signals on, where it says so plainly", () => {
    const reply = { action: "announce", info_hash: hash, interval: 120 };
    expect(decode({ ...reply, signals: true })).toMatchObject({ signals: true });
    for (const signals of [1, "true", null, {}])
      expect(decode({ ...reply, signals })).toMatchObject({ signals: false });
  });

  test("a signal, and that one of its own went nowhere", () => {
    const said = { action: "signal", info_hash: hash, peer_id: peer, offer_id: offerId, signal: "more" };
    expect(decode(said)).toEqual({ kind: "signal", infoHash: hash, peerId: peer, offerId, signal: "more" });
    for (const signal of ["", 1, null, "x".repeat(16_385)]) expect(decode({ ...said, signal })).toBeNull();
    expect(decode({ action: "signal", info_hash: hash, "failure reason": "gone" })).toEqual({
      kind: "undelivered",
      reason: "gone",
      infoHash: hash,
      offerId: null,
    });
  });

  test("that one of its own answers went nowhere, where the tracker says which", () => {
    const refused = { action: "announce", info_hash: hash, "failure reason": "gone" };
    const undelivered = { kind: "undelivered", reason: "gone", infoHash: hash, offerId };
    expect(decode({ ...refused, offer_id: offerId })).toEqual(undelivered);
    for (const nonsense of ["", 1, null, "x".repeat(65)])
      expect(decode({ ...refused, offer_id: nonsense })).toMatchObject({ kind: "failure" });
  });

  test("a reply that lacks half, or has nonsense in it", () => {
    const reply = {
      action: "announce",
      info_hash: hash,
      "min interval": 30,
      complete: -1,
      incomplete: "many",
    };
    expect(decode(reply)).toMatchObject({ kind: "announce", interval: 30, complete: null, incomplete: null });
    expect(decode({ action: "announce", info_hash: hash, interval: 0, complete: 3 })).toMatchObject({
      interval: null,
      complete: 3,
    });
  });

  test("offers and answers", () => {
    const head = { action: "announce", info_hash: hash, peer_id: peer, offer_id: offerId };
    const common = { infoHash: hash, peerId: peer, offerId, sdp: "v=0" };
    expect(decode({ ...head, offer: { type: "offer", sdp: "v=0" } })).toEqual({ kind: "offer", ...common });
    expect(decode({ ...head, answer: { type: "answer", sdp: "v=0" } })).toEqual({
      kind: "answer",
      ...common,
    });
  });

  test("failures and warnings, with and without a swarm", () => {
    const failure = { kind: "failure", reason: "no" };
    expect(decode({ "failure reason": "no", action: "announce", info_hash: hash })).toEqual({
      ...failure,
      infoHash: hash,
    });
    expect(decode({ "failure reason": "no" })).toEqual({ ...failure, infoHash: null });
    expect(decode({ "warning message": "hm", action: "announce" })).toEqual({
      kind: "warning",
      reason: "hm",
      infoHash: null,
    });
    expect(decode({ "failure reason": "x".repeat(9999) })).toMatchObject({ reason: "x".repeat(300) });
  });

  test.each([
    ["not JSON", "{"],
    ["null", "null"],
    ["a list", "[null]"],
    ["a number", "1e999"],
    ["deep nesting", "[".repeat(50_000)],
    ["an unknown action", JSON.stringify({ action: "dance", info_hash: hash })],
    ["a scrape", JSON.stringify({ action: "scrape", files: {} })],
    ["an info-hash of 19", JSON.stringify({ action: "announce", info_hash: "h".repeat(19), interval: 1 })],
    ["nothing said", JSON.stringify({ action: "announce", info_hash: hash })],
    ["an offer without a peer", JSON.stringify({ action: "announce", info_hash: hash, offer: {} })],
    [
      "an offer that is null",
      JSON.stringify({ action: "announce", info_hash: hash, peer_id: peer, offer_id: offerId, offer: null }),
    ],
    [
      "an answer dressed as an offer",
      JSON.stringify({
        action: "announce",
        info_hash: hash,
        peer_id: peer,
        offer_id: offerId,
        offer: { type: "answer", sdp: "v=0" },
      }),
    ],
    ["too long a text", JSON.stringify({ "failure reason": "x".repeat(200_000) })],
  ])("nothing of %s", (_name, text) => {
    expect(decodeTrackerMessage(text)).toBeNull();
  });

  test("never throws, and every id it lets through is one", () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(hash, peer, null, "offer", 1e308, {}, { type: "offer", sdp: "v=0" }, [], ""),
      fc.jsonValue(),
    );
    const message = fc.dictionary(
      fc.constantFrom(
        "action",
        "info_hash",
        "peer_id",
        "offer_id",
        "offer",
        "answer",
        "interval",
        "complete",
        "signal",
        "failure reason",
        "__proto__",
      ),
      value,
    );
    fc.assert(
      fc.property(
        fc.oneof(
          message.map((fields) => ({ action: "announce", ...fields })),
          message.map((fields) => ({ action: "signal", ...fields })),
          fc.jsonValue(),
        ),
        (input) => {
          const response = decode(input);
          if (response !== null && response.infoHash !== null)
            expect(isBinaryId(response.infoHash)).toBe(true);
        },
      ),
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void decodeTrackerMessage(text)));
  });
});
