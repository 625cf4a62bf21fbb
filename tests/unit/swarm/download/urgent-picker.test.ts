/** Pieces with a deadline are requested before all others. Pieces have four blocks. */
import { describe, expect, test } from "vitest";
import { sampleContent } from "../../../support/sample-content.ts";
import { VirtualNetwork } from "../../../support/virtual-network.ts";
import { BLOCK, Stage, type StageOptions, type Stranger } from "../stage.ts";

const PIECE = 4 * BLOCK;
const content = sampleContent("hybrid", { "film.mp4": 40 * PIECE }, PIECE);

/** Pieces in the order in which they were first asked for, of lines as "request 3.0" or "3.0". */
function piecesAsked(said: readonly string[]): number[] {
  const asked = said.flatMap((each) => /^(?:request )?(\d+)\.\d/.exec(each)?.[1] ?? []);
  return [...new Set(asked.map(Number))];
}

/** Pieces in the order in which they are asked of a peer that brings all that it is asked for. */
function piecesBrought(stage: Stage, stranger: Stranger): number[] {
  const asked: string[] = [];
  for (let round = 0; round < 10; round++) {
    asked.push(...stranger.serve());
    stage.run(20);
  }
  return piecesAsked(asked);
}

function playing(from: number, to: number, options: StageOptions = {}) {
  const stage = new Stage(content, options);
  stage.engine.setDeadline(stage.id, 0, from * PIECE, to * PIECE, 2000);
  stage.engine.setActive(stage.id, true);
  return stage;
}

describe("deadlines", () => {
  test("the pieces that are waited for are asked for first, in order", () => {
    const stage = playing(20, 22);
    expect(piecesBrought(stage, stage.meet("A", { has: "all" })).slice(0, 2)).toEqual([20, 21]);
  });

  test("after a seek, the new place goes first and the old one is as any other", () => {
    const stage = playing(20, 22);
    stage.engine.dropDeadlines(stage.id);
    stage.engine.setDeadline(stage.id, 0, 5 * PIECE, 7 * PIECE, 2000);
    expect(piecesBrought(stage, stage.meet("A", { has: "all" })).slice(0, 2)).toEqual([5, 6]);
  });

  test("an earlier deadline overtakes a later one", () => {
    const stage = playing(20, 22);
    stage.engine.setDeadline(stage.id, 0, 30 * PIECE, 31 * PIECE, 500);
    expect(piecesAsked(stage.meet("A", { has: "all" }).heard())[0]).toBe(30);
  });

  test("a block that is late with one peer is asked of another as well", () => {
    const stage = playing(20, 21, { roomy: true });
    const slow = stage.meet("A", { has: "all" });
    expect(slow.heard()).toEqual(["request 20.0", "request 20.1", "request 20.2", "request 20.3"]);
    stage.run(1000);
    const helper = stage.meet("B", { has: "all" });
    expect(piecesAsked(helper.heard())[0]).toBe(20);
  });
});

describe("a piece to be fetched from one peer alone", () => {
  function alone() {
    const stage = playing(20, 26);
    const { pieces } = stage.engine.inspect(stage.id);
    pieces!.alone.add(20);
    return { stage, pieces: pieces! };
  }

  test("goes first as well, and is never in progress with nobody asked for it", () => {
    const { stage, pieces } = alone();
    expect(piecesBrought(stage, stage.meet("A", { has: "all" })).slice(0, 2)).toEqual([20, 21]);
    expect(pieces.partials.size).toBeGreaterThan(0);
    for (const partial of pieces.partials.values())
      expect(partial.freeCount).toBeLessThan(partial.blockCount);
  });

  test("is left to that one, even when it is late", () => {
    const { stage } = alone();
    const a = stage.meet("A", { has: "all" });
    expect(piecesAsked(a.heard())[0]).toBe(20);
    stage.run(1000);
    expect(piecesAsked(stage.meet("B", { has: "all" }).heard())[0]).toBe(21);
  });
});

test("a film that is played from the middle arrives from the middle on", () => {
  const net = new VirtualNetwork();
  const [a, b] = [net.add("A"), net.add("B")];
  const id = a.add(content, "seed");
  a.engine.setLimits({ up: 400_000, down: null });
  b.add(content, "torrent");
  b.engine.setDeadline(id, 0, 25 * PIECE, 33 * PIECE, 1000);
  const has = (piece: number) => b.host.piecesOf(id).has(piece);
  net.drive(() => Array.from({ length: 8 }, (_, at) => 25 + at).every(has), 60_000, "what is waited for");
  expect(b.host.piecesOf(id).size).toBeLessThanOrEqual(14);
  net.drive(() => b.has(content, id), 60_000, "the rest");
});
