import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultLimits } from "../../../signaling/constants.ts";
import { parseClientMessage } from "../../../signaling/protocol.ts";

const hash = "h".repeat(20);
const peer = "\u00ff\u0000".repeat(10);
const other = "q".repeat(20);
const offerId = "o".repeat(20);
const offer = { offer_id: offerId, offer: { type: "offer", sdp: "v=0" } };
const announce = { action: "announce", info_hash: hash, peer_id: peer };
const answer = { ...announce, to_peer_id: other, offer_id: offerId, answer: { type: "answer", sdp: "v=0" } };
const signal = {
  action: "signal",
  info_hash: hash,
  peer_id: peer,
  to_peer_id: other,
  offer_id: offerId,
  signal: "more",
};

const parse = (message: unknown) => parseClientMessage(JSON.stringify(message), defaultLimits);
/** "action, of which swarm: reason" of what the client is told. */
function complaint(text: string): string {
  const message = parseClientMessage(text, defaultLimits);
  if (message.kind !== "bad") return `none: ${message.kind}`;
  const { action, info_hash: infoHash, "failure reason": reason } = message.failure;
  return `${action}, of ${infoHash?.slice(0, 1) ?? "none"}: ${reason}`;
}

describe("good messages", () => {
  test("an announce with offers", () => {
    expect(parse({ ...announce, left: 7, event: "started", numwant: 1, offers: [offer] })).toEqual({
      kind: "announce",
      infoHash: hash,
      peerId: peer,
      seed: false,
      event: "started",
      key: null,
      offers: [{ offerId, sdp: "v=0" }],
    });
  });

  test.each([
    [{ left: 0 }, true],
    [{ left: 1 }, false],
    [{ left: -1 }, false],
    [{ left: null }, false],
    [{}, false],
    [{ left: 1e300 }, false],
    [{ left: 5, event: "completed" }, true],
  ])("an announce with %j is of a seed: %s", (fields, seed) => {
    expect(parse({ ...announce, ...fields })).toMatchObject({ kind: "announce", seed });
  });

  test.each([undefined, null, "", "empty", "update", "paused"])("the event %s is an update", (event) => {
    expect(parse({ ...announce, event })).toMatchObject({ kind: "announce", event: "update" });
  });

  test("an answer", () => {
    expect(parse(answer)).toEqual({
      kind: "answer",
      infoHash: hash,
      peerId: peer,
      toPeerId: other,
      offerId,
      sdp: "v=0",
    });
  });

  test.each([
    ["k".repeat(20), "k".repeat(20)],
    ["k".repeat(19), null],
    [7, null],
    [undefined, null],
  ])("the key %j counts as %j: who guesses one takes a place over", (key, kept) => {
    expect(parse({ ...announce, key })).toMatchObject({ kind: "announce", key: kept });
  });

  test("a signal", () => {
    expect(parse(signal)).toEqual({
      kind: "signal",
      infoHash: hash,
      peerId: peer,
      toPeerId: other,
      offerId,
      signal: "more",
    });
  });

  test("a scrape of one, and of as many as allowed", () => {
    expect(parse({ action: "scrape", info_hash: hash })).toEqual({ kind: "scrape", infoHashes: [hash] });
    expect(parse({ action: "scrape", info_hash: Array(64).fill(hash) })).toMatchObject({ kind: "scrape" });
  });
});

describe("bad messages get one failure with an action, and the swarm where there is one", () => {
  const sdp = (length: number) => ({
    offer_id: offerId,
    offer: { type: "offer", sdp: "é".repeat(length / 2) },
  });
  test.each<[unknown, string]>([
    [null, "announce, of none: the message is not a JSON object"],
    [[null], "announce, of none: the message is not a JSON object"],
    [42, "announce, of none: the message is not a JSON object"],
    ["announce", "announce, of none: the message is not a JSON object"],
    [{}, 'announce, of none: the action is none of "announce", "signal" and "scrape"'],
    [{ action: ["announce"] }, 'announce, of none: the action is none of "announce", "signal" and "scrape"'],
    [{ ...announce, info_hash: undefined }, "announce, of none: info_hash is not a string of 20 bytes"],
    [{ ...announce, info_hash: "h".repeat(21) }, "announce, of none: info_hash is not a string of 20 bytes"],
    [
      { ...announce, info_hash: Array(20).fill("h") },
      "announce, of none: info_hash is not a string of 20 bytes",
    ],
    [{ ...announce, info_hash: "Ā".repeat(20) }, "announce, of none: info_hash is not a string of 20 bytes"],
    [
      { ...announce, info_hash: "\ud800".repeat(20) },
      "announce, of none: info_hash is not a string of 20 bytes",
    ],
    [{ ...announce, peer_id: 20 }, "announce, of h: peer_id is not a string of 20 bytes"],
    [{ ...announce, peer_id: null }, "announce, of h: peer_id is not a string of 20 bytes"],
    [{ ...announce, event: "dancing" }, "announce, of h: the event is unknown"],
    [{ ...announce, event: {} }, "announce, of h: the event is unknown"],
    [{ ...announce, left: "7" }, "announce, of h: left is not a number"],
    [{ ...announce, offers: {} }, "announce, of h: offers is not a list"],
    [{ ...announce, offers: { length: 3 } }, "announce, of h: offers is not a list"],
    [{ ...announce, offers: [null] }, "announce, of h: an offer is not an object"],
    [{ ...announce, offers: [[]] }, "announce, of h: an offer is not an object"],
    [{ ...announce, offers: [{}] }, "announce, of h: an offer_id is not a string of 20 bytes"],
    [
      { ...announce, offers: [{ ...offer, offer: null }] },
      'announce, of h: an offer is not {"type":"offer","sdp":…}',
    ],
    [
      { ...announce, offers: [{ ...offer, offer: { type: "answer", sdp: "v=0" } }] },
      'announce, of h: an offer is not {"type":"offer","sdp":…}',
    ],
    [
      { ...announce, offers: [{ ...offer, offer: { type: "offer", sdp: 5 } }] },
      'announce, of h: an offer is not {"type":"offer","sdp":…}',
    ],
    [{ ...announce, offers: Array(11).fill(offer) }, "announce, of h: there are more than 10 offers"],
    [{ ...announce, offers: [sdp(8192)] }, "none: announce"],
    [{ ...announce, offers: [sdp(8194)] }, "announce, of h: an SDP is longer than 8192 bytes"],
    [{ ...answer, to_peer_id: undefined }, "announce, of h: to_peer_id is not a string of 20 bytes"],
    [{ ...answer, offer_id: undefined }, "announce, of h: offer_id is not a string of 20 bytes"],
    [{ ...answer, answer: "v=0" }, 'announce, of h: the answer is not {"type":"answer","sdp":…}'],
    [{ ...answer, answer: 0 }, 'announce, of h: the answer is not {"type":"answer","sdp":…}'],
    [
      { ...answer, answer: { type: "answer", sdp: "x".repeat(8193) } },
      "announce, of h: an SDP is longer than 8192 bytes",
    ],
    [{ ...signal, info_hash: 1 }, "signal, of none: info_hash is not a string of 20 bytes"],
    [{ ...signal, peer_id: "" }, "signal, of h: peer_id is not a string of 20 bytes"],
    [{ ...signal, to_peer_id: null }, "signal, of h: to_peer_id is not a string of 20 bytes"],
    [{ ...signal, offer_id: {} }, "signal, of h: offer_id is not a string of 20 bytes"],
    [{ ...signal, signal: "" }, "signal, of h: signal is not a text of 1 to 16384 characters"],
    [{ ...signal, signal: { type: "offer" } }, "signal, of h: signal is not a text of 1 to 16384 characters"],
    [{ ...signal, signal: "x".repeat(16_384) }, "none: signal"],
    [
      { ...signal, signal: "x".repeat(16_385) },
      "signal, of h: signal is not a text of 1 to 16384 characters",
    ],
    [{ action: "scrape" }, "scrape, of none: info_hash is not a string of 20 bytes"],
    [{ action: "scrape", info_hash: [] }, "scrape, of none: a scrape names 1 to 64 info-hashes"],
    [
      { action: "scrape", info_hash: Array(65).fill(hash) },
      "scrape, of none: a scrape names 1 to 64 info-hashes",
    ],
    [{ action: "scrape", info_hash: [hash, null] }, "scrape, of none: info_hash is not a string of 20 bytes"],
  ])("%j", (message, expected) => {
    expect(complaint(JSON.stringify(message))).toBe(expected);
  });

  test.each(["", "{", "undefined", '{"action":"announce",}', "NaN"])("no JSON: %s", (text) => {
    expect(complaint(text)).toBe("announce, of none: the message is not JSON");
  });

  test("deep nesting, huge numbers and odd keys do no harm", () => {
    expect(complaint("[".repeat(65_000))).toMatch(/not JSON$/);
    const deep = "[".repeat(30_000) + "]".repeat(30_000);
    expect(complaint(deep)).toMatch(/not a JSON object$/);
    expect(complaint(`{"action":"announce","info_hash":${deep}}`)).toMatch(/info_hash is not/);
    expect(complaint('{"action":"announce","info_hash":1e99999}')).toMatch(/info_hash is not/);
    expect(complaint('{"__proto__":{"action":"announce"}}')).toMatch(/action is none of/);
    expect(complaint('{"constructor":null,"toString":null,"hasOwnProperty":1}')).toMatch(/action is none of/);
  });
});

test("whatever the text, what passes has ids of 20 bytes and keeps the limits", () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      hash,
      peer,
      "announce",
      "scrape",
      "stopped",
      0,
      1e308,
      null,
      [offer],
      [null],
      offer.offer,
    ),
    fc.jsonValue(),
  );
  const keys = [
    "action",
    "info_hash",
    "peer_id",
    "to_peer_id",
    "offer_id",
    "offers",
    "answer",
    "event",
    "left",
  ];
  const near = fc.dictionary(fc.constantFrom(...keys), value).map((fields) => ({ ...announce, ...fields }));
  const text = fc.oneof(
    near.map((fields) => JSON.stringify(fields)),
    fc.json(),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(text, (input) => {
      const message = parseClientMessage(input, defaultLimits);
      if (message.kind === "bad") {
        expect(message.failure.action).toMatch(/^(announce|scrape)$/);
      } else if (message.kind === "announce") {
        expect(message.infoHash + message.peerId).toHaveLength(40);
        expect(message.offers.length).toBeLessThanOrEqual(10);
      } else if (message.kind === "scrape") {
        expect(message.infoHashes.every((infoHash) => infoHash.length === 20)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
