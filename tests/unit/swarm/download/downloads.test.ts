/** Requests as a conversation: "request 2.1" asks for block 1 of piece 2. */

import { describe, expect, test } from "vitest";
import { PieceHashes } from "../../../../app/engine/content/piece-hashes.ts";
import {
  REFUSED_FOR,
  REQUEST_TIMEOUT_MIN,
  SNUB_AFTER,
  UNREQUESTED_LIMIT,
} from "../../../../app/engine/swarm/download/constants.ts";
import { Downloads } from "../../../../app/engine/swarm/download/downloads.ts";
import { UNSTORED_BYTES, WINDOW_MAX } from "../../../../app/engine/swarm/flow/constants.ts";
import { RateLimit } from "../../../../app/engine/swarm/flow/rate-limit.ts";
import { UnstoredBudget } from "../../../../app/engine/swarm/flow/unstored-budget.ts";
import { DEFAULT_POLICY } from "../../../../app/engine/swarm/peers/comparison-policy.ts";
import { GivenUpRequests } from "../../../../app/engine/swarm/peers/given-up-requests.ts";
import { Bitfield } from "../../../../app/engine/swarm/pieces/bitfield.ts";
import { Pieces } from "../../../../app/engine/swarm/pieces/pieces.ts";
import {
  encodeAllowedFast,
  encodeChoke,
  encodeExtended,
  encodeHave,
  encodePiece,
  encodeReject,
  encodeUnchoke,
} from "../../../../app/engine/wire/encode.ts";
import { encodeDontHave } from "../../../../app/engine/wire/lt-donthave.ts";
import { encodeReceived } from "../../../../app/engine/wire/sh-received.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { BLOCK, OUR_DONT_HAVE, OUR_RECEIVED, Stage, type Stranger } from "../stage.ts";
import { makePeer, quietHost } from "../test-peers.ts";

/** Pieces of two blocks, which are as many as a newcomer is asked for at first. */
const two = (pieces: number) => sampleContent("hybrid", { "a.bin": pieces * 2 * BLOCK }, 2 * BLOCK);
const block = (piece: number, index: number) => ({ piece, begin: index * BLOCK, length: BLOCK });

describe("asking", () => {
  test("as much as the window holds is asked for at once, piece after piece", () => {
    const stage = new Stage(two(4), { roomy: true });
    const a = stage.meet("A", { has: "xxxx", proven: true });
    const requests = a.heard();
    expect(requests).toHaveLength(8);
    expect(new Set(requests).size).toBe(8);
    expect(requests.map((line) => line.at(-1)).join("")).toBe("01010101");
  });

  test("nothing is asked of a peer that chokes, except pieces that it allows", () => {
    const stage = new Stage(two(4));
    const a = stage.meet("A", { unchokes: false });
    stage.run(1000);
    expect(a.heard()).toEqual([]);
    a.say(encodeAllowedFast(2));
    expect(a.heard()).toEqual(["request 2.0", "request 2.1"]);
  });

  test("nothing is asked while the person has not pressed Download", () => {
    const stage = new Stage(two(2), { record: { active: false } });
    const a = stage.meet("A");
    expect(a.heard()).toEqual([]);
    stage.engine.setActive(stage.id, true);
    expect(a.heard()).toHaveLength(2);
  });

  test("a peer's own limit of requests is kept", () => {
    const stage = new Stage(two(4));
    const a = stage.meet("A", { reqq: 1 });
    expect(a.heard()).toHaveLength(1);
  });

  test("blocks that came are replaced by new requests until all is stored", () => {
    const content = sampleContent("hybrid", { "a.bin": 40 * BLOCK + 5 }, 2 * BLOCK);
    const stage = new Stage(content);
    const a = stage.meet("A");
    stage.clock.drive(
      () => {
        a.serve();
        return stage.snapshot().complete;
      },
      5000,
      "the download",
    );
    for (let piece = 0; piece < content.info.pieceCount; piece++)
      expect(Buffer.compare(stage.host.piecesOf(stage.id).get(piece)!, content.piece(piece))).toBe(0);
    expect(stage.snapshot()).toMatchObject({ phase: "seeding", wasted: 0, downloaded: 40 * BLOCK + 5 });
  });
});

describe("a sender that serves others too", () => {
  const six = two(3);

  test("is told which blocks came, with the next request", () => {
    const stage = new Stage(six);
    const a = stage.meet("A", { reqq: 2, hearsReceived: true, proven: true });
    const [first, second] = a.serve();
    const lines = a.heard();
    // Both came in one input after the other: each word goes before the request that follows it.
    expect(lines.filter((line) => line.startsWith("received"))).toEqual([
      `received ${first}`,
      `received ${second}`,
    ]);
    expect(lines[0]).toBe(`received ${first}`);
    expect(lines.filter((line) => line.startsWith("request"))).toHaveLength(2);
  });

  test("and not by a message of its own, which costs more than it is worth", () => {
    const stage = new Stage(two(1));
    const a = stage.meet("A", { hearsReceived: true });
    a.serve();
    stage.run(1000);
    expect(a.heard().filter((line) => line.startsWith("received"))).toEqual([]);
  });

  test("unless it wants to know at once", () => {
    const stage = new Stage(two(1));
    const a = stage.meet("A", { hearsReceived: true });
    a.say(encodeExtended(OUR_RECEIVED, encodeReceived([])));
    a.serve();
    expect(a.heard()).toEqual(["received 0.0", "received 0.1"]);
  });

  test("hears nothing of it if it does not know what that means", () => {
    const stage = new Stage(six);
    const a = stage.meet("A", { reqq: 2 });
    a.say(encodeExtended(OUR_RECEIVED, encodeReceived([])));
    a.serve();
    stage.run(200);
    expect(a.heard().filter((line) => line.startsWith("received"))).toEqual([]);
  });
});

/** The piece that a peer was asked for first, of all that it heard. */
function firstPieceAsked(stranger: Stranger): number {
  const first = stranger.takeMessages().find((message) => message.type === "request");
  return (first as { piece: number }).piece;
}

describe("what does not come", () => {
  test("a choke without the fast extension frees everything for others", () => {
    const stage = new Stage(two(1));
    const a = stage.meet("A", { extensions: { fast: false } });
    expect(a.heard()).toEqual(["request 0.0", "request 0.1"]);
    stage.run(10);
    const b = stage.meet("B");
    // One block that is asked of A too: the endgame.
    expect(b.heard()).toEqual(["request 0.0"]);
    a.say(encodeChoke());
    expect(b.heard()).toEqual(["request 0.1"]);
  });

  test("a choke with the fast extension leaves requests to be rejected one by one", () => {
    const stage = new Stage(two(1));
    const a = stage.meet("A");
    a.heard();
    a.say(encodeChoke());
    a.say(encodeReject(block(0, 0)));
    expect(stage.snapshot().peers[0]).toMatchObject({ requestsOut: 1 });
    a.say(encodeReject(block(0, 1)), encodeUnchoke());
    expect(a.heard()).toEqual(["request 0.0", "request 0.1"]);
  });

  test("who rejects although nothing keeps it from serving is asked for that piece again later", () => {
    const stage = new Stage(two(2));
    const a = stage.meet("A");
    const piece = firstPieceAsked(a);
    a.say(encodeReject(block(piece, 0)), encodeReject(block(piece, 1)));
    expect(stage.snapshot().peers[0]!.progress).toBe(0.5);
    const other = 1 - piece;
    expect(a.heard()).toEqual([`request ${other}.0`, `request ${other}.1`]);
    a.sendBlocks(other, 0, 2);
    stage.run(REFUSED_FOR - 1000);
    expect(a.heard()).not.toContain(`request ${piece}.0`);
    stage.run(2000);
    expect(a.heard()).toEqual([`request ${piece}.0`, `request ${piece}.1`]);
    a.sendBlocks(piece, 0, 2);
    stage.run(100);
    expect(stage.have).toBe("xx");
  });

  test("who says itself that it does not have a piece is not asked for it again", () => {
    const stage = new Stage(two(2));
    const a = stage.meet("A");
    const piece = firstPieceAsked(a);
    a.say(encodeReject(block(piece, 0)), encodeReject(block(piece, 1)));
    a.say(encodeExtended(OUR_DONT_HAVE, encodeDontHave(piece)));
    a.sendBlocks(1 - piece, 0, 2);
    stage.run(2 * REFUSED_FOR);
    expect(stage.snapshot().peers[0]!.progress).toBe(0.5);
    a.heard();
    a.say(encodeHave(piece));
    expect(a.heard()).toContain(`request ${piece}.0`);
  });

  test("late requests are cancelled and asked of another; the rejects that follow change nothing", () => {
    const stage = new Stage(two(4), { roomy: true });
    const a = stage.meet("A", { has: "all", proven: true });
    const piece = firstPieceAsked(a);
    a.sendBlocks(piece, 0, 1);
    const b = stage.meet("B", { has: "all", proven: true });
    stage.run(REQUEST_TIMEOUT_MIN + 3000);
    expect(a.heard()).toContain(`cancel ${piece}.1`);
    expect(b.heard()).toContain(`request ${piece}.1`);
    a.say(encodeReject(block(piece, 1)));
    expect(stage.snapshot().peers[0]!.progress).toBe(1);
    b.sendBlocks(piece, 1, 1);
    stage.run(100);
    expect(stage.have[piece]).toBe("x");
  });

  test("what nobody else has is waited for, however late, and asked for once", () => {
    const stage = new Stage(two(4));
    const a = stage.meet("A", { has: "all" });
    const piece = firstPieceAsked(a);
    a.sendBlocks(piece, 0, 1);
    a.heard();
    stage.run(REQUEST_TIMEOUT_MIN + 3000);
    expect(a.heard()).toEqual([]);
    a.sendBlocks(piece, 1, 1);
    stage.run(100);
    expect(stage.have[piece]).toBe("x");
    expect(stage.snapshot().wasted).toBe(0);
  });

  test("a block that was given up twice may come twice: nobody is banned for what was asked", () => {
    const lapsed = new GivenUpRequests();
    lapsed.add(7, 16_384);
    lapsed.add(7, 16_384);
    lapsed.add(7, 65_536);
    expect([lapsed.take(7, 16_384), lapsed.take(7, 16_384), lapsed.take(7, 16_384)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([lapsed.take(7, 65_536), lapsed.size]).toEqual([true, 0]);
  });

  test("a peer that never sends a block is snubbed and asked for one block at a time", () => {
    const stage = new Stage(sampleContent("hybrid", { "a.bin": 8 * BLOCK }, 4 * BLOCK));
    const a = stage.meet("A");
    stage.run(SNUB_AFTER - 1000);
    expect(stage.snapshot().peers[0]).toMatchObject({ snubbed: false, requestsOut: 2 });
    stage.run(2000);
    expect(stage.snapshot().peers[0]).toMatchObject({ snubbed: true, requestsOut: 1 });
    const asked = a.heard().at(-1)!;
    const [piece, index] = asked.replace("request ", "").split(".").map(Number);
    a.sendBlocks(piece!, index!, 1);
    expect(stage.snapshot().peers[0]).toMatchObject({ snubbed: false, requestsOut: 2 });
  });

  test("a peer that was quick and then stops is snubbed as well", () => {
    const stage = new Stage(two(8));
    const a = stage.meet("A");
    let blocks = 0;
    for (let round = 0; round < 4; round++) {
      blocks += a.serve().length;
      stage.run(100);
    }
    expect(blocks).toBeGreaterThan(8);
    stage.run(SNUB_AFTER + 2000);
    expect(stage.snapshot().peers[0]).toMatchObject({ snubbed: true, requestsOut: 1 });
  });

  test("what a snubbed peer was asked for is asked of others", () => {
    const stage = new Stage(two(1));
    const a = stage.meet("A");
    expect(a.heard()).toEqual(["request 0.0", "request 0.1"]);
    stage.run(SNUB_AFTER + 1000);
    // Cancelled: what is given up may not fill the queue of the peer, which would refuse all that comes after.
    expect(a.heard()).toEqual(["cancel 0.0", "cancel 0.1", "request 0.0"]);
    const b = stage.meet("B");
    expect(b.heard()).toEqual(["request 0.1"]);
  });

  test("a peer that has nothing to send is not snubbed for it", () => {
    const stage = new Stage(two(2));
    const a = stage.meet("A", { has: "none" });
    stage.run(2 * SNUB_AFTER);
    expect(stage.snapshot().peers[0]).toMatchObject({ snubbed: false });
    a.say(encodeHave(1));
    expect(a.heard()).toEqual(["request 1.0", "request 1.1"]);
    stage.run(1000);
    expect(stage.snapshot().peers[0]).toMatchObject({ snubbed: false, requestsOut: 2 });
  });
});

describe("what comes unasked", () => {
  test("blocks of cancelled requests are taken as long as they are missing", () => {
    const stage = new Stage(two(1));
    const a = stage.meet("A");
    a.heard();
    const b = stage.meet("B");
    stage.run(SNUB_AFTER + 1000);
    a.sendBlocks(0, 0, 2);
    stage.run(100);
    expect(stage.have).toBe("x");
    b.sendBlocks(0, 0, 1);
    expect(stage.snapshot().peers.find((peer) => peer.link === b.link)).toBeDefined();
  });

  test("a block that came from two peers counts once, and as wasted once", () => {
    const stage = new Stage(two(1));
    const a = stage.meet("A");
    expect(a.heard()).toEqual(["request 0.0", "request 0.1"]);
    stage.run(10);
    const b = stage.meet("B");
    expect(b.heard()).toEqual(["request 0.0"]);
    b.sendBlocks(0, 0, 1);
    expect(a.heard()).toEqual(["cancel 0.0"]);
    a.sendBlocks(0, 0, 2);
    stage.run(100);
    expect(stage.snapshot()).toMatchObject({ complete: true, wasted: BLOCK, downloaded: 2 * BLOCK });
  });

  test("unrequested blocks are wasted, and too many of them end in a ban", () => {
    const stage = new Stage(two(2));
    const a = stage.meet("A", { unchokes: false });
    for (let i = 1; i < UNREQUESTED_LIMIT; i++) a.sendBlocks(0, 0, 1);
    expect(a.closed).toBeNull();
    expect(stage.snapshot().wasted).toBe((UNREQUESTED_LIMIT - 1) * BLOCK);
    a.sendBlocks(0, 0, 1);
    expect(a.closed).toBe("unrequested-data");
    expect(() => stage.open("A")).toThrow("not let in");
  });

  test.each([
    ["shorter than asked", 0, 0, BLOCK - 1],
    ["longer than asked", 0, 0, BLOCK + 1],
    ["not at a block's start", 0, 1, BLOCK],
    ["far beyond the piece, where another piece's key would be", 0, 4096 * BLOCK, BLOCK],
    ["far beyond the piece, where a larger key would be", 0, 8192 * BLOCK, BLOCK],
  ])("a block %s is not taken for one that was asked", (_, piece, begin, length) => {
    const stage = new Stage(two(2), { roomy: true });
    const a = stage.meet("A", { proven: true });
    a.heard();
    a.say(encodePiece(piece, begin, new Uint8Array(length)));
    expect(stage.snapshot()).toMatchObject({ wasted: length });
    expect(stage.snapshot().peers[0]).toMatchObject({ requestsOut: 4 });
  });
});

test("a request that ends while its piece is being verified leaves no trace there: what fails can be asked for again", () => {
  const content = two(1);
  const { info, pieceLayers, map } = content;
  const host = quietHost();
  const pieces = new Pieces({
    info,
    map,
    hashes: new PieceHashes(info, pieceLayers),
    have: new Bitfield(1),
    wanted: null,
    random: () => 0,
  });
  const a = makePeer(host, 1, "A", "x");
  const limits = { up: new RateLimit(0, null), down: new RateLimit(0, null) };
  const downloads = new Downloads({
    host,
    peers: new Map([[1, a]]),
    budget: new UnstoredBudget(() => {}),
    limits,
    pieces,
    isFetching: true,
    policy: DEFAULT_POLICY,
    verify: () => {},
    ban: () => {},
    handleTouched: () => {},
  });
  pieces.addPeer(a);
  downloads.fill(a);
  expect(a.asked.requests.size).toBe(2);
  const partial = pieces.partials.get(0)!;
  partial.receive(0, content.piece(0).slice(), 2);
  pieces.handleWhole(partial);
  downloads.release(a);
  partial.discard([1]);
  pieces.handleFailed(partial);
  expect(partial.freeRun(2)).toEqual({ first: 1, count: 1 });
});

test("memory is bounded: while the disk does not answer, asking stops; then it goes on", () => {
  const content = sampleContent("hybrid", { "a.bin": 56 * 1024 * 1024 }, 4 * 1024 * 1024);
  const stage = new Stage(content);
  stage.host.disk.delay = 60_000;
  const a = stage.meet("A");
  const serveUntil = (done: () => boolean) =>
    stage.clock.drive(
      () => {
        if (stage.clock.now % 20 === 0) a.serve();
        return done();
      },
      200_000,
      "the next state",
    );
  serveUntil(() => stage.clock.now > 40_000);
  stage.snapshot();
  serveUntil(() => stage.clock.now > 50_000);
  const [peer] = stage.snapshot().peers;
  expect(peer).toMatchObject({ requestsOut: 0 });
  expect(peer!.downloaded).toBeGreaterThanOrEqual(UNSTORED_BYTES);
  expect(peer!.downloaded).toBeLessThan(UNSTORED_BYTES + WINDOW_MAX + 4 * 1024 * 1024);
  expect(stage.snapshot().stall).toBe("storage-slow");
  serveUntil(() => stage.snapshot().complete);
});
