/** Hostile streams: random bytes, and conversations with bytes changed, dropped, doubled or cut off. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../../app/engine/wire/message.ts";
import { MessageReader } from "../../../app/engine/wire/message-reader.ts";
import { WireError } from "../../../app/engine/wire/wire-error.ts";
import { anyConversation, anyCuts, anyHandshake, concat, cut, encodeMessage, limits } from "./messages.ts";

const largest = Math.max(limits.maxMessage, 1 + limits.maxBitfield);

/** Bytes that a message brought with it. */
function payloadLength(message: Message): number {
  switch (message.type) {
    case "piece":
      return message.block.length;
    case "bitfield":
      return message.bits.length;
    case "extended":
      return message.payload.length;
    case "hashes":
      return message.hashes.length;
    default:
      return 0;
  }
}

/**
 * Feeds a stream and checks after every step what must hold for any stream. Returns whether it was refused.
 */
function feed(stream: Uint8Array, sizes: readonly number[]): boolean {
  const reader = new MessageReader(limits);
  let read = 0;
  try {
    for (const chunk of cut(stream, sizes)) {
      reader.push(chunk);
      for (let message = reader.next(); message !== null; message = reader.next()) {
        // A message takes at least 4 bytes, so no stream makes more messages than this.
        expect(++read).toBeLessThanOrEqual(stream.length / 4);
        expect(payloadLength(message)).toBeLessThanOrEqual(largest);
      }
      expect(reader.buffered).toBeLessThan(largest);
    }
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    expect(reader.buffered).toBe(0);
    return true;
  }
}

interface Mutation {
  readonly kind: "change" | "drop" | "insert" | "double" | "cut off";
  /** Where in the stream, as a fraction of it. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

const anyMutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("change", "drop", "insert", "double", "cut off"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});

function mutate(stream: Uint8Array, { kind, at, bytes }: Mutation): Uint8Array {
  const from = Math.floor(at * stream.length);
  const to = Math.min(stream.length, from + bytes.length);
  switch (kind) {
    case "change":
      return concat([stream.subarray(0, from), bytes.subarray(0, to - from), stream.subarray(to)]);
    case "drop":
      return concat([stream.subarray(0, from), stream.subarray(to)]);
    case "insert":
      return concat([stream.subarray(0, from), bytes, stream.subarray(from)]);
    case "double":
      return concat([stream.subarray(0, to), stream.subarray(from)]);
    case "cut off":
      return stream.subarray(0, from);
  }
}

describe("hostile streams", () => {
  it("refuses random bytes from the first on", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 2000 }), anyCuts, (stream, sizes) => {
        expect(feed(stream, sizes)).toBe(true);
      }),
    );
  });

  it("survives random bytes after a handshake", () => {
    fc.assert(
      fc.property(anyHandshake, fc.uint8Array({ maxLength: 2000 }), anyCuts, (handshake, noise, sizes) => {
        feed(concat([encodeMessage(handshake), noise]), sizes);
      }),
      { numRuns: 500 },
    );
  });

  it("survives messages with small lengths and random contents", () => {
    const anyFrame = fc
      .tuple(
        fc.integer({ min: 0, max: 130 }),
        fc.integer({ min: 0, max: 25 }),
        fc.uint8Array({ maxLength: 130 }),
      )
      .map(([length, id, payload]) => concat([Uint8Array.of(0, 0, 0, length, id), payload]));
    fc.assert(
      fc.property(anyHandshake, fc.array(anyFrame), anyCuts, (handshake, frames, sizes) => {
        feed(concat([encodeMessage(handshake), ...frames]), sizes);
      }),
      { numRuns: 500 },
    );
  });

  it("survives conversations that were tampered with", () => {
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(
        anyConversation,
        fc.array(anyMutation, { minLength: 1, maxLength: 4 }),
        anyCuts,
        (messages, mutations, sizes) => {
          const stream = mutations.reduce(mutate, concat(messages.map(encodeMessage)));
          if (feed(stream, sizes)) refused++;
          else accepted++;
        },
      ),
      { numRuns: 1000 },
    );
    // Both outcomes were really tried.
    expect(Math.min(refused, accepted)).toBeGreaterThan(20);
  });

  it("decides the same however a tampered stream is cut", () => {
    fc.assert(
      fc.property(anyConversation, anyMutation, anyCuts, (messages, mutation, sizes) => {
        const stream = mutate(concat(messages.map(encodeMessage)), mutation);
        expect(feed(stream, sizes)).toBe(feed(stream, [stream.length + 1]));
      }),
      { numRuns: 300 },
    );
  });
});
