import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_ABOUT_BYTES } from "../../../app/engine/content/constants.ts";
import {
  decodeExtensionHandshake,
  type ExtensionHandshake,
  encodeExtensionHandshake,
} from "../../../app/engine/wire/extended.ts";
import { decodeDontHave, encodeDontHave } from "../../../app/engine/wire/lt-donthave.ts";
import {
  decodePartMessage,
  encodePartMessage,
  type PartMessage,
} from "../../../app/engine/wire/part-message.ts";
import { WireError } from "../../../app/engine/wire/wire-error.ts";
import { concat, latin1 } from "./messages.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

const silent: ExtensionHandshake = {
  m: {},
  metadataSize: null,
  reqq: null,
  v: null,
  uploadOnly: false,
  maxBlock: null,
  about: null,
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return "no error";
}

describe("extension handshake", () => {
  it("has these bytes", () => {
    const full = encodeExtensionHandshake({
      m: { ut_metadata: 1, lt_donthave: 2 },
      metadataSize: 31235,
      reqq: 1000,
      v: "Shoal 0.1",
      uploadOnly: true,
      maxBlock: 65536,
      about: null,
    });
    expect(text(full)).toBe(
      "d1:md11:lt_donthavei2e11:ut_metadatai1ee13:metadata_sizei31235e4:reqqi1000e" +
        "8:sh_blocki65536e11:upload_onlyi1e1:v9:Shoal 0.1e",
    );
    expect(text(encodeExtensionHandshake(silent))).toBe("d1:mde11:upload_onlyi0ee");
  });

  it("names an about by its hash and its size", () => {
    const about = { hash: new Uint8Array(16).fill(0x61), size: 250_012 };
    expect(text(encodeExtensionHandshake({ ...silent, m: { sh_about: 11 }, about }))).toBe(
      "d1:md8:sh_abouti11ee13:sh_about_hash16:aaaaaaaaaaaaaaaa13:sh_about_sizei250012e11:upload_onlyi0ee",
    );
  });

  it("comes back as it went", () => {
    const count = fc.option(fc.integer({ min: 1, max: 1_000_000 }));
    const handshake: fc.Arbitrary<ExtensionHandshake> = fc.record({
      m: fc.dictionary(fc.stringMatching(/^[a-z_]{1,20}$/), fc.integer({ min: 0, max: 255 }), {
        noNullPrototype: true,
        maxKeys: 20,
      }),
      metadataSize: count,
      reqq: count,
      v: fc.option(fc.string({ maxLength: 30 })),
      uploadOnly: fc.boolean(),
      maxBlock: count,
      about: fc.option(
        fc.record({
          hash: fc.uint8Array({ minLength: 16, maxLength: 16 }),
          size: fc.integer({ min: 1, max: MAX_ABOUT_BYTES }),
        }),
      ),
    });
    fc.assert(
      fc.property(handshake, (given) => {
        expect(decodeExtensionHandshake(encodeExtensionHandshake(given))).toEqual(given);
      }),
    );
  });

  it("reads what WebTorrent 3 sends", () => {
    const payload = latin1("d1:md11:lt_donthavei3e11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei412ee");
    expect(decodeExtensionHandshake(payload)).toEqual({
      ...silent,
      m: { lt_donthave: 3, ut_metadata: 1, ut_pex: 2 },
      metadataSize: 412,
    });
  });

  it("reads what libtorrent 2 sends, its unknown fields left aside", () => {
    const payload = latin1(
      "d12:complete_agoi-1e1:md11:lt_donthavei7e10:share_modei8e11:upload_onlyi3e12:ut_holepunchi4e" +
        "11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31235e4:reqqi2000e11:upload_onlyi1e" +
        "1:v16:libtorrent/2.0.96:yourip4:\x7f\x00\x00\x01e",
    );
    expect(decodeExtensionHandshake(payload)).toEqual({
      ...silent,
      m: { lt_donthave: 7, share_mode: 8, upload_only: 3, ut_holepunch: 4, ut_metadata: 2, ut_pex: 1 },
      metadataSize: 31235,
      reqq: 2000,
      v: "libtorrent/2.0.9",
      uploadOnly: true,
    });
  });

  it("takes keys in any order, the last of repeated ones, and bytes after the end", () => {
    const payload = latin1("d4:reqqi9e1:md6:ut_pexi1e11:ut_metadatai2e6:ut_pexi3ee1:v1:xe-rest");
    expect(decodeExtensionHandshake(payload)).toEqual({
      ...silent,
      m: { ut_pex: 3, ut_metadata: 2 },
      reqq: 9,
      v: "x",
    });
  });

  it.each([
    ["kinds that are wrong", "d1:mi1e13:metadata_size3:abc4:reqqle1:vi3ee"],
    ["numbers below their least", "d8:sh_blocki-1e13:metadata_sizei0e4:reqqi0ee"],
    ["metadata beyond what is accepted", "d13:metadata_sizei16000001ee"],
    ["an about with a hash alone", "d13:sh_about_hash16:aaaaaaaaaaaaaaaae"],
    ["an about with a size alone", "d13:sh_about_sizei9ee"],
    ["an about with a short hash", "d13:sh_about_hash15:aaaaaaaaaaaaaaa13:sh_about_sizei9ee"],
    ["an about beyond what is accepted", "d13:sh_about_hash16:aaaaaaaaaaaaaaaa13:sh_about_sizei1048577ee"],
    ["an about with a number as its hash", "d13:sh_about_hashi16e13:sh_about_sizei9ee"],
    ["a client's name that is not UTF-8", "d1:v2:\xff\xfee"],
    ["a client's name without end", `d1:v300:${"x".repeat(300)}e`],
    ["extensions without a number of one byte", "d1:md1:ai256e1:bi-1e1:c1:xee"],
    [`an extension's name without end`, `d1:md300:${"x".repeat(300)}i1eee`],
  ])("counts as missing: %s", (_name, payload) => {
    expect(decodeExtensionHandshake(latin1(payload))).toEqual(silent);
  });

  it("keeps a bounded number of extensions", () => {
    const names = Array.from({ length: 200 }, (_, at) => `4:x${100 + at}i1e`).join("");
    expect(Object.keys(decodeExtensionHandshake(latin1(`d1:md${names}ee`)).m)).toHaveLength(64);
  });

  it("reads a name that means something to JavaScript as any other", () => {
    const { m } = decodeExtensionHandshake(latin1("d1:md9:__proto__i5eee"));
    expect(Object.entries(m)).toEqual([["__proto__", 5]]);
  });

  it.each(["", "x", "i1e", "le", "d", "d1:m", "d1:md", "4:spam", "d1:mdee".slice(0, 6), "l".repeat(5000)])(
    "refuses %j",
    (payload) => {
      expect(codeOf(() => decodeExtensionHandshake(latin1(payload)))).toBe("wire/bad-extension");
    },
  );

  it("refuses more values than any client sends", () => {
    const payload = latin1(`d1:xl${"i0e".repeat(5000)}ee`);
    expect(codeOf(() => decodeExtensionHandshake(payload))).toBe("wire/bad-extension");
  });
});

describe("ut_metadata", () => {
  const data = latin1("d4:name3:fooe");

  it.each<[PartMessage, string]>([
    [{ kind: "request", piece: 0 }, "d8:msg_typei0e5:piecei0ee"],
    [{ kind: "reject", piece: 12 }, "d8:msg_typei2e5:piecei12ee"],
    [
      { kind: "data", piece: 3, totalSize: 49165, data },
      "d8:msg_typei1e5:piecei3e10:total_sizei49165eed4:name3:fooe",
    ],
    [{ kind: "data", piece: 3, totalSize: null, data }, "d8:msg_typei1e5:piecei3eed4:name3:fooe"],
  ])("has these bytes: %j", (message, payload) => {
    expect(text(encodePartMessage(message))).toBe(payload);
    expect(decodePartMessage("ut_metadata", latin1(payload))).toEqual(message);
  });

  it("puts the part after the first “ee”, where WebTorrent looks for it", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 10_000_000 }), (piece, totalSize) => {
        const payload = text(encodePartMessage({ kind: "data", piece, totalSize, data }));
        expect(payload.slice(payload.indexOf("ee") + 2)).toBe(text(data));
      }),
    );
  });

  it("takes other orders, unknown keys, and bytes after a request", () => {
    expect(decodePartMessage("ut_metadata", latin1("d5:piecei7e8:msg_typei0e1:xi1eetrailing"))).toEqual({
      kind: "request",
      piece: 7,
    });
    expect(
      decodePartMessage("ut_metadata", latin1("d10:total_sizei9e5:piecei0e8:msg_typei1eeabcee")),
    ).toEqual({
      kind: "data",
      piece: 0,
      totalSize: 9,
      data: latin1("abcee"),
    });
  });

  it("leaves messages that BEP 9 does not know to be ignored", () => {
    expect(decodePartMessage("ut_metadata", latin1("d8:msg_typei3e5:piecei0ee"))).toBeNull();
  });

  it("accepts 16 KiB and refuses one byte more", () => {
    const part = (length: number) => concat([latin1("d8:msg_typei1e5:piecei0ee"), new Uint8Array(length)]);
    expect(codeOf(() => decodePartMessage("ut_metadata", part(16_384)))).toBe("no error");
    expect(codeOf(() => decodePartMessage("ut_metadata", part(16_385)))).toBe("wire/bad-extension");
  });

  it.each([
    "",
    "d8:msg_typei0ee",
    "d5:piecei0ee",
    "d8:msg_typei0e5:piecei-1ee",
    "d8:msg_typei-1e5:piecei0ee",
    "i0e",
  ])("refuses %j", (payload) => {
    expect(codeOf(() => decodePartMessage("ut_metadata", latin1(payload)))).toBe("wire/bad-extension");
  });
});

describe("lt_donthave", () => {
  it("is the piece's index in four bytes", () => {
    expect([...encodeDontHave(0x01020304)]).toEqual([1, 2, 3, 4]);
    expect(decodeDontHave(Uint8Array.of(9, 255, 255, 255, 254).subarray(1))).toBe(0xfffffffe);
  });

  it.each([0, 3, 5])("refuses %i bytes", (length) => {
    expect(codeOf(() => decodeDontHave(new Uint8Array(length)))).toBe("wire/bad-extension");
  });
});

describe("hostile payloads", () => {
  const decoders: [string, (payload: Uint8Array) => unknown][] = [
    ["extension handshake", decodeExtensionHandshake],
    ["ut_metadata", (payload) => decodePartMessage("ut_metadata", payload)],
    ["sh_about", (payload) => decodePartMessage("sh_about", payload)],
    ["lt_donthave", decodeDontHave],
  ];
  const seeds = [
    "d1:md11:lt_donthavei2e11:ut_metadatai1ee13:metadata_sizei31235e4:reqqi1000e1:v5:Shoale",
    "d8:msg_typei1e5:piecei3e10:total_sizei49165eed4:name3:fooe",
  ].map(latin1);
  // Bytes that mean something in bencoding make deeper trouble than random ones.
  const byte = fc.oneof(fc.constantFrom(...latin1("deli0123456789:-")), fc.integer({ min: 0, max: 255 }));
  const noise = fc.array(byte, { maxLength: 200 }).map((bytes) => Uint8Array.from(bytes));
  const tampered = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), byte), { minLength: 1, maxLength: 5 }))
    .map(([seed, changes]) => {
      const payload = seed.slice();
      for (const [at, value] of changes) payload[at % payload.length] = value;
      return payload;
    });

  it.each(decoders)("end in a message or a WireError: %s", (_name, decode) => {
    fc.assert(
      fc.property(fc.oneof(noise, tampered), (payload) => {
        expect(["no error", "wire/bad-extension"]).toContain(codeOf(() => decode(payload)));
      }),
      { numRuns: 2000 },
    );
  });
});
