import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Bencoded,
  type BencodeInput,
  type BencodeValue,
  decodeBencode,
  decodeBencodeEntries,
  decodeBencodePrefix,
  encodeBencode,
  keyFromBytes,
  keyToBytes,
} from "../../../app/engine/content/bencode.ts";
import { ShoalError } from "../../../app/engine/errors.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const text = (value: Uint8Array): string => Buffer.from(value).toString("latin1");

/** A decoded value drawn as plain JSON: byte strings as text, dictionaries as objects. */
function draw(value: BencodeValue): unknown {
  if (value instanceof Uint8Array) return text(value);
  if (Array.isArray(value)) return value.map(draw);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, draw(item)]));
  return value;
}

describe("decoding", () => {
  test.each([
    ["i0e", 0],
    ["i-42e", -42],
    ["i9007199254740991e", Number.MAX_SAFE_INTEGER],
    ["0:", ""],
    ["4:spam", "spam"],
    ["le", []],
    ["de", {}],
    ["l4:spami3ee", ["spam", 3]],
    ["d3:cow3:moo4:spaml1:a1:bee", { cow: "moo", spam: ["a", "b"] }],
    ["d0:d6:lengthi1eee", { "": { length: 1 } }],
    ["d1:\u00ff1:\u0000e", { "\u00ff": "\u0000" }],
  ])("%j is %j", (encoded, expected) => {
    expect(draw(decodeBencode(bytes(encoded)))).toEqual(expected);
  });

  test.each([
    ["", "bencode.end@0"],
    ["i", "bencode.end@1"],
    ["ie", "bencode.character@1"],
    ["i-e", "bencode.character@2"],
    ["i-0e", "bencode.canonical@1"],
    ["i03e", "bencode.canonical@1"],
    ["i+3e", "bencode.character@1"],
    ["i1.5e", "bencode.character@2"],
    ["i9007199254740992e", "bencode.number@1"],
    ["i99999999999999999999e", "bencode.number@1"],
    ["-1:a", "bencode.character@0"],
    ["01:a", "bencode.canonical@0"],
    ["5:spam", "bencode.string@0"],
    ["9007199254740991:spam", "bencode.string@0"],
    ["4spam", "bencode.character@1"],
    ["l4:spam", "bencode.end@7"],
    ["d4:spam", "bencode.end@7"],
    ["di1ei2ee", "bencode.character@1"],
    ["d1:bi1e1:ai2ee", "bencode.key-order@7"],
    ["d1:ai1e1:ai2ee", "bencode.repeated-key@7"],
    ["d2:aai1e1:ai2ee", "bencode.key-order@8"],
    ["i1ei2e", "bencode.trailing@3"],
    ["4:spam\n", "bencode.trailing@6"],
    ["x", "bencode.character@0"],
    ["e", "bencode.character@0"],
  ])("%j is refused: %s", (encoded, detail) => {
    expect(() => decodeBencode(bytes(encoded))).toThrow(
      expect.objectContaining({ code: "torrent/malformed", detail }),
    );
  });

  test("byte strings are views of what was decoded, not copies", () => {
    const encoded = bytes("l4:spame");
    const [value] = decodeBencode(encoded) as [Uint8Array];
    expect(value.buffer).toBe(encoded.buffer);
  });

  test("a value in front of other bytes tells where it ended", () => {
    const { value, end } = decodeBencodePrefix(bytes("d8:msg_typei1e5:piecei0eeDATA"));
    expect(draw(value)).toEqual({ msg_type: 1, piece: 0 });
    expect(end).toBe(25);
  });

  test("entries come with the bytes they were decoded from", () => {
    const entries = decodeBencodeEntries(bytes("d8:announce1:x4:infod4:name1:nee"));
    expect(text(entries.get("info")!.bytes)).toBe("d4:name1:ne");
    expect(draw(entries.get("info")!.value)).toEqual({ name: "n" });
    expect(() => decodeBencodeEntries(bytes("le"))).toThrow(ShoalError);
    expect(() => decodeBencodeEntries(bytes("dee"))).toThrow(ShoalError);
  });
});

describe("limits", () => {
  test("nesting ends at 100 levels, or where told", () => {
    const nested = (depth: number) => bytes("l".repeat(depth) + "e".repeat(depth));
    expect(() => decodeBencode(nested(100))).not.toThrow();
    expect(() => decodeBencode(nested(101))).toThrow("bencode.depth@");
    expect(() => decodeBencode(bytes("d1:a".repeat(101)))).toThrow("bencode.depth@");
    expect(() => decodeBencode(nested(4), { maxDepth: 3 })).toThrow("bencode.depth@");
  });

  test("the number of values is bounded", () => {
    expect(() => decodeBencode(bytes("llelee"), { maxValues: 3 })).not.toThrow();
    expect(() => decodeBencode(bytes("llelelee"), { maxValues: 3 })).toThrow("bencode.values@");
  });

  test.each([
    ["one long string", `10000000:${"x".repeat(10_000_000)}`],
    ["a long key", `d10000000:${"x".repeat(10_000_000)}0:e`],
    ["digits without end", "1".repeat(10_000_000)],
    ["an integer without end", `i${"1".repeat(10_000_000)}`],
    ["empty lists", `l${"le".repeat(500_000)}e`],
    ["empty dictionaries", `l${"de".repeat(500_000)}e`],
    ["lists that never end", "l".repeat(10_000_000)],
    ["many keys", `d${Array.from({ length: 100_000 }, (_, i) => `7:${1e6 + i}i0e`).join("")}e`],
  ])("%s take bounded time and memory", (_, encoded) => {
    const input = bytes(encoded);
    const before = process.memoryUsage();
    const start = performance.now();
    try {
      decodeBencode(input);
    } catch (error) {
      expect(error).toBeInstanceOf(ShoalError);
    }
    expect(performance.now() - start).toBeLessThan(4000);
    const after = process.memoryUsage();
    expect(after.heapUsed - before.heapUsed).toBeLessThan(150 * input.length + 10_000_000);
  });
});

describe("encoding", () => {
  test.each<[BencodeInput, string]>([
    [-0, "i0e"],
    ["ü", "2:\u00c3\u00bc"],
    [bytes("raw"), "3:raw"],
    [[1, "a", []], "li1e1:alee"],
    [{ b: 1, a: 2, none: undefined }, "d1:ai2e1:bi1ee"],
    [
      new Map([
        ["\u00ff", 1],
        ["z", 2],
      ]),
      "d1:zi2e1:\u00ffi1ee",
    ],
    [{ info: new Bencoded(bytes("d1:ai1ee")) }, "d4:infod1:ai1eee"],
  ])("%j becomes %j", (value, expected) => {
    expect(text(encodeBencode(value))).toBe(expected);
  });

  test("what cannot be encoded is a mistake of the caller", () => {
    expect(() => encodeBencode(1.5)).toThrow(RangeError);
    expect(() => encodeBencode(2 ** 53)).toThrow(RangeError);
    expect(() => encodeBencode({ 日: 1 })).toThrow(RangeError);
  });
});

const values = fc.letrec<{ value: BencodeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.maxSafeInteger(),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.uint8Array({ maxLength: 8 }).map(keyFromBytes), tie("value")), { maxLength: 5 })
      .map((entries) => new Map(entries)),
  ),
})).value;

describe("properties", () => {
  test("decode(encode(x)) = x", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(draw(decodeBencode(encodeBencode(value)))).toEqual(draw(value));
      }),
    );
  });

  test("encode(decode(x)) = x for every x that is accepted, so each value has one encoding", () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const encoded = encodeBencode(value);
        encoded[at % encoded.length]! ^= flip;
        const decoded = attempt(() => decodeBencode(encoded));
        if (decoded !== null) expect(encodeBencode(decoded)).toEqual(encoded);
      }),
      { numRuns: 500 },
    );
  });

  test("every truncation is refused", () => {
    fc.assert(
      fc.property(values, (value) => {
        const encoded = encodeBencode(value);
        for (let length = 0; length < encoded.length; length++) {
          expect(() => decodeBencode(encoded.subarray(0, length))).toThrow(ShoalError);
        }
      }),
    );
  });

  test("arbitrary bytes are decoded or refused, nothing else", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ilde0-9:-]{0,30}$/), (junk) => {
        attempt(() => decodeBencode(bytes(junk)));
      }),
      { numRuns: 2000 },
    );
  });

  test("keys keep every byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), (key) => {
        expect(keyToBytes(keyFromBytes(key))).toEqual(key);
      }),
    );
  });
});

/** The result, or null when it was refused; anything but a ShoalError fails the test. */
function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    expect(error).toBeInstanceOf(ShoalError);
    return null;
  }
}
