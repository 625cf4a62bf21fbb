/** Private shares, announced under a rendezvous: which peers find them, and what they give away of the content. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { truncatedV2 } from "../../../app/engine/content/info-hash.ts";
import { binaryStringToBytes } from "../../../app/engine/discovery/tracker-messages.ts";
import type { TorrentRecord } from "../../../app/engine/host.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { TRACKER, VirtualNetwork, type VirtualNode } from "../../support/virtual-network.ts";

const content = sampleContent("hybrid", { "a.bin": 300_000, "b.bin": 70_000 }, 32_768);
const v2 = sampleContent("v2", { "a.bin": 300_000 }, 32_768);
const rendezvous = new Uint8Array(20).fill(9);
const noHashes = { infoHashV1: null, infoHashV2: null, info: null, pieceLayers: null, nameHint: null };

/** Adds the sample as a private share: all of it, or nothing but its rendezvous. */
function addPrivately(node: VirtualNode, knows: "all" | "rendezvous", sample = content): string {
  const base = sample.record("torrent", { id: "private", rendezvous, trackers: [TRACKER] });
  const record: TorrentRecord = knows === "all" ? base : { ...base, ...noHashes };
  if (knows === "all")
    for (let piece = 0; piece < sample.info.pieceCount; piece++)
      node.host.piecesOf("private").set(piece, sample.piece(piece));
  return node.engine.addTorrent({ record, have: knows === "all" ? "all" : "none" });
}

describe("two that know a rendezvous", () => {
  test.each([
    ["hybrid", content],
    ["v2", v2],
  ])("meet, and fetch a %s torrent once its hashes are known", (_, sample) => {
    const net = new VirtualNetwork(1);
    const [a, b] = [net.add("A"), net.add("B")];
    addPrivately(a, "all", sample);
    const id = addPrivately(b, "rendezvous", sample);
    net.drive(() => b.engine.snapshot(id).peers.some(({ state }) => state === "connected"), 10_000, "a link");
    net.clock.run(20_000);
    expect(b.engine.snapshot(id), "nothing can be told from something wrong").toMatchObject({
      phase: "metadata",
      peers: [{ state: "connected" }],
    });
    b.engine.learnHashes(id, sample.info.infoHashV1, sample.info.infoHashV2);
    net.drive(() => b.has(sample, id), 30_000, "the download");
    expect(b.engine.snapshot(id)).toMatchObject({ wasted: 0 });
    expect(b.host.records.get(id)).toMatchObject({ rendezvous, infoHashV2: sample.info.infoHashV2 });
  });

  test("learn hashes once: others later change nothing", () => {
    const net = new VirtualNetwork(1);
    const b = net.add("B");
    const id = addPrivately(b, "rendezvous");
    b.engine.learnHashes(id, null, content.info.infoHashV2);
    b.engine.learnHashes(id, new Uint8Array(20), new Uint8Array(32));
    expect(b.engine.record(id)).toMatchObject({ infoHashV1: null, infoHashV2: content.info.infoHashV2 });
  });
});

test("neither trackers nor handshakes ever name the content's hashes", () => {
  const net = new VirtualNetwork(1);
  const [a, b] = [net.add("A"), net.add("B")];
  const told: string[] = [];
  const sent: string[] = [];
  for (const { host } of [a, b]) {
    const { sendTracker, send } = host;
    host.sendTracker = (url, text) => {
      told.push(JSON.parse(text).info_hash);
      sendTracker.call(host, url, text);
    };
    host.send = (link, bytes) => {
      sent.push(bytesToHex(bytes.subarray(0, 68)));
      send.call(host, link, bytes);
    };
  }
  addPrivately(a, "all");
  const id = addPrivately(b, "rendezvous");
  b.engine.learnHashes(id, content.info.infoHashV1, content.info.infoHashV2);
  net.drive(() => b.has(content, id), 30_000, "the download");
  b.engine.stop();
  expect(new Set(told.map((hash) => bytesToHex(binaryStringToBytes(hash))))).toEqual(
    new Set([bytesToHex(rendezvous)]),
  );
  const handshakes = sent.filter((bytes) => bytes.startsWith("13426974"));
  expect(handshakes.length).toBeGreaterThan(0);
  const { infoHashV1, infoHashV2 } = content.info;
  for (const hash of [infoHashV1!, truncatedV2(infoHashV2!)])
    expect(handshakes.filter((bytes) => bytes.includes(bytesToHex(hash)))).toEqual([]);
});

describe("a private share and a public one of the same files", () => {
  test.each(["public first", "private first"])("are two shares, %s", (order) => {
    const net = new VirtualNetwork(1);
    const node = net.add("A");
    const addPublic = () => node.add(content, "seed");
    const ids =
      order === "public first"
        ? [addPublic(), addPrivately(node, "all")]
        : [addPrivately(node, "all"), addPublic()];
    expect(new Set(ids).size).toBe(2);
    expect(node.engine.torrents()).toHaveLength(2);
    expect(node.engine.find(content.record("link"))).not.toBe("private");
  });

  test("a private one is found by its id again", () => {
    const net = new VirtualNetwork(1);
    const node = net.add("A");
    addPrivately(node, "all");
    expect(addPrivately(node, "rendezvous")).toBe("private");
    expect(node.engine.torrents()).toEqual(["private"]);
  });
});
