/** libtorrent as a witness: what it really sent, read by us. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeExtensionHandshake } from "../../../app/engine/wire/extended.ts";
import type { Message } from "../../../app/engine/wire/message.ts";
import { MessageReader } from "../../../app/engine/wire/message-reader.ts";
import { decodePartMessage } from "../../../app/engine/wire/part-message.ts";
import { concat, cut, encodeMessage, hash, limits, readAll } from "./messages.ts";

describe("libtorrent, recorded", () => {
  const url = new URL("../../fixtures/wire/libtorrent.txt", import.meta.url);
  const lines = readFileSync(url, "utf8").split("\n");
  const root = new Uint8Array(Buffer.from(lines.find((line) => line.startsWith("# root"))!.slice(7), "hex"));
  const recorded = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => new Uint8Array(Buffer.from(line, "hex")));

  const read = readAll(new MessageReader(limits), cut(concat(recorded), [37]));
  const find = <T extends Message["type"]>(type: T) =>
    read.filter((message): message is Extract<Message, { type: T }> => message.type === type);

  it("is read message by message", () => {
    expect(read.map(({ type }) => type)).toEqual([
      "handshake",
      "extended",
      "have-all",
      "unchoke",
      "extended",
      "hashes",
      "hashes",
      "hash-reject",
      ...Array(5).fill("allowed-fast"),
      "unchoke",
      "reject",
      "piece",
    ]);
    expect(find("reject")).toEqual([{ type: "reject", piece: 99, begin: 0, length: 100 }]);
    expect(find("piece")).toMatchObject([{ piece: 6, begin: 0, block: { length: 100 } }]);
    expect(find("hash-reject")).toEqual([
      { type: "hash-reject", root, baseLayer: 0, index: 4, length: 4, proofLayers: 9 },
    ]);
  });

  it("comes out of our encoders byte for byte", () => {
    expect(read.slice(1).map(encodeMessage)).toEqual(recorded.slice(1));
  });

  it("says what it can do", () => {
    const [, message] = read;
    expect(decodeExtensionHandshake(message?.type === "extended" ? message.payload : root)).toEqual({
      m: { lt_donthave: 7, share_mode: 8, upload_only: 3, ut_holepunch: 4, ut_metadata: 2, ut_pex: 1 },
      metadataSize: 314,
      reqq: 2000,
      v: "libtorrent/2.0.8.0",
      uploadOnly: true,
      maxBlock: null,
      about: null,
    });
  });

  it("gives metadata with the v2 hash that opened the link", () => {
    const message = decodePartMessage("ut_metadata", find("extended")[1]!.payload);
    const data = message?.kind === "data" ? message.data : root;
    expect(message).toMatchObject({ kind: "data", piece: 0, totalSize: 314, data: { length: 314 } });
    expect(hash("sha256", data).slice(0, 20)).toEqual(find("handshake")[0]!.infoHash);
  });

  it("gives as many hashes as we count, and they lead to the root", () => {
    const pair = (left: Uint8Array, right: Uint8Array) => hash("sha256", left, right);
    const split = (hashes: Uint8Array) =>
      Array.from({ length: hashes.length / 32 }, (_, at) => hashes.slice(32 * at, 32 * at + 32));
    const fold = (layer: Uint8Array[]): Uint8Array =>
      layer.length === 1
        ? layer[0]!
        : fold(layer.flatMap((hash, at) => (at % 2 === 0 ? [pair(hash, layer[at + 1]!)] : [])));

    const [half, whole] = find("hashes").map(({ hashes }) => split(hashes));
    expect(half).toHaveLength(5);
    expect(pair(half![4]!, fold(half!.slice(0, 4)))).toEqual(root);
    expect(fold(whole!)).toEqual(root);
  });
});
