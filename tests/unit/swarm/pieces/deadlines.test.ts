/**
 * Deadlines: set, moved and dropped through the engine, and the peers that are asked for urgent pieces. Pieces have
 * four blocks; a film has forty pieces, and a text beside it has four. Peers are pictures as in picker.test.ts, or
 * strangers on a stage (stage.ts).
 */
import { describe, expect, test } from "vitest";
import { PieceHashes } from "../../../../app/engine/content/piece-hashes.ts";
import { pickUrgent } from "../../../../app/engine/swarm/download/urgent-picker.ts";
import { DEFAULT_POLICY } from "../../../../app/engine/swarm/peers/comparison-policy.ts";
import { Bitfield } from "../../../../app/engine/swarm/pieces/bitfield.ts";
import { Pieces } from "../../../../app/engine/swarm/pieces/pieces.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { BLOCK, Stage } from "../stage.ts";
import { makePeer, quietHost } from "../test-peers.ts";

const PIECE = 4 * BLOCK;
const [FILM, TEXT] = [0, 1];
const content = sampleContent("hybrid", { "film.mp4": 40 * PIECE, "text.txt": 4 * PIECE }, PIECE);

/** The film's pieces `from` up to, not including, `to` are needed in so many milliseconds. */
function wait(stage: Stage, from: number, to: number, milliseconds = 2000): void {
  stage.engine.setDeadline(stage.id, FILM, from * PIECE, to * PIECE, milliseconds);
}

const waited = (stage: Stage) => stage.engine.inspect(stage.id).pieces!.deadlines.pieces();

/** The piece of every request, once each, of lines as "request 3.0" or "3.0". */
function asked(lines: readonly string[]): number[] {
  const pieces = lines.flatMap((line) => /^(?:request )?(\d+)\.\d/.exec(line)?.[1] ?? []);
  return [...new Set(pieces.map(Number))];
}

/** Pieces in the order in which they are asked of a newcomer that brings all that it is asked for. */
function brought(stage: Stage): number[] {
  const stranger = stage.meet("A");
  const lines: string[] = [];
  for (let round = 0; round < 10; round++) {
    lines.push(...stranger.serve());
    stage.run(20);
  }
  return asked(lines);
}

/** A picture of somebody who has but these pieces. */
const only = (...pieces: number[]) =>
  Array.from({ length: content.info.pieceCount }, (_, piece) => (pieces.includes(piece) ? "x" : ".")).join(
    "",
  );

describe("a range", () => {
  const playing = () => {
    const stage = new Stage(content);
    wait(stage, 20, 22);
    return stage;
  };

  test("is moved to a later time: what is needed sooner goes first", () => {
    const stage = playing();
    wait(stage, 30, 31, 3000);
    expect(waited(stage)).toEqual([20, 21, 30]);
    wait(stage, 20, 21, 4000);
    expect(waited(stage)).toEqual([21, 30, 20]);
    expect(brought(stage).slice(0, 3)).toEqual([21, 30, 20]);
  });

  test("is moved to an earlier time, and overtakes", () => {
    const stage = playing();
    wait(stage, 21, 22, 500);
    expect(waited(stage)).toEqual([21, 20]);
    expect(brought(stage).slice(0, 2)).toEqual([21, 20]);
  });

  test("is dropped by itself, or with all others", () => {
    const stage = playing();
    wait(stage, 30, 33);
    stage.engine.dropDeadlines(stage.id, { file: FILM, start: 31 * PIECE, end: 32 * PIECE });
    expect(waited(stage)).toEqual([20, 21, 30, 32]);
    stage.engine.dropDeadlines(stage.id);
    expect(waited(stage)).toEqual([]);
  });

  test("of what is here is waited for by nobody", () => {
    const stage = new Stage(content, { have: only(20) });
    wait(stage, 20, 22);
    expect(waited(stage)).toEqual([21]);
  });

  test("is forgotten with its file: what is not wanted is not waited for", () => {
    const stage = playing();
    stage.engine.setDeadline(stage.id, TEXT, 0, BLOCK, 1000);
    stage.engine.select(stage.id, [false, true]);
    expect(waited(stage)).toEqual([40]);
    wait(stage, 20, 22);
    expect(waited(stage)).toEqual([40]);
    stage.engine.select(stage.id, [true, true]);
    expect(waited(stage)).toEqual([40]);
  });

  test("is forgotten when the person gives the files themselves", () => {
    const stage = playing();
    stage.engine.addTorrent({ record: content.record("torrent", { trackers: [] }), have: "all" });
    expect(waited(stage)).toEqual([]);
  });

  test("cannot be named before it is known what files there are, nor beyond them", () => {
    const stage = new Stage(content, { knows: "link" });
    expect(() => wait(stage, 0, 1)).toThrow(RangeError);
    stage.engine.dropDeadlines(stage.id);
    const knowing = new Stage(content);
    expect(() => wait(knowing, 39, 41)).toThrow(RangeError);
    expect(() => knowing.engine.setDeadline(knowing.id, 2, 0, 0, 0)).toThrow(RangeError);
  });
});

test("an idle peer is asked for what becomes late elsewhere, long before that is given up there", () => {
  const stage = new Stage(content, { roomy: true });
  wait(stage, 20, 21);
  const slow = stage.meet("A");
  // There is more to fetch than this peer has.
  const idle = stage.meet("B", { has: only(20) });
  expect(asked(slow.heard())[0]).toBe(20);
  expect(idle.heard()).toEqual([]);
  stage.run(300);
  expect(asked(idle.heard())).toEqual([20]);
  expect(slow.heard()).toEqual([]);
});

/** So many peers that have all, on which piece 20 is waited for; those of `busy` send so many bytes a second. */
function scene(peerCount: number, busy: Readonly<Record<number, number>>) {
  const { info, pieceLayers, map } = content;
  const host = quietHost();
  const hashes = new PieceHashes(info, pieceLayers);
  const have = new Bitfield(info.pieceCount);
  const pieces = new Pieces({ info, map, hashes, have, wanted: null, random: () => 0 });
  const links = Array.from({ length: peerCount }, (_, at) => at + 1);
  const peers = new Map(
    links.map((link) => [link, makePeer(host, link, `${link}`, "x".repeat(info.pieceCount))]),
  );
  for (let at = 0; at < 20; at++) {
    host.clock.run(100);
    for (const [link, rate] of Object.entries(busy)) {
      const {
        asked: { down, window },
      } = peers.get(Number(link))!;
      down.add(rate / 10);
      down.rate(host.clock.now);
      window.handleBlock((BLOCK * 1000) / rate, BLOCK, BLOCK, host.clock.now);
    }
  }
  pieces.deadlines.set(20, host.clock.now);
  const context = { pieces, peers, now: host.clock.now, policy: DEFAULT_POLICY };
  return {
    /** The peer owes us so much. */
    owe: (link: number, bytes: number) => {
      peers.get(link)!.asked.bytesUnderWay = bytes;
    },
    /** Who would be asked for something urgent, if their turn came now. */
    candidates: () =>
      links.filter((link) => pickUrgent(context, peers.get(link)!, 4, { has: () => true }) !== null),
  };
}

describe("whom something urgent is asked of", () => {
  test("those whose queue ends soon", () => {
    const { owe, candidates } = scene(3, { 1: 100_000, 2: 100_000 });
    owe(1, 190_000);
    owe(2, 210_000);
    expect(candidates()).toEqual([1, 3]);
  });

  test("all but the slowest of ten, and everyone where they are fewer", () => {
    const rates = { 1: 50_000, 2: 60_000, 3: 70_000, 4: 20_000, 5: 90_000, 6: 80_000, 7: 70_000, 8: 60_000 };
    expect(scene(9, { ...rates, 9: 50_000 }).candidates()).toHaveLength(9);
    expect(scene(10, { ...rates, 9: 50_000, 10: 50_000 }).candidates()).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10]);
  });

  test("all of ten who are alike, idle or unknown: none of them is an outlier", () => {
    const alike = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [at + 1, 50_000]));
    expect(scene(10, alike).candidates()).toHaveLength(10);
    expect(scene(10, { 1: 50_000 }).candidates()).toHaveLength(10);
    expect(scene(10, {}).candidates()).toHaveLength(10);
  });

  test("of ten who are alike, all but the one with the longest queue", () => {
    const alike = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [at + 1, 50_000]));
    const { owe, candidates } = scene(10, alike);
    for (let link = 1; link <= 10; link++) owe(link, link === 7 ? 3 * BLOCK : 2 * BLOCK);
    expect(candidates()).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10]);
  });
});

test("when several could be asked at once, whoever has the least to send before goes first", () => {
  // One has room for the whole piece.
  const stage = new Stage(content, { record: { active: false }, roomy: true });
  const [slow, fast] = [stage.meet("A"), stage.meet("B")];
  const { peers } = stage.engine.inspect(stage.id);
  stage.run(100);
  for (const [stranger, bytes] of [
    [slow, 10_000],
    [fast, 40_000],
  ] as const) {
    const peer = peers.get(stranger.link)!;
    peer.asked.down.add(bytes);
    peer.asked.window.handleBlock(100, BLOCK, BLOCK, stage.clock.now);
    // It owes us something else, a second's worth of the slow one's.
    peer.asked.bytesUnderWay = BLOCK;
  }
  wait(stage, 20, 21);
  stage.engine.setActive(stage.id, true);
  expect(asked(fast.heard())[0]).toBe(20);
  expect(asked(slow.heard())[0]).not.toBe(20);
});
