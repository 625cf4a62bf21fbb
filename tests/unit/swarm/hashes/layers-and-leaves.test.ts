/**
 * Hash messages as conversations. A piece has two blocks, so layer 0 has the leaves and layer 1 is the piece layer.
 */
import { describe, expect, test } from "vitest";
import { HASH_REQUEST_TIMEOUT } from "../../../../app/engine/constants.ts";
import { HashExchange, type HashRequest } from "../../../../app/engine/content/hash-exchange.ts";
import { PieceHashes } from "../../../../app/engine/content/piece-hashes.ts";
import { CHOKE_INTERVAL, SEND_QUEUE_MAX } from "../../../../app/engine/swarm/upload/constants.ts";
import {
  encodeHashes,
  encodeHashReject,
  encodeHashRequest,
  encodeInterested,
  encodeRequest,
} from "../../../../app/engine/wire/encode.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { leavesOf } from "../../../support/torrents.ts";
import { BLOCK, Stage, type Stranger } from "../stage.ts";

const files = { "a.bin": 5 * 2 * BLOCK, "b.bin": 3 * 2 * BLOCK, "small.bin": 9 };
const content = sampleContent("v2", files, 2 * BLOCK);
const truth = new HashExchange(new PieceHashes(content.info, content.pieceLayers));
const withoutLayers = () => new Stage(content, { record: { pieceLayers: null } });

function hashRequests(stranger: Stranger): HashRequest[] {
  return stranger.takeMessages().flatMap((message) => (message.type === "hash-request" ? [message] : []));
}

function serve(stranger: Stranger, damage = false): number {
  const requests = hashRequests(stranger);
  for (const request of requests) {
    const hashes = truth.reply(request)!.slice();
    if (damage) hashes[0]! ^= 1;
    stranger.say(encodeHashes(request, hashes));
  }
  return requests.length;
}

const asked = (stranger: Stranger) =>
  stranger.takeMessages().filter((message) => message.type === "request" && message.piece < 8).length;

describe("layers that are missing", () => {
  test("are asked of a v2 peer, and pieces open as their layer arrives", () => {
    const stage = withoutLayers();
    const a = stage.meet("A");
    expect(a.heard().filter((line) => line.startsWith("request"))).toEqual(["request 8.0"]);
    a.sendBlocks(8, 0, 1);
    stage.run(100);
    expect(serve(a)).toBe(2);
    expect(asked(a)).toBeGreaterThan(1);
    expect(stage.host.records.get(stage.id)?.pieceLayers).toEqual(content.pieceLayers);
  });

  test("are not asked of a peer that knows only v1", () => {
    const hybrid = sampleContent("hybrid", files, 2 * BLOCK);
    const stage = new Stage(hybrid, { record: { pieceLayers: null } });
    const a = stage.meet("A", { infoHash: hybrid.info.infoHashV1!, extensions: { v2: false } });
    stage.run(500);
    expect(hashRequests(a)).toEqual([]);
  });

  test("wrong hashes end in a ban, and another peer is asked", () => {
    const stage = withoutLayers();
    const liar = stage.meet("A");
    const honest = stage.meet("B");
    stage.run(100);
    for (let at = 0; at < 10; at++) {
      serve(liar, true);
      serve(honest);
      stage.run(100);
    }
    expect(liar.closed).toBe("bad-piece");
    expect(honest.closed).toBeNull();
    expect(stage.host.records.get(stage.id)?.pieceLayers).toEqual(content.pieceLayers);
  });

  test("a reject sends the request to another peer at once, back to the same one after a while", () => {
    const stage = withoutLayers();
    const a = stage.meet("A");
    stage.run(100);
    const requests = hashRequests(a);
    expect(requests).toHaveLength(2);
    for (const request of requests) a.say(encodeHashReject(request));
    stage.run(HASH_REQUEST_TIMEOUT - 500);
    expect(hashRequests(a)).toEqual([]);
    const b = stage.meet("B");
    stage.run(100);
    expect(hashRequests(b)).toHaveLength(2);
    b.leave();
    stage.run(1000);
    expect(serve(a)).toBe(2);
    expect(stage.host.records.get(stage.id)?.pieceLayers).toEqual(content.pieceLayers);
  });

  test("who stays silent loses its requests to another", () => {
    const stage = withoutLayers();
    const a = stage.meet("A");
    stage.run(100);
    expect(hashRequests(a)).toHaveLength(2);
    const b = stage.meet("B");
    stage.run(HASH_REQUEST_TIMEOUT + 200);
    expect(serve(b)).toBe(2);
    expect(stage.host.records.get(stage.id)?.pieceLayers).toEqual(content.pieceLayers);
  });

  test("an answer that was asked of somebody else is ignored", () => {
    const stage = withoutLayers();
    const a = stage.meet("A");
    const b = stage.meet("B");
    stage.run(100);
    for (const request of hashRequests(a)) b.say(encodeHashes(request, truth.reply(request)!));
    expect(stage.host.records.get(stage.id)?.pieceLayers).toEqual([null, null, null]);
    expect(b.closed).toBeNull();
  });
});

describe("serving", () => {
  const layer: HashRequest = {
    root: content.info.files[0]!.piecesRoot!,
    baseLayer: 1,
    index: 0,
    length: 8,
    proofLayers: 0,
  };
  const leaf: HashRequest = { ...layer, baseLayer: 0, index: 2, length: 2, proofLayers: 0 };

  test("a layer is told at once", () => {
    const a = new Stage(content, { have: "all" }).meet("A", { has: "none" });
    a.say(encodeHashRequest(layer));
    expect(a.heard()).toEqual(["hashes layer 1 0+8"]);
  });

  test("leaves are told once the piece is read and hashed, to all who asked, with one reading", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    const b = stage.meet("B", { has: "none" });
    a.say(encodeHashRequest(leaf));
    b.say(encodeHashRequest(leaf));
    expect(a.heard()).toEqual([]);
    stage.run(50);
    const [answer] = a.takeMessages().filter((message) => message.type === "hashes");
    expect(answer).toMatchObject({ hashes: leavesOf(content.piece(1)) });
    expect(b.heard()).toEqual(["hashes layer 0 2+2"]);
    expect(stage.host.disk.reads).toEqual([1]);
  });

  test.each([
    ["of a root that is not this torrent's", { ...layer, root: new Uint8Array(32).fill(1) }],
    ["of a layer between", { ...layer, baseLayer: 2, length: 2 }],
    ["beyond the file", { ...leaf, index: 512 }],
    ["of more leaves than a piece has", { ...leaf, index: 0, length: 4 }],
  ])("a request %s is rejected", (_, request) => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.say(encodeHashRequest(request));
    stage.run(50);
    expect(a.heard()[0]).toMatch(/^hash-reject/);
  });

  test("leaves of a piece that we lack, or cannot read, are rejected", () => {
    const lacking = new Stage(content, { have: "x.xxxxxxx" });
    const a = lacking.meet("A", { has: "none" });
    a.say(encodeHashRequest(leaf));
    expect(a.heard()).toEqual(["hash-reject layer 0 2+2"]);
    const broken = new Stage(content, { have: "all" });
    const b = broken.meet("B", { has: "none" });
    broken.host.disk.unreadable.add(1);
    b.say(encodeHashRequest(leaf));
    broken.run(50);
    expect(b.heard()).toContain("hash-reject layer 0 2+2");
  });

  test("nothing is told while more is queued on the link than blocks would fill it with", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.buffered = 2 * SEND_QUEUE_MAX + 1;
    for (const request of [layer, leaf]) a.say(encodeHashRequest(request));
    expect(a.heard()).toEqual(["hash-reject layer 1 0+8", "hash-reject layer 0 2+2"]);
    a.buffered = SEND_QUEUE_MAX;
    a.say(encodeHashRequest(layer));
    expect(a.heard()).toEqual(["hashes layer 1 0+8"]);
    expect(stage.host.disk.reads).toEqual([]);
  });

  test("leaves asked for again before they are there are told once", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    for (let at = 0; at < 5; at++) a.say(encodeHashRequest(leaf));
    stage.run(50);
    expect(a.heard()).toEqual(["hashes layer 0 2+2"]);
  });

  test("a piece whose leaves and blocks are asked for is read once", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.say(encodeInterested());
    stage.run(CHOKE_INTERVAL);
    a.takeMessages();
    const answers = () =>
      a
        .heard()
        .filter((line) => !line.startsWith("suggest"))
        .sort();
    a.say(encodeRequest({ piece: 1, begin: 0, length: BLOCK }), encodeHashRequest(leaf));
    stage.run(50);
    expect(answers()).toEqual(["hashes layer 0 2+2", "piece 1.0"]);
    a.say(encodeHashRequest({ ...leaf, index: 4 }), encodeRequest({ piece: 2, begin: 0, length: BLOCK }));
    stage.run(50);
    expect(answers()).toEqual(["hashes layer 0 4+2", "piece 2.0"]);
    expect(stage.host.disk.reads).toEqual([1, 2]);
  });

  test("of leaves a peer may ask for so many at a time, and one piece is read after the other", () => {
    const long = sampleContent("v2", { "a.bin": 40 * 2 * BLOCK }, 2 * BLOCK);
    const stage = new Stage(long, { have: "all" });
    const greedy = stage.meet("A", { has: "none" });
    const modest = stage.meet("B", { has: "none" });
    const root = long.info.files[0]!.piecesRoot!;
    const leavesOfPiece = (piece: number) => encodeHashRequest({ ...leaf, root, index: 2 * piece });
    for (let piece = 0; piece < 40; piece++) greedy.say(leavesOfPiece(piece));
    modest.say(leavesOfPiece(39));
    expect(stage.host.disk.reads).toEqual([0]);
    expect(greedy.heard().filter((line) => line.startsWith("hash-reject"))).toHaveLength(24);
    stage.run(1000);
    expect(greedy.heard().filter((line) => line.startsWith("hashes"))).toHaveLength(16);
    expect(modest.heard()).toEqual(["hashes layer 0 78+2"]);
    greedy.say(leavesOfPiece(20));
    stage.run(50);
    expect(greedy.heard()).toEqual(["hashes layer 0 40+2"]);
  });

  test("leaves are told to the others when who asked first leaves", () => {
    const stage = new Stage(content, { have: "all" });
    const [a, b, c] = ["A", "B", "C"].map((name) => stage.meet(name, { has: "none" }));
    a!.say(encodeHashRequest(leaf));
    b!.say(encodeHashRequest({ ...leaf, index: 4 }));
    c!.say(encodeHashRequest({ ...leaf, index: 6 }));
    a!.leave();
    b!.leave();
    stage.run(50);
    expect(c!.heard()).toEqual(["hashes layer 0 6+2"]);
    expect(stage.host.disk.reads).toEqual([1, 3]);
  });

  test("who leaves before the answer is not spoken to", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.say(encodeHashRequest(leaf));
    a.leave();
    stage.run(50);
    expect(a.heard()).toEqual([]);
  });
});
