import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeBitfield,
  encodeHave,
  encodePiece,
  encodePieceHeader,
} from "../../../app/engine/wire/encode.ts";
import { MessageReader } from "../../../app/engine/wire/message-reader.ts";
import { WireError } from "../../../app/engine/wire/wire-error.ts";
import {
  anyConversation,
  anyCuts,
  concat,
  cut,
  encodeMessage,
  frame,
  handshake,
  limits,
  openReader,
  readAll,
} from "./messages.ts";

function errorOf(reader: MessageReader, ...chunks: Uint8Array[]): string {
  try {
    readAll(reader, chunks);
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return "no error";
}

const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const hashFields = (index: number, length: number, proofLayers: number) => [
  ...new Uint8Array(32),
  ...u32(0),
  ...u32(index),
  ...u32(length),
  ...u32(proofLayers),
];

describe("reassembly", () => {
  it("gives the same messages however the stream is cut", () => {
    fc.assert(
      fc.property(anyConversation, anyCuts, (messages, sizes) => {
        const stream = concat(messages.map(encodeMessage));
        expect(readAll(new MessageReader(limits), cut(stream, sizes))).toEqual(messages);
        expect(readAll(new MessageReader(limits), [stream])).toEqual(messages);
      }),
    );
  });

  it("gives the same messages when chunks pile up before they are read", () => {
    fc.assert(
      fc.property(anyConversation, anyCuts, (messages, sizes) => {
        const reader = new MessageReader(limits);
        for (const chunk of cut(concat(messages.map(encodeMessage)), sizes)) reader.push(chunk);
        expect(readAll(reader, [new Uint8Array(0)])).toEqual(messages);
        expect(reader.buffered).toBe(0);
      }),
    );
  });

  it("hands out a view of the chunk when a message is most of it, a copy when it is a small part", () => {
    const reader = openReader();
    const chunk = concat([
      encodePiece(1, 0, new Uint8Array(5000).fill(7)),
      encodeBitfield(Uint8Array.of(255)),
    ]);
    const [piece, bitfield] = readAll(reader, [chunk]);
    expect(piece?.type === "piece" && piece.block.buffer).toBe(chunk.buffer);
    expect(bitfield?.type === "bitfield" && bitfield.bits.buffer.byteLength).toBe(1);
  });

  it("hands out the block itself when it comes apart from its header, as WebTorrent sends it", () => {
    const reader = openReader();
    const block = new Uint8Array(5000).fill(7);
    const [piece] = readAll(reader, [encodePieceHeader(1, 0, block.length), block]);
    expect(piece?.type === "piece" && piece.block.buffer).toBe(block.buffer);
  });

  it("keeps nothing of the handshake's chunk", () => {
    const chunk = handshake.slice();
    const [message] = readAll(new MessageReader(limits), [chunk]);
    chunk.fill(0xee);
    expect(message).toMatchObject({
      infoHash: new Uint8Array(20).fill(1),
      peerId: new Uint8Array(20).fill(2),
    });
  });

  it("counts what it holds", () => {
    const reader = openReader();
    const piece = encodePiece(1, 0, new Uint8Array(1000));
    const held = [3, 4, 13, 500, 1012].map((length) => {
      const each = openReader();
      readAll(each, cut(piece.slice(0, length), [97]));
      return each.buffered;
    });
    // The 5 bytes of length and number are not held once they are understood.
    expect(held).toEqual([3, 0, 8, 8 + 487, 8 + 999]);
    reader.push(piece);
    reader.push(piece);
    expect(reader.buffered).toBe(2 * piece.length);
  });
});

describe("limits", () => {
  const small = { maxMessage: 100, maxBitfield: 4 };

  it("accepts the longest message and refuses one byte more", () => {
    const piece = (length: number) => encodePiece(0, 0, new Uint8Array(length));
    expect(errorOf(openReader(small), piece(91))).toBe("no error");
    expect(errorOf(openReader(small), piece(92))).toBe("wire/too-long");
    expect(errorOf(openReader(small), frame(99, new Uint8Array(99)))).toBe("no error");
    expect(errorOf(openReader(small), frame(99, new Uint8Array(100)))).toBe("wire/too-long");
  });

  it("limits a bitfield by itself", () => {
    const bits = (length: number) => encodeBitfield(new Uint8Array(length));
    const wide = { maxMessage: 100, maxBitfield: 1000 };
    expect(errorOf(openReader(small), bits(4))).toBe("no error");
    expect(errorOf(openReader(small), bits(5))).toBe("wire/too-long");
    expect(errorOf(openReader(wide), bits(1000))).toBe("no error");
    expect(errorOf(openReader(wide), bits(1001))).toBe("wire/too-long");
    expect(errorOf(openReader(wide), encodePiece(0, 0, new Uint8Array(92)))).toBe("wire/too-long");
  });

  it("refuses by the length prefix alone what no message may have", () => {
    expect(errorOf(openReader(small), Uint8Array.of(0, 0, 0, 101))).toBe("wire/too-long");
    expect(errorOf(openReader(small), Uint8Array.of(255, 255, 255, 255))).toBe("wire/too-long");
  });

  it("takes new limits between messages", () => {
    const reader = openReader(small);
    reader.limits = { maxMessage: 100, maxBitfield: 5 };
    expect(errorOf(reader, encodeBitfield(new Uint8Array(5)))).toBe("no error");
    reader.limits = { maxMessage: 100, maxBitfield: 1 };
    expect(errorOf(reader, encodeBitfield(new Uint8Array(2)))).toBe("wire/too-long");
  });
});

describe("malformed streams", () => {
  it.each([
    ["another protocol", Uint8Array.from(handshake, (byte, at) => (at === 5 ? byte ^ 1 : byte))],
    ["another name length", Uint8Array.from(handshake, (byte, at) => (at === 0 ? 18 : byte))],
    ["HTTP, before 68 bytes are there", new TextEncoder().encode("GET / HTTP/1.1\r\n")],
  ])("refuses a handshake of %s", (_name, bytes) => {
    expect(errorOf(new MessageReader(limits), bytes)).toBe("wire/bad-handshake");
    expect(errorOf(new MessageReader(limits), ...cut(bytes, [1]))).toBe("wire/bad-handshake");
  });

  it.each([
    ["choke", 0, 0],
    ["unchoke", 1, 0],
    ["interested", 2, 0],
    ["not interested", 3, 0],
    ["have", 4, 4],
    ["request", 6, 12],
    ["cancel", 8, 12],
    ["port", 9, 2],
    ["suggest", 13, 4],
    ["have all", 14, 0],
    ["have none", 15, 0],
    ["reject", 16, 12],
    ["allowed fast", 17, 4],
  ])("refuses a %s longer or shorter than it is", (_name, id, right) => {
    const wrong = [0, 1, 2, 3, 4, 5, 11, 12, 13, 400].filter((length) => length !== right);
    const codes = wrong.map((length) => errorOf(openReader(), frame(id, new Uint8Array(length))));
    expect(codes).toEqual(wrong.map(() => "wire/bad-length"));
    expect(errorOf(openReader(), frame(id, new Uint8Array(right)))).toBe("no error");
  });

  it("refuses messages too short for their fields", () => {
    expect(errorOf(openReader(), frame(7, new Uint8Array(7)))).toBe("wire/bad-length");
    expect(errorOf(openReader(), frame(7, new Uint8Array(8)))).toBe("wire/bad-length");
    expect(errorOf(openReader(), frame(20, []))).toBe("wire/bad-length");
    expect(errorOf(openReader(), frame(21, hashFields(0, 2, 0).slice(1)))).toBe("wire/bad-length");
    expect(errorOf(openReader(), frame(22, hashFields(0, 2, 0)))).toBe("wire/bad-length");
    expect(errorOf(openReader(), frame(23, [...hashFields(0, 2, 0), 0]))).toBe("wire/bad-length");
  });

  it.each([21, 23])("refuses a hash range that BEP 52 forbids, message %i", (id) => {
    const code = (index: number, length: number) =>
      errorOf(openReader(), frame(id, hashFields(index, length, 0)));
    expect([0, 1, 3, 511, 513, 1024, 0x80000000].map((length) => code(0, length))).toEqual(
      Array(7).fill("wire/bad-hashes"),
    );
    expect([1, 4, 9, 12].map((index) => code(index, 8))).toEqual(Array(4).fill("wire/bad-hashes"));
    expect([2, 4, 256, 512].map((length) => code(0, length))).toEqual(Array(4).fill("no error"));
    expect([0, 8, 16, 0xfffffff8].map((index) => code(index, 8))).toEqual(Array(4).fill("no error"));
  });

  it("refuses hashes that are not as many as their range says", () => {
    const code = (length: number, proofLayers: number, hashes: number) =>
      errorOf(
        openReader(),
        frame(22, [...hashFields(0, length, proofLayers), ...new Uint8Array(32 * hashes)]),
      );
    expect(code(4, 0, 4)).toBe("no error");
    expect(code(4, 1, 4)).toBe("no error");
    expect(code(4, 3, 6)).toBe("no error");
    expect(code(4, 3, 5)).toBe("wire/bad-hashes");
    expect(code(4, 3, 7)).toBe("wire/bad-hashes");
    expect(code(4, 0xffffffff, 4)).toBe("wire/bad-hashes");
  });

  it("stays failed, holds nothing and gives no message afterwards", () => {
    const reader = openReader();
    reader.push(concat([frame(0, [1]), encodeHave(1)]));
    expect(() => reader.next()).toThrow(WireError);
    reader.push(encodeHave(2));
    expect(reader.buffered).toBe(0);
    expect(() => reader.next()).toThrow(WireError);
  });

  it("gives the messages before the malformed one", () => {
    const reader = openReader();
    reader.push(concat([encodeHave(1), frame(0, [1])]));
    expect(reader.next()).toEqual({ type: "have", piece: 1 });
    expect(() => reader.next()).toThrow(WireError);
  });
});
