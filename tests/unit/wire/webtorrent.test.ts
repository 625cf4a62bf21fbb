/** WebTorrent as a witness: its own wire, both ways. */
import { once } from "node:events";
import Wire from "bittorrent-protocol";
import ltDontHave from "lt_donthave";
import utMetadata from "ut_metadata";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeExtended, encodeUnchoke } from "../../../app/engine/wire/encode.ts";
import {
  decodeExtensionHandshake,
  EXTENSION_HANDSHAKE_ID,
  encodeExtensionHandshake,
} from "../../../app/engine/wire/extended.ts";
import { encodeHandshake } from "../../../app/engine/wire/handshake.ts";
import { encodeDontHave } from "../../../app/engine/wire/lt-donthave.ts";
import type { Message } from "../../../app/engine/wire/message.ts";
import { MessageReader } from "../../../app/engine/wire/message-reader.ts";
import { decodePartMessage, encodePartMessage } from "../../../app/engine/wire/part-message.ts";
import { encodeMessage, hash, latin1, limits, readAll } from "./messages.ts";

describe("WebTorrent's wire", () => {
  const info = latin1("d6:lengthi5e4:name4:test12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae");
  const infoHash = hash("sha1", info);
  const ours = latin1("-SH0100-abcdefghijkl");
  const theirs = latin1("-WW0300-abcdefghijkl");
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const extensions = { extended: true, fast: true, v2: true, dht: false };

  let wire: Wire;
  let reader: MessageReader;
  let received: Message[];

  beforeEach(() => {
    wire = new Wire();
    reader = new MessageReader(limits);
    received = [];
    wire.on("data", (chunk: Uint8Array) => {
      received.push(...readAll(reader, [chunk]));
      wire.emit("test:message");
    });
  });

  afterEach(() => {
    wire.destroy();
  });

  /** The first message from WebTorrent that is of this type and fits, now or later. */
  async function message<T extends Message["type"]>(
    type: T,
    fits: (message: Extract<Message, { type: T }>) => boolean = () => true,
  ): Promise<Extract<Message, { type: T }>> {
    for (;;) {
      const found = received.find(
        (each): each is Extract<Message, { type: T }> =>
          each.type === type && fits(each as Extract<Message, { type: T }>),
      );
      if (found !== undefined) return found;
      await once(wire, "test:message");
    }
  }

  /** Writes our message and waits for the event by which WebTorrent tells what it understood. */
  async function send(bytes: Uint8Array, event: string): Promise<unknown[]> {
    const understood = once(wire, event);
    wire.write(bytes);
    return understood;
  }

  /** Both handshakes and both extension handshakes. */
  async function meet(): Promise<void> {
    wire.handshake(infoHash, theirs, { dht: true, fast: true });
    await send(encodeHandshake({ infoHash, peerId: ours, extensions }), "handshake");
    await message("extended");
    const payload = encodeExtensionHandshake({
      m: { ut_metadata: 5, lt_donthave: 6 },
      metadataSize: info.length,
      reqq: 1000,
      v: "Shoal 0.1",
      uploadOnly: false,
      maxBlock: 65536,
      about: null,
    });
    await send(encodeExtended(EXTENSION_HANDSHAKE_ID, payload), "extended");
  }

  it("understands our handshake, and we understand its own", async () => {
    wire.handshake(infoHash, theirs, { dht: true, fast: true });
    const understood = await send(encodeHandshake({ infoHash, peerId: ours, extensions }), "handshake");
    expect(understood).toEqual([hex(infoHash), hex(ours), { dht: false, fast: true, extended: true }]);
    expect(await message("handshake")).toEqual({
      type: "handshake",
      infoHash,
      peerId: theirs,
      extensions: { extended: true, fast: true, v2: false, dht: true },
      reserved: Uint8Array.of(0, 0, 0, 0, 0, 0x10, 0, 0x05),
    });
  });

  it("understands our extension handshake, and we understand its own", async () => {
    wire.use(utMetadata(info));
    wire.use(ltDontHave());
    await meet();
    expect(wire.peerExtendedHandshake).toMatchObject({
      m: { ut_metadata: 5, lt_donthave: 6 },
      metadata_size: info.length,
      reqq: 1000,
    });
    const { id, payload } = await message("extended");
    expect(id).toBe(EXTENSION_HANDSHAKE_ID);
    expect(decodeExtensionHandshake(payload)).toEqual({
      m: { ut_metadata: 1, lt_donthave: 2 },
      metadataSize: info.length,
      reqq: null,
      v: null,
      uploadOnly: false,
      maxBlock: null,
      about: null,
    });
  });

  it.each<[Message, string, unknown[]]>([
    [{ type: "keep-alive" }, "keep-alive", []],
    [{ type: "choke" }, "choke", []],
    [{ type: "unchoke" }, "unchoke", []],
    [{ type: "interested" }, "interested", []],
    [{ type: "not-interested" }, "uninterested", []],
    [{ type: "have", piece: 258 }, "have", [258]],
    [{ type: "cancel", piece: 1, begin: 2, length: 3 }, "cancel", [1, 2, 3]],
    [{ type: "port", port: 6881 }, "port", [6881]],
    [{ type: "suggest", piece: 258 }, "suggest", [258]],
    [{ type: "have-all" }, "have-all", []],
    [{ type: "have-none" }, "have-none", []],
    [{ type: "reject", piece: 1, begin: 2, length: 3 }, "reject", [1, 2, 3]],
    [{ type: "allowed-fast", piece: 258 }, "allowed-fast", [258]],
  ])("understands our %j", async (given, event, values) => {
    await meet();
    expect(await send(encodeMessage(given), event)).toEqual(values);
  });

  it("understands our bitfield", async () => {
    await meet();
    await send(encodeMessage({ type: "bitfield", bits: Uint8Array.of(0x81, 0x40) }), "bitfield");
    const has = Array.from({ length: 10 }, (_, piece) => (wire.peerPieces.get(piece) ? "#" : "."));
    expect(has.join("")).toBe("#......#.#");
  });

  it("says everything so that we understand it", async () => {
    await meet();
    received = [];
    wire.keepAlive();
    wire.unchoke();
    wire.choke();
    wire.interested();
    wire.uninterested();
    wire.have(258);
    wire.bitfield(Uint8Array.of(0x81, 0x40));
    wire.cancel(1, 2, 3);
    wire.port(6881);
    wire.suggest(258);
    wire.haveAll();
    wire.haveNone();
    wire.reject(1, 2, 3);
    wire.allowedFast(258);
    await message("allowed-fast");
    expect(received).toEqual([
      { type: "keep-alive" },
      { type: "unchoke" },
      { type: "choke" },
      { type: "interested" },
      { type: "not-interested" },
      { type: "have", piece: 258 },
      { type: "bitfield", bits: Uint8Array.of(0x81, 0x40) },
      { type: "cancel", piece: 1, begin: 2, length: 3 },
      { type: "port", port: 6881 },
      { type: "suggest", piece: 258 },
      { type: "have-all" },
      { type: "have-none" },
      { type: "reject", piece: 1, begin: 2, length: 3 },
      { type: "allowed-fast", piece: 258 },
    ]);
  });

  it("gets the block that it asked us for", async () => {
    await meet();
    await send(encodeUnchoke(), "unchoke");
    const answer = new Promise<Uint8Array | null>((resolve, refuse) => {
      wire.request(7, 16_384, 1000, (error, block) => (error === null ? resolve(block) : refuse(error)));
    });
    const { piece, begin, length } = await message("request");
    expect([piece, begin, length]).toEqual([7, 16_384, 1000]);
    const block = Uint8Array.from({ length }, (_, at) => at);
    wire.write(encodeMessage({ type: "piece", piece, begin, block }));
    expect(new Uint8Array((await answer)!)).toEqual(block);
  });

  it("gives the block that we ask it for", async () => {
    await meet();
    wire.unchoke();
    const block = Uint8Array.from({ length: 1000 }, (_, at) => at);
    wire.on("request", (_piece, _begin, _length, respond: (error: null, block: Uint8Array) => void) => {
      respond(null, block);
    });
    const request = { type: "request", piece: 7, begin: 16_384, length: 1000 } as const;
    const understood = await send(encodeMessage(request), "request");
    expect(understood.slice(0, 3)).toEqual([7, 16_384, 1000]);
    expect(await message("piece")).toEqual({ type: "piece", piece: 7, begin: 16_384, block });
  });

  it("fetches metadata from us", async () => {
    wire.use(utMetadata());
    const metadata = once(wire.ut_metadata, "metadata");
    wire.ut_metadata.fetch();
    await meet();
    const { payload } = await message("extended", ({ id }) => id === 5);
    expect(decodePartMessage("ut_metadata", payload)).toEqual({ kind: "request", piece: 0 });
    const answer = encodePartMessage({ kind: "data", piece: 0, totalSize: info.length, data: info });
    wire.write(encodeExtended(1, answer));
    const [torrent] = (await metadata) as [Uint8Array];
    expect(Buffer.from(torrent).includes(Buffer.from(info))).toBe(true);
  });

  it("gives us metadata", async () => {
    wire.use(utMetadata(info));
    await meet();
    wire.write(encodeExtended(1, encodePartMessage({ kind: "request", piece: 0 })));
    const { payload } = await message("extended", ({ id }) => id === 5);
    expect(decodePartMessage("ut_metadata", payload)).toEqual({
      kind: "data",
      piece: 0,
      totalSize: info.length,
      data: info,
    });
  });

  it("rejects metadata that it lacks", async () => {
    wire.use(utMetadata());
    await meet();
    wire.write(encodeExtended(1, encodePartMessage({ kind: "request", piece: 3 })));
    const { payload } = await message("extended", ({ id }) => id === 5);
    expect(decodePartMessage("ut_metadata", payload)).toEqual({ kind: "reject", piece: 3 });
  });

  it("understands that we no longer have a piece", async () => {
    wire.use(ltDontHave());
    await meet();
    await send(encodeMessage({ type: "have", piece: 9 }), "have");
    const understood = once(wire.lt_donthave, "donthave");
    wire.write(encodeExtended(1, encodeDontHave(9)));
    expect(await understood).toEqual([9]);
  });
});
