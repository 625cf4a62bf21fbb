/** Every message against bytes written by hand: what we send does not change by accident. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodePiece, encodePieceHeader } from "../../../app/engine/wire/encode.ts";
import { type Message, messageId } from "../../../app/engine/wire/message.ts";
import { MessageReader } from "../../../app/engine/wire/message-reader.ts";
import { concat, encodeMessage, handshake, limits, readAll } from "./messages.ts";

interface Golden {
  readonly name: string;
  readonly message: Message;
  readonly bytes: string;
}

const fromHex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

const url = new URL("../../fixtures/wire/messages.json", import.meta.url);
const { messages: goldens } = JSON.parse(readFileSync(url, "utf8"), (_key, value) =>
  typeof value === "string" && value.startsWith("hex:") ? fromHex(value.slice(4)) : value,
) as { messages: Golden[] };

describe("golden bytes", () => {
  it.each(goldens)("encodes: $name", ({ message, bytes }) => {
    expect(toHex(encodeMessage(message))).toBe(bytes.replaceAll(" ", ""));
  });

  it.each(goldens)("decodes: $name", ({ message, bytes }) => {
    const before = message.type === "handshake" ? [] : [handshake];
    const read = readAll(new MessageReader(limits), [concat([...before, fromHex(bytes)])]);
    expect(read.slice(before.length)).toEqual([message]);
  });

  it("has every message", () => {
    const types = new Set(goldens.map(({ message }) => message.type));
    expect([...types].sort()).toEqual([...Object.keys(messageId), "handshake", "keep-alive"].sort());
  });

  it("makes the same piece with and without the block", () => {
    const block = Uint8Array.from({ length: 300 }, (_, at) => at);
    expect(concat([encodePieceHeader(1, 2, block.length), block])).toEqual(encodePiece(1, 2, block));
  });
});
