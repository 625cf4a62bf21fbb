import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_ADDRESS_LENGTH } from "../../../app/engine/content/constants.ts";
import {
  fromBase32,
  fromBase64url,
  toBase64url,
  truncatedV2,
} from "../../../app/engine/content/info-hash.ts";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { formatMagnet, formatShareLink, type ShareLink } from "../../../app/engine/content/share-link.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { sampleBytes } from "../../support/torrents.ts";

const v1 = sampleBytes(20, 1);
const v2 = sampleBytes(32, 2);
const hex1 = bytesToHex(v1);
const hex2 = bytesToHex(v2);
const code = Buffer.from(v2).toString("base64url");
const bare: ShareLink = {
  infoHashV1: null,
  infoHashV2: null,
  name: null,
  trackers: [],
  webSeeds: [],
  peers: [],
  select: null,
  aboutHash: null,
};

describe("reading", () => {
  const magnet = `magnet:?xt=urn:btih:${hex1}&xt=urn:btmh:1220${hex2}&dn=a+b%20%C3%BC%2B`;
  const fromMagnet = { infoHashV1: v1, infoHashV2: v2, name: "a b ü+" };

  test.each<[string, string, Partial<ShareLink> & { origin?: string }]>([
    ["a link", `https://shoal.example/#s-${code}`, { infoHashV2: v2, origin: "https://shoal.example" }],
    ["its fragment", `#s-${code}`, { infoHashV2: v2 }],
    ["without the hash sign", `s-${code}`, { infoHashV2: v2 }],
    ["with spaces around it", ` \n#s-${code}\t`, { infoHashV2: v2 }],
    [
      "on a port and path",
      `http://LOCALHOST:8080/a/?b#s-${code}`,
      { infoHashV2: v2, origin: "http://localhost:8080" },
    ],
    [
      "with name and trackers",
      `#s-${code}&dn=x%26y&tr=wss%3A%2F%2Fa%2F%3Fb%3Dc&tr=wss://d/+`,
      { infoHashV2: v2, name: "x&y", trackers: ["wss://a/?b=c", "wss://d/+"] },
    ],
    ["a magnet link", magnet, fromMagnet],
    ["as a fragment", `#${magnet}`, fromMagnet],
    ["on a page", `https://h/#${magnet}`, { ...fromMagnet, origin: "https://h" }],
    ["percent-encoded", encodeURIComponent(magnet), fromMagnet],
    [
      "percent-encoded on a page",
      `https://h/#${encodeURIComponent(magnet)}`,
      { ...fromMagnet, origin: "https://h" },
    ],
    ["without question mark", `magnet:xt=urn:btih:${hex1}`, { infoHashV1: v1 }],
    ["in capitals", `MAGNET:?XT=URN:BTIH:${hex1.toUpperCase()}`, { infoHashV1: v1 }],
    [
      "base32",
      `magnet:?xt=urn:btih:MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U`,
      {
        infoHashV1: new Uint8Array(Buffer.from("abcdefghijklmnopqrst")),
      },
    ],
    [
      "numbered parameters",
      `magnet:?xt.1=urn:btih:${hex1}&tr.1=wss://a&tr.2=wss://b`,
      {
        infoHashV1: v1,
        trackers: ["wss://a", "wss://b"],
      },
    ],
    ["an encoded xt", `magnet:?xt=urn%3Abtih%3A${hex1}`, { infoHashV1: v1 }],
    ["other kinds of xt beside", `magnet:?xt=urn:sha1:ABC&xt=urn:btih:${hex1}`, { infoHashV1: v1 }],
    ["one hash twice", `magnet:?xt=urn:btih:${hex1}&xt=urn:btih:${hex1}`, { infoHashV1: v1 }],
    [
      "web seeds, peers and a selection",
      `magnet:?xt=urn:btih:${hex1}&ws=https://w&x.pe=1.2.3.4:5&so=7,0,2-4`,
      {
        infoHashV1: v1,
        webSeeds: ["https://w"],
        peers: ["1.2.3.4:5"],
        select: [0, 2, 3, 4, 7],
      },
    ],
    [
      "parameters that cannot be decoded",
      `magnet:?xt=urn:btih:${hex1}&dn=%ff&tr=%E0%A4&x&=y&`,
      {
        infoHashV1: v1,
      },
    ],
  ])("%s", (_, text, expected) => {
    expect(parseShareLink(text)).toEqual({ ...bare, origin: null, ...expected });
  });

  test.each([
    ["nothing", "", "link/not-a-link"],
    ["words", "hello there", "link/not-a-link"],
    ["a web address", "https://example.com/s-thing", "link/not-a-link"],
    ["another page's fragment", "https://example.com/#top", "link/not-a-link"],
    ["an empty fragment", "https://example.com/#", "link/not-a-link"],
    ["another scheme", `javascript:alert(1)`, "link/not-a-link"],
    ["a broken escape", "magnet%3A%", "link/not-a-link"],
    ["no hash", "#s-", "link/no-hash"],
    ["a hash cut short", `#s-${code.slice(0, 42)}`, "link/hash-length"],
    ["a hash too long", `#s-${code}A`, "link/hash-length"],
    ["a hash with a foreign character", `#s-${code.slice(0, 42)}*`, "link/hash-length"],
    ["a hash whose unused bits are set", `#s-${"A".repeat(42)}B`, "link/bad-hash"],
    ["a magnet without hash", "magnet:?dn=x", "link/no-hash"],
    ["an empty magnet", "magnet:?", "link/no-hash"],
    ["an empty xt", "magnet:?xt=urn:btih:", "link/no-hash"],
    ["a short v1 hash", `magnet:?xt=urn:btih:${hex1.slice(1)}`, "link/hash-length"],
    ["a v1 hash that is not hexadecimal", `magnet:?xt=urn:btih:${"g".repeat(40)}`, "link/bad-hash"],
    ["base32 with a foreign digit", `magnet:?xt=urn:btih:${"1Z".repeat(16)}`, "link/bad-hash"],
    [
      "base32 that is longer in capitals",
      `magnet:?xt=urn:btih:${"A".repeat(24)}${"ß".repeat(8)}`,
      "link/bad-hash",
    ],
    ["a short v2 hash", `magnet:?xt=urn:btmh:1220${hex2.slice(2)}`, "link/hash-length"],
    ["another multihash", `magnet:?xt=urn:btmh:1114${hex1}`, "link/bad-hash"],
    ["two torrents", `magnet:?xt=urn:btih:${hex1}&xt=urn:btih:${"0".repeat(40)}`, "link/two-torrents"],
    ["a private share", `https://h/#k-${code}`, "link/private-unsupported"],
  ])("%s is refused", (_, text, expected) => {
    expect(() => parseShareLink(text)).toThrow(expect.objectContaining({ code: expected }));
  });

  test.each(["all", "5-2", "1,,2", "1,x", "-1", "1.5", "0-9999999999", "99999999999", ""])(
    "the selection %j cannot be used, so all files are meant",
    (so) => {
      expect(parseShareLink(`magnet:?xt=urn:btih:${hex1}&so=${so}`)).toMatchObject({ select: null });
    },
  );

  test("a damaged hash is shown, but not at any length", () => {
    expect(() => parseShareLink(`magnet:?xt=urn:btih:${"x".repeat(5000)}`)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,200}$/) }),
    );
  });
});

test("addresses that no server takes are left out", () => {
  const long = "a".repeat(MAX_ADDRESS_LENGTH);
  const link = `#s-${code}&tr=wss://a&tr=wss://${long}&ws=https://${long}&x.pe=${long}:1&x.pe=b:1&tr=wss://c`;
  expect(parseShareLink(link)).toMatchObject({
    trackers: ["wss://a", "wss://c"],
    webSeeds: [],
    peers: ["b:1"],
  });
});

describe("writing", () => {
  const link = { ...bare, infoHashV1: v1, infoHashV2: v2, name: "a b.txt", trackers: ["wss://t/?x=1"] };

  test("content with a v2 hash gets a short link", () => {
    const expected = `https://h/#s-${code}&dn=a%20b.txt&tr=wss%3A%2F%2Ft%2F%3Fx%3D1`;
    expect(formatShareLink("https://h", link)).toBe(expected);
    expect(formatShareLink("https://h/", link)).toBe(expected);
    expect(formatShareLink("https://h/shoal/", { infoHashV2: v2 })).toBe(`https://h/shoal/#s-${code}`);
  });

  test("a commitment to what the sender tells is a parameter of its own", () => {
    const aboutHash = Uint8Array.from({ length: 16 }, (_, at) => 251 - at);
    const told = { infoHashV1: v1, infoHashV2: v2, aboutHash };
    const commitment = "-_r5-Pf29fTz8vHw7-7t7A";
    expect(formatShareLink("https://h", told)).toBe(`https://h/#s-${code}&about=${commitment}`);
    expect(formatMagnet({ ...told, infoHashV2: null })).toBe(
      `magnet:?xt=urn:btih:${hex1}&x.about=${commitment}`,
    );
    // Either name is read in either link.
    for (const link of [
      `#s-${code}&x.about=${commitment}`,
      `magnet:?xt=urn:btih:${hex1}&about=${commitment}`,
    ])
      expect(parseShareLink(link).aboutHash).toEqual(aboutHash);
    expect(parseShareLink(`Look: https://h/#s-${code}&about=${commitment}.`).aboutHash).toEqual(aboutHash);
  });

  test.each([
    ["cut short", "about=-_r5-Pf29fTz8vHw7-7t7"],
    ["too long", "about=-_r5-Pf29fTz8vHw7-7t7AA"],
    ["of other characters", "about=-_r5-Pf29fTz8vHw7*7t7A"],
    ["with bits beyond its end", "about=-_r5-Pf29fTz8vHw7-7t7B"],
    ["empty", "about="],
    ["one of two", "about=-_r5-Pf29fTz8vHw7-7t7A&about=AAAAAAAAAAAAAAAAAAAAAA"],
  ])("a damaged commitment counts as none: %s", (_name, parameter) => {
    const link = parseShareLink(`https://h/#s-${code}&${parameter}&dn=x`);
    expect(link).toMatchObject({ infoHashV2: v2, aboutHash: null });
  });

  test("v1-only content gets a magnet link as fragment", () => {
    expect(formatShareLink("https://h", { ...link, infoHashV2: null })).toBe(
      `https://h/#magnet:?xt=urn:btih:${hex1}&dn=a%20b.txt&tr=wss%3A%2F%2Ft%2F%3Fx%3D1`,
    );
  });

  test("a magnet link names both hashes", () => {
    expect(formatMagnet({ ...link, select: [9, 4, 2, 3, 4], trackers: [] })).toBe(
      `magnet:?xt=urn:btih:${hex1}&xt=urn:btmh:1220${hex2}&dn=a%20b.txt&so=2-4,9`,
    );
    expect(() => formatMagnet({ name: "x" })).toThrow(RangeError);
  });

  test("much punctuation in an address costs no more than its length", () => {
    // Work that grows with the square of this takes longer than the suite's time limit.
    const tracker = `wss://a/${"_".repeat(250_000)}x`;
    expect(formatShareLink("https://h", { infoHashV2: v2, trackers: [tracker] })).toMatch(/_x$/);
  });

  test("punctuation at an end is encoded, wherever else it stands it is not", () => {
    expect(formatShareLink("https://h", { infoHashV2: v2, name: "_a._.b._" })).toBe(
      `https://h/#s-${code}&dn=_a._.b%2E%5F`,
    );
  });
});

const texts = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
/** Blank names are none, and marks of direction are left out. */
const names = texts.filter((text) => text.trim() !== "" && !/[\p{Cc}\p{Bidi_Control}]/u.test(text));
const links = fc
  .record({
    infoHashV1: fc.option(fc.uint8Array({ minLength: 20, maxLength: 20 })),
    infoHashV2: fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 })),
    name: fc.option(names),
    trackers: fc.uniqueArray(texts, { maxLength: 3 }),
    webSeeds: fc.uniqueArray(texts, { maxLength: 3 }),
    peers: fc.uniqueArray(texts, { maxLength: 3 }),
    aboutHash: fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 })),
    select: fc.option(fc.uniqueArray(fc.nat(1000), { minLength: 1 }).map((all) => all.sort((a, b) => a - b))),
  })
  .filter(({ infoHashV1, infoHashV2 }) => infoHashV1 !== null || infoHashV2 !== null);

describe("properties", () => {
  test("parse(format(x)) = x, as magnet link, percent-encoded, and as share link", () => {
    fc.assert(
      fc.property(links, (link) => {
        const magnet = formatMagnet(link);
        expect(parseShareLink(magnet)).toEqual({ ...link, origin: null });
        expect(parseShareLink(encodeURIComponent(magnet))).toEqual({ ...link, origin: null });
        const shared = parseShareLink(formatShareLink("https://h", link));
        const infoHashV1 = link.infoHashV2 === null ? link.infoHashV1 : null;
        expect(shared).toEqual({ ...link, infoHashV1, origin: "https://h" });
      }),
    );
  });

  test("any text is a link or refused with a named error", () => {
    const pieces = [
      "magnet:?",
      "#s-",
      "k-",
      "xt=urn:btih:",
      hex1,
      code,
      "&",
      "%",
      "so=",
      "1-",
      "tr=",
      "https://",
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 8 }), (parts) => {
        try {
          parseShareLink(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(ShoalError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("base64url and base32 agree with Node's and with RFC 4648", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      }),
    );
    const vectors = { "": "", MY: "f", mzxq: "fo", MZXW6: "foo", MZXW6YQ: "foob", MZXW6YTB: "fooba" };
    for (const [text, expected] of Object.entries(vectors)) {
      expect(Buffer.from(fromBase32(text)!).toString()).toBe(expected);
    }
    expect([fromBase32("M"), fromBase32("MZ"), fromBase32("MZXW6Y"), fromBase64url("A")]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(truncatedV2(v2)).toEqual(v2.subarray(0, 20));
  });
});
