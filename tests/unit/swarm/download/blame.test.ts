/** Blame for bad blocks. Pieces have four blocks, drawn by their senders' names; "!" marks a damaged block. */
import { describe, expect, test } from "vitest";
import { HASH_REQUEST_TIMEOUT } from "../../../../app/engine/constants.ts";
import { HashExchange } from "../../../../app/engine/content/hash-exchange.ts";
import { PieceHashes } from "../../../../app/engine/content/piece-hashes.ts";
import { Blame } from "../../../../app/engine/swarm/download/blame.ts";
import { PartialPiece } from "../../../../app/engine/swarm/pieces/partial-piece.ts";
import type { Pieces } from "../../../../app/engine/swarm/pieces/pieces.ts";
import {
  encodeChoke,
  encodeHashes,
  encodeHashReject,
  encodeUnchoke,
} from "../../../../app/engine/wire/encode.ts";
import { sampleContent, type Version } from "../../../support/sample-content.ts";
import { leavesOf } from "../../../support/torrents.ts";
import { BLOCK, Stage, type Stranger } from "../stage.ts";
import { makePeer, quietHost } from "../test-peers.ts";

const contents = {
  hybrid: sampleContent("hybrid", { "a.bin": 4 * BLOCK }, 4 * BLOCK),
  v1: sampleContent("v1", { "a.bin": 4 * BLOCK }, 4 * BLOCK),
  v2: sampleContent("v2", { "a.bin": 4 * BLOCK }, 4 * BLOCK),
};

/**
 * One piece sent by several: "A A B! B" is block 0 and 1 by A, a damaged 2 and a good 3 by B. Nobody else is asked
 * for anything afterwards: each takes its turn by unchoking, and is asked for whatever is missing.
 */
function send(version: Version, picture: string) {
  const stage = new Stage(contents[version], { roomy: true });
  const strangers = new Map<string, Stranger>();
  const blocks = picture.split(" ").map((each) => ({ name: each[0]!, bad: each.endsWith("!") }));
  for (const { name } of blocks) {
    if (!strangers.has(name))
      strangers.set(name, stage.meet(name, { extensions: { fast: false }, unchokes: false }));
  }
  for (const [name, stranger] of strangers) {
    stranger.say(encodeUnchoke());
    stranger.takeMessages();
    for (const [block, each] of blocks.entries())
      if (each.name === name) stranger.sendBlocks(0, block, 1, each.bad ? [block] : []);
    stranger.say(encodeChoke());
  }
  stage.run(20);
  return { stage, of: (name: string) => strangers.get(name)! };
}

/** Answers requests for leaves with the truth, or refuses. */
function tellLeaves(stage: Stage, stranger: Stranger, how: "truth" | "lie" | "reject" = "truth"): number {
  const { info, pieceLayers } = stage.content;
  const truth = new HashExchange(new PieceHashes(info, pieceLayers));
  let count = 0;
  for (const message of stranger.takeMessages()) {
    if (message.type !== "hash-request") continue;
    count++;
    const hashes = truth.reply(message, leavesOf(stage.content.piece(0)))!.slice();
    if (how === "lie") hashes[0]! ^= 1;
    stranger.say(how === "reject" ? encodeHashReject(message) : encodeHashes(message, hashes));
  }
  return count;
}

describe("a single sender", () => {
  test.each(["hybrid", "v1", "v2"] as const)(
    "of a bad %s piece is banned at once, and the piece is open again",
    (version) => {
      const { stage, of } = send(version, "A A A! A");
      expect(of("A").closed).toBe("bad-piece");
      expect(() => stage.open("A")).toThrow("not let in");
      const b = stage.meet("B");
      b.serve();
      stage.run(20);
      expect(stage.have).toBe("x");
      expect(b.closed).toBeNull();
    },
  );
});

describe("several senders, with leaf hashes", () => {
  test("the bad block's sender is banned, the good blocks are kept", () => {
    const { stage, of } = send("hybrid", "A A B! B");
    expect(of("A").closed).toBeNull();
    expect(tellLeaves(stage, of("A"))).toBe(1);
    expect(of("B").closed).toBe("bad-piece");
    expect(of("A").closed).toBeNull();
    of("A").say(encodeUnchoke());
    expect(of("A").heard()).toEqual(["request 0.2"]);
    of("A").sendBlocks(0, 2, 1);
    stage.run(20);
    expect(stage.have).toBe("x");
  });

  test("several culprits are found at once", () => {
    const { stage, of } = send("v2", "A! B C! C");
    tellLeaves(stage, of("A"));
    expect([..."ABC"].map((name) => of(name).closed)).toEqual(["bad-piece", null, "bad-piece"]);
  });

  test("wrong leaf hashes convict nobody: another peer is asked", () => {
    const { stage, of } = send("hybrid", "A B! C D");
    tellLeaves(stage, of("A"), "lie");
    expect([..."ABCD"].map((name) => of(name).closed)).toEqual([null, null, null, null]);
    tellLeaves(stage, of("B"), "reject");
    tellLeaves(stage, of("C"));
    expect([..."ABCD"].map((name) => of(name).closed)).toEqual([null, "bad-piece", null, null]);
  });

  test("who stays silent, or leaves, is followed by the next", () => {
    const { stage, of } = send("hybrid", "A B! C D");
    stage.run(HASH_REQUEST_TIMEOUT + 200);
    of("B").leave();
    stage.run(200);
    tellLeaves(stage, of("C"));
    expect(of("A").closed).toBeNull();
    expect(() => stage.open("B")).toThrow("not let in");
  });

  test("when nobody tells, the piece is fetched again from one peer alone", () => {
    const { stage, of } = send("hybrid", "A A! B B");
    tellLeaves(stage, of("A"), "reject");
    tellLeaves(stage, of("B"), "reject");
    of("B").say(encodeUnchoke());
    expect(of("B").heard()).toEqual(["request 0.0", "request 0.1", "request 0.2", "request 0.3"]);
    of("A").say(encodeUnchoke());
    stage.run(200);
    expect(of("A").heard()).toEqual([]);
    of("B").sendBlocks(0, 0, 4);
    stage.run(20);
    expect(stage.have).toBe("x");
    expect([of("A").closed, of("B").closed]).toEqual(["bad-piece", null]);
  });
});

describe("several senders, v1 only", () => {
  test("a good copy from one peer convicts who sent something else", () => {
    const { stage, of } = send("v1", "A B! C A");
    expect([..."ABC"].map((name) => of(name).closed)).toEqual([null, null, null]);
    of("C").say(encodeUnchoke());
    of("C").serve();
    stage.run(20);
    expect(stage.have).toBe("x");
    expect([..."ABC"].map((name) => of(name).closed)).toEqual([null, "bad-piece", null]);
  });

  test("a bad copy from one peer convicts that one, and the next good copy the others", () => {
    const { stage, of } = send("v1", "A B! C A");
    of("B").say(encodeUnchoke());
    of("B").serve(() => true);
    stage.run(20);
    expect([..."ABC"].map((name) => of(name).closed)).toEqual([null, "bad-piece", null]);
    of("A").say(encodeUnchoke());
    of("A").serve();
    stage.run(20);
    expect(stage.have).toBe("x");
    expect([..."AC"].map((name) => of(name).closed)).toEqual([null, null]);
  });

  test("when the one peer stalls, the next one begins anew: never two senders", () => {
    const { stage, of } = send("v1", "A B! C A");
    of("A").say(encodeUnchoke());
    expect(of("A").heard()).toHaveLength(4);
    of("A").sendBlocks(0, 0, 2);
    of("A").say(encodeChoke());
    of("C").say(encodeUnchoke());
    stage.run(200);
    expect(of("C").heard()).toEqual(["request 0.0", "request 0.1", "request 0.2", "request 0.3"]);
    // What A still sends counts for nothing.
    of("A").sendBlocks(0, 2, 1, [2]);
    of("C").sendBlocks(0, 0, 4);
    stage.run(20);
    expect(stage.have).toBe("x");
    expect([..."ABC"].map((name) => of(name).closed)).toEqual([null, "bad-piece", null]);
  });

  test("who left before it was found out is not let in again", () => {
    const { stage, of } = send("v1", "A B! C A");
    of("B").leave();
    of("C").say(encodeUnchoke());
    of("C").serve();
    stage.run(20);
    expect(stage.have).toBe("x");
    expect(() => stage.open("B")).toThrow("not let in");
  });
});

describe("a piece that failed", () => {
  const MIB = 1_048_576;

  /** A whole piece of 8 MiB, the first half sent by link 1, the second by link 2. */
  function halves(piece: number, byte: number): PartialPiece {
    const partial = new PartialPiece(piece, 8 * MIB, null);
    partial.receive(0, new Uint8Array(4 * MIB), 1);
    partial.receive((4 * MIB) / BLOCK, new Uint8Array(4 * MIB).fill(byte), 2);
    return partial;
  }

  /** Whom it banned, and which pieces it wants from one peer alone; a peer that could tell leaves is there. */
  function judge(hashExchange: HashExchange | null) {
    const host = quietHost();
    const [a, b] = [1, 2].map((link) => makePeer(host, link, `${link}`, "xxxxx", { proven: true }));
    const teller = makePeer(host, 9, "T", "xxxxx");
    teller.said.v2 = true;
    const banned: number[] = [];
    const alone = new Set<number>();
    const it = new Blame({
      host,
      peers: new Map([a!, b!, teller].map((peer) => [peer.link, peer])),
      pieces: { handleNotStored: () => {}, alone } as unknown as Pieces,
      hashExchange,
      banForBadBytes: (link) => banned.push(link),
      handleFreed: () => {},
    });
    return { it, banned, alone, senders: [a!, b!] };
  }

  test("puts everyone who sent some of it on probation with it", () => {
    const { it, senders } = judge(null);
    it.handleBad(halves(3, 1), null);
    expect(senders.map(({ trial }) => trial)).toEqual([
      { proven: false, piece: 3 },
      { proven: false, piece: 3 },
    ]);
  });

  test("is kept, up to a number of bytes of them; the oldest goes, and its piece still has one sender", () => {
    const { it, banned, alone } = judge(null);
    for (let piece = 0; piece < 5; piece++) it.handleBad(halves(piece, 1), null);
    it.handleGood(halves(0, 0));
    expect(banned).toEqual([]);
    expect([...alone]).toEqual([0, 1, 2, 3, 4]);
    it.handleGood(halves(1, 0));
    expect(banned).toEqual([2]);
  });

  test("is not kept of more pieces while their leaves are asked for: those have one sender at once", () => {
    const request = { root: new Uint8Array(32), baseLayer: 0, index: 0, length: 512, proofLayers: 0 };
    const { it, alone } = judge({ leafRequests: () => [request] } as unknown as HashExchange);
    for (let piece = 0; piece < 5; piece++) it.handleBad(halves(piece, 1), new Uint8Array(512 * 32));
    expect([...alone]).toEqual([4]);
  });
});
