/**
 * One torrent's pieces, each drawn by its state: "." open, "o" in progress, "r" whole and being verified or written,
 * "x" stored, "-" not wanted.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PieceHashes } from "../../../../app/engine/content/piece-hashes.ts";
import type { Peer } from "../../../../app/engine/swarm/peers/peer.ts";
import { Bitfield } from "../../../../app/engine/swarm/pieces/bitfield.ts";
import { PartialPiece } from "../../../../app/engine/swarm/pieces/partial-piece.ts";
import { Pieces } from "../../../../app/engine/swarm/pieces/pieces.ts";
import { seededRandom } from "../../../support/random.ts";
import { type SampleContent, sampleContent } from "../../../support/sample-content.ts";
import { BLOCK, bitsOf } from "../stage.ts";
import { makePeer, quietHost } from "../test-peers.ts";

/** a: pieces 0–2, b: 3, c: empty, d: 4–5; two blocks a piece. */
const lengths = { a: 5 * BLOCK, b: 100, c: 0, d: 4 * BLOCK };
const hybrid = sampleContent("hybrid", lengths, 2 * BLOCK);
/** The same files without pads: a and b share piece 2, b and d too. */
const v1 = sampleContent("v1", lengths, 2 * BLOCK);

function setUp(content: SampleContent = hybrid, have = "", layers = true) {
  const { info, pieceLayers, map } = content;
  const host = quietHost();
  const pieces = new Pieces({
    info,
    map,
    hashes: new PieceHashes(info, layers ? pieceLayers : null),
    have: new Bitfield(info.pieceCount, bitsOf(have.padEnd(info.pieceCount, "."))),
    wanted: null,
    random: seededRandom(1),
  });
  const peers: Peer[] = [];
  const join = (picture: string) => {
    const peer = makePeer(host, peers.length + 1, `P${peers.length}`, picture);
    peers.push(peer);
    pieces.addPeer(peer);
    return peer;
  };
  const state = () =>
    Array.from({ length: info.pieceCount }, (_, piece) => {
      if (pieces.have.has(piece)) return "x";
      if (pieces.received.has(piece)) return "r";
      if (pieces.partials.has(piece)) return "o";
      if (pieces.availability.isOpen(piece)) return ".";
      return pieces.isMissing(piece) ? "?" : "-";
    }).join("");
  const fetch = (piece: number) => {
    const partial = pieces.begin(piece, 1, false);
    pieces.ask(partial, 0, partial.blockCount);
    partial.unask(0, partial.blockCount);
    for (let block = 0; block < partial.blockCount; block++)
      partial.receive(block, content.piece(piece).slice(block * BLOCK, (block + 1) * BLOCK), 1);
    pieces.fileFreeBlocks(partial);
    return partial;
  };
  return { pieces, peers, join, state, fetch };
}

describe("a piece's way", () => {
  test("open, in progress, whole, stored; counted at each step", () => {
    const { pieces, peers, join, state, fetch } = setUp();
    const peer = join("xxxxxx");
    expect([state(), pieces.missingCount, peer.interesting]).toEqual(["......", 6, 6]);
    const partial = fetch(2);
    expect(state()).toBe("..o...");
    pieces.handleWhole(partial);
    expect(state()).toBe("..r...");
    pieces.handleStored(2, peers);
    expect([state(), pieces.missingCount, peer.interesting]).toEqual(["..x...", 5, 5]);
    expect([pieces.storedBytes, [...pieces.fileBytes]]).toEqual([BLOCK, [BLOCK, 0, 0, 0]]);
  });

  test("freed of all its blocks it is open again; with one block here it stays in progress", () => {
    const { pieces, state } = setUp();
    const partial = pieces.begin(0, 1, false);
    pieces.ask(partial, 0, 2);
    expect([state(), pieces.withFreeBlocks.size]).toEqual(["o.....", 0]);
    partial.unask(0, 1);
    pieces.fileFreeBlocks(partial);
    expect([state(), pieces.withFreeBlocks.size]).toEqual(["o.....", 1]);
    partial.unask(1, 1);
    pieces.fileFreeBlocks(partial);
    expect([state(), pieces.withFreeBlocks.size]).toEqual(["......", 0]);
  });

  test("failed with some good blocks it is in progress again, failed wholly it is open", () => {
    const { pieces, state, fetch } = setUp();
    const partial = fetch(0);
    pieces.handleWhole(partial);
    partial.discard([1]);
    pieces.handleFailed(partial);
    expect([state(), partial.freeRun(9)]).toEqual(["o.....", { first: 1, count: 1 }]);
    const other = fetch(4);
    pieces.handleWhole(other);
    pieces.handleNotStored(4);
    expect(state()).toBe("o.....");
  });

  test("abandoned, everything in progress is open again, what is being verified goes on", () => {
    const { pieces, state, fetch } = setUp();
    pieces.handleWhole(fetch(0));
    fetch(1);
    pieces.begin(4, 1, false);
    pieces.abandonPartials();
    expect([state(), pieces.withFreeBlocks.size]).toEqual(["r.....", 0]);
  });

  test("given up for room only where nobody is asked", () => {
    const { pieces, state } = setUp();
    const asked = pieces.begin(0, 1, false);
    pieces.ask(asked, 0, 1);
    expect(pieces.evictIdle()).toBe(false);
    const idle = pieces.begin(1, 1, false);
    idle.receive(0, new Uint8Array(BLOCK), 1);
    expect(pieces.evictIdle()).toBe(true);
    expect(state()).toBe("o.....");
  });

  test("cannot be begun while nobody can tell right from wrong: v2 without layers", () => {
    const v2 = sampleContent("v2", lengths, 2 * BLOCK);
    const { pieces, state } = setUp(v2, "", false);
    expect(state()).toBe("???.??");
    pieces.hashes.acceptLayer(0, v2.pieceLayers[0]!);
    pieces.reopen();
    expect(state()).toBe("....??");
  });
});

describe("a selection", () => {
  test("closes what is not wanted and opens what is; what is in progress is finished", () => {
    const { pieces, peers, join, state } = setUp();
    const peer = join("x...xx");
    pieces.begin(0, 1, false);
    pieces.select(Uint8Array.of(0, 1, 0, 0), peers);
    expect([state(), pieces.missingCount, peer.interesting]).toEqual(["o--.--", 1, 0]);
    pieces.select(Uint8Array.of(1, 1, 1, 1), peers);
    expect([state(), pieces.missingCount, peer.interesting]).toEqual(["o.....", 6, 3]);
  });

  test("of a file takes the pieces that it shares with others", () => {
    const { pieces, state } = setUp(v1);
    pieces.select(Uint8Array.of(0, 1, 0, 0), []);
    expect(state()).toBe("--.--");
  });

  test("of nothing, or of an empty file, is satisfied", () => {
    const { pieces } = setUp();
    pieces.select(Uint8Array.of(0, 0, 1, 0), []);
    expect([pieces.isSatisfied, pieces.missingCount]).toEqual([true, 0]);
  });
});

describe("what is lost and what is found", () => {
  test("everything found at once: nothing in progress, nobody interesting", () => {
    const { pieces, peers, join, state, fetch } = setUp(hybrid, "x.....");
    const peer = join("xxxxxx");
    fetch(1);
    pieces.handleComplete(peers);
    expect([state(), pieces.isSatisfied, peer.interesting, pieces.partials.size]).toEqual([
      "xxxxxx",
      true,
      0,
      0,
    ]);
    expect(pieces.storedBytes).toBe(hybrid.info.size);
  });

  test("a file that was lost is not wanted; found again, it is stored and wanted, and nothing else", () => {
    const { pieces, peers, join, state } = setUp(hybrid, "xxxxxx");
    const peer = join("......");
    expect(pieces.loseFilesOf(1, peers)).toEqual([0, 1, 2]);
    expect([state(), pieces.isSatisfied, [...pieces.wantedFiles]]).toEqual(["---xxx", true, [0, 1, 1, 1]]);
    expect(pieces.handleFilesFound(new Set([0]), peers)).toEqual([0, 1, 2]);
    expect([state(), pieces.isSatisfied, [...pieces.wantedFiles]]).toEqual(["xxxxxx", true, [1, 1, 1, 1]]);
    expect([pieces.storedBytes, peer.interesting]).toEqual([hybrid.info.size, 0]);
    expect(pieces.handleFilesFound(new Set([0, 3]), peers)).toEqual([]);
  });

  test("found while it is fetched: what is in progress of it is given up, what is of others goes on", () => {
    const { pieces, peers, join, state, fetch } = setUp();
    const peer = join("xxxxxx");
    pieces.handleWhole(fetch(0));
    fetch(1);
    fetch(4);
    expect(pieces.handleFilesFound(new Set([0]), peers)).toEqual([0, 1, 2]);
    expect([state(), peer.interesting, pieces.missingCount]).toEqual(["xxx.o.", 3, 3]);
    expect([pieces.received.size, pieces.partials.size]).toEqual([0, 1]);
  });

  test("found, a piece that it shares with a file that is not here is not stored", () => {
    const { pieces, state } = setUp(v1);
    expect(pieces.handleFilesFound(new Set([0]), [])).toEqual([0, 1]);
    expect(state()).toBe("xx...");
    expect(pieces.handleFilesFound(new Set([0, 1]), [])).toEqual([]);
    expect(pieces.handleFilesFound(new Set([0, 1, 3]), [])).toEqual([2, 3, 4]);
  });
});

test("counts agree with what was done, whatever peers say and lose", () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant("join" as const), bits: fc.nat(63) }),
    fc.record({
      kind: fc.constantFrom("have" as const, "lose" as const),
      at: fc.nat(20),
      piece: fc.nat(5),
    }),
    fc.record({ kind: fc.constant("store" as const), piece: fc.nat(5) }),
    fc.record({ kind: fc.constant("select" as const), bits: fc.nat(15) }),
    fc.record({ kind: fc.constant("find" as const), bits: fc.nat(15) }),
    fc.record({ kind: fc.constant("unreadable" as const), piece: fc.nat(5) }),
    fc.record({ kind: fc.constant("damaged" as const), piece: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const { pieces, peers, join } = setUp();
      for (const each of acts) {
        if (each.kind === "join")
          join(Array.from({ length: 6 }, (_, piece) => (each.bits & (1 << piece) ? "x" : ".")).join(""));
        else if (each.kind === "store") {
          if (!pieces.have.has(each.piece)) pieces.handleStored(each.piece, peers);
        } else if (each.kind === "unreadable") {
          if (pieces.have.has(each.piece)) pieces.loseFilesOf(each.piece, peers);
        } else if (each.kind === "damaged") {
          const { wantedFiles, missingCount } = pieces;
          const [wanted, had] = [wantedFiles.slice(), [...pieces.have]];
          pieces.losePiece(each.piece, peers);
          expect([...pieces.have]).toEqual(had.filter((piece) => piece !== each.piece));
          expect(pieces.wantedFiles).toEqual(wanted);
          expect(pieces.missingCount - missingCount).toBeLessThanOrEqual(1);
        } else if (each.kind === "find") {
          const files = [0, 1, 2, 3].filter((file) => (each.bits >> file) & 1);
          pieces.handleFilesFound(new Set(files), peers);
        } else if (each.kind === "select")
          pieces.select(
            Uint8Array.from({ length: 4 }, (_, file) => (each.bits >> file) & 1),
            peers,
          );
        else {
          const peer = peers[each.at % Math.max(1, peers.length)];
          if (peer === undefined) continue;
          if (each.kind === "have") pieces.handleHave(peer, each.piece);
          else pieces.handleDontHave(peer, each.piece);
        }
        pieces.availability.assertConsistent((piece) => peers.filter((peer) => peer.has!.has(piece)).length);
        const missing = [0, 1, 2, 3, 4, 5].filter((piece) => pieces.isMissing(piece));
        expect(pieces.missingCount).toBe(missing.length);
        for (const piece of pieces.lost) expect(pieces.have.has(piece)).toBe(false);
        for (const piece of pieces.checked) expect(pieces.have.has(piece)).toBe(true);
        expect(pieces.availability.openCount).toBe(missing.length);
        for (const peer of peers)
          expect(peer.interesting).toBe(missing.filter((piece) => peer.has!.has(piece)).length);
      }
    }),
  );
});

describe("a piece in progress", () => {
  test("keeps what came first, tells how much was new, and puts it where it belongs", () => {
    const partial = new PartialPiece(0, 3 * BLOCK + 5, null);
    const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
    expect(partial.receive(1, bytes(BLOCK, 1), 7)).toBe(BLOCK);
    expect(partial.receive(0, bytes(3 * BLOCK, 2), 8)).toBe(2 * BLOCK);
    expect(partial.receive(3, bytes(5, 3), 9)).toBe(5);
    expect(partial.receive(3, bytes(5, 4), 9)).toBe(0);
    expect([0, BLOCK, 2 * BLOCK, 3 * BLOCK].map((at) => partial.data[at])).toEqual([2, 1, 2, 3]);
    expect([0, 1, 2, 3].map((block) => partial.senderOf(block))).toEqual([8, 7, 8, 9]);
    expect([partial.isWhole, partial.senders().size]).toEqual([true, 3]);
  });

  test("is not copied when its blocks lie side by side where they came, and is when they do not", () => {
    const sent = new Uint8Array(4 * BLOCK);
    const inPlace = new PartialPiece(0, 2 * BLOCK, null);
    inPlace.receive(1, sent.subarray(2 * BLOCK, 3 * BLOCK), 7);
    inPlace.receive(0, sent.subarray(BLOCK, 2 * BLOCK), 7);
    expect([inPlace.data.buffer, inPlace.data.byteOffset]).toEqual([sent.buffer, BLOCK]);
    expect(inPlace.data).toHaveLength(2 * BLOCK);
    const swapped = new PartialPiece(0, 2 * BLOCK, null);
    swapped.receive(0, sent.subarray(BLOCK, 2 * BLOCK), 7);
    swapped.receive(1, sent.subarray(0, BLOCK), 7);
    expect(swapped.data.buffer.byteLength).toBe(2 * BLOCK);
  });

  test("a block found bad is replaced, and the others stay", () => {
    const partial = new PartialPiece(0, 2 * BLOCK, null);
    partial.receive(0, new Uint8Array(2 * BLOCK).fill(1), 7);
    const before = partial.data;
    partial.discard([1]);
    expect([partial.isWhole, partial.data.length]).toEqual([false, 0]);
    partial.receive(1, new Uint8Array(BLOCK).fill(2), 8);
    expect([partial.data[0], partial.data[BLOCK]]).toEqual([1, 2]);
    expect(before[BLOCK]).toBe(1);
  });

  test("counts free blocks right, however often blocks are asked for and given up", () => {
    const partial = new PartialPiece(0, 4 * BLOCK, null);
    partial.ask(0, 3);
    partial.ask(1, 1);
    partial.unask(0, 3);
    expect([partial.freeCount, partial.isFree(1), partial.freeRun(9)]).toEqual([
      3,
      false,
      { first: 0, count: 1 },
    ]);
    partial.receive(1, new Uint8Array(BLOCK), 1);
    partial.unask(1, 1);
    partial.unask(1, 1);
    expect(partial.freeCount).toBe(3);
    partial.discard([0, 1]);
    expect([partial.freeCount, partial.freeRun(9)]).toEqual([4, { first: 0, count: 4 }]);
  });
});
