/** Stored pieces that a browser damaged or lost: nobody gets wrong bytes, and what is lost is fetched again. */
import { describe, expect, test } from "vitest";
import { TELL_AGAIN_PAUSE } from "../../../app/engine/swarm/pieces/constants.ts";
import { encodeHashRequest, encodeInterested, encodeRequest } from "../../../app/engine/wire/encode.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { BLOCK, Stage, type Stranger } from "./stage.ts";

const PIECE = 2 * BLOCK;
const content = sampleContent("hybrid", { "a.bin": 2 * PIECE, "b.bin": PIECE + 5 }, PIECE);
const block = (piece: number, index: number) => ({ piece, begin: index * BLOCK, length: BLOCK });

/** The stage of a share that is wholly stored since an earlier run, and somebody who may ask. */
function served(of = content, more: ConstructorParameters<typeof Stage>[1] = {}) {
  const stage = new Stage(of, { have: "all", ...more });
  const a = stage.meet("A", { has: "none" });
  a.say(encodeInterested());
  a.heardAll();
  return { stage, a };
}

/** The outcome for a whole piece. */
const pieceLines = (lines: readonly string[]) => lines.filter((line) => /^(piece|reject|don't)/.test(line));

function ask(stage: Stage, a: Stranger, piece: number): string[] {
  a.say(encodeRequest(block(piece, 0)), encodeRequest(block(piece, 1)));
  stage.run(50);
  return pieceLines(a.heard());
}

/** Hashes that the host was asked for, "piece kind". */
function watchHashes({ host }: Stage): string[] {
  const hashed: string[] = [];
  const hash = host.hash.bind(host);
  host.hash = (request, torrent, piece, kind, data, padding) => {
    hashed.push(`${piece} ${kind}`);
    hash(request, torrent, piece, kind, data, padding);
  };
  return hashed;
}

const harms: [string, (stage: Stage) => void][] = [
  [
    "a flipped bit",
    ({ host, id }) => {
      const data = host.piecesOf(id).get(1)!;
      data[BLOCK + 3]! ^= 1;
      host.piecesOf(id).set(1, data);
    },
  ],
  ["a cut piece", ({ host, id }) => host.piecesOf(id).set(1, content.piece(1).subarray(0, BLOCK + 5))],
  ["a piece that is too long", ({ host, id }) => host.piecesOf(id).set(1, new Uint8Array(PIECE + 1))],
  ["another piece in its place", ({ host, id }) => host.piecesOf(id).set(1, content.piece(0))],
  ["no piece at all", ({ host, id }) => host.piecesOf(id).delete(1)],
];

describe.each(harms)("%s", (_, harm) => {
  test("is sent to nobody: who asks is refused, all are told, and nothing else is lost", () => {
    const { stage, a } = served();
    const other = stage.meet("B", { has: "none" });
    other.heardAll();
    harm(stage);
    expect(ask(stage, a, 1)).toEqual(["reject 1.0", "reject 1.1", "don't have 1"]);
    expect(pieceLines(other.heard())).toEqual(["don't have 1"]);
    expect(stage.have).toBe("x.xx");
    expect(ask(stage, a, 0)).toEqual(["piece 0.0", "piece 0.1"]);
    expect(stage.snapshot()).toMatchObject({
      phase: "downloading",
      complete: false,
      lostCount: 1,
      error: null,
      storedBytes: content.info.size - PIECE,
    });
    expect(stage.engine.content(stage.id).wanted).toEqual(Uint8Array.of(1, 1));
    expect(stage.host.piecesOf(stage.id).has(1), "it is deleted").toBe(false);
  });

  test("is fetched again, and that alone; then it is sent like any other", () => {
    const { stage, a } = served();
    const seed = stage.meet("S", { proven: true });
    seed.heardAll();
    harm(stage);
    expect(ask(stage, a, 1)).toContain("don't have 1");
    expect(seed.serve().map((line) => line[0])).toEqual(["1", "1"]);
    stage.run(50);
    expect(stage.snapshot()).toMatchObject({ phase: "seeding", complete: true, lostCount: 0 });
    expect(seed.serve()).toEqual([]);
    expect(stage.host.piecesOf(stage.id).get(1)).toEqual(content.piece(1));
    expect(ask(stage, a, 1)).toEqual(["piece 1.0", "piece 1.1"]);
  });

  test("is not hashed for who asks for its leaves", () => {
    const { stage, a } = served();
    harm(stage);
    const root = content.info.files[0]!.piecesRoot!;
    a.say(encodeHashRequest({ root, baseLayer: 0, index: 2, length: 2, proofLayers: 1 }));
    stage.run(50);
    const lines = a.heard();
    expect(lines.filter((line) => line.startsWith("hashes"))).toEqual([]);
    expect(lines).toContain("don't have 1");
  });
});

describe("a stored piece is compared with its hash", () => {
  test("once in a run, however often it is read", () => {
    const { stage, a } = served();
    const hashed = watchHashes(stage);
    for (let times = 0; times < 3; times++) {
      expect(ask(stage, a, 1)).toEqual(["piece 1.0", "piece 1.1"]);
      stage.engine.inspect(stage.id).cache.forget(stage.id);
    }
    expect(stage.host.disk.reads).toEqual([1, 1, 1]);
    expect(hashed).toEqual(["1 leaves"]);
    expect(stage.engine.piece(stage.id, 1).checked).toBe(true);
  });

  test("when it arrives, and not when it is read in the same run", () => {
    const stage = new Stage(content, { have: "x.xx" });
    const seed = stage.meet("S", { proven: true });
    seed.serve();
    stage.run(50);
    const hashed = watchHashes(stage);
    const a = stage.meet("A", { has: "none" });
    a.say(encodeInterested());
    stage.engine.inspect(stage.id).cache.forget(stage.id);
    stage.run(11_000);
    a.heardAll();
    expect(ask(stage, a, 1)).toEqual(["piece 1.0", "piece 1.1"]);
    expect([stage.host.disk.reads, hashed]).toEqual([[1], []]);
  });

  test.each(["v1", "v2", "hybrid"] as const)("of a %s torrent", (version) => {
    const sample = sampleContent(version, { "a.bin": 2 * PIECE + 100, "b.bin": PIECE }, PIECE);
    const { stage, a } = served(sample);
    const hashed = watchHashes(stage);
    expect(ask(stage, a, 0)).toEqual(["piece 0.0", "piece 0.1"]);
    expect(hashed).toEqual([version === "v1" ? "0 sha1" : "0 leaves"]);
    const data = stage.host.piecesOf(stage.id).get(1)!;
    data[0]! ^= 1;
    stage.host.piecesOf(stage.id).set(1, data);
    expect(ask(stage, a, 1)).toContain("don't have 1");
  });

  test("by SHA-1 where the layers of a hybrid torrent are unknown", () => {
    const { stage, a } = served(content, { record: { pieceLayers: null } });
    const hashed = watchHashes(stage);
    expect(ask(stage, a, 0)).toEqual(["piece 0.0", "piece 0.1"]);
    expect(hashed).toEqual(["0 sha1"]);
  });

  test("and is refused, not lost, while nobody here knows its hash", () => {
    const sample = sampleContent("v2", { "a.bin": 4 * PIECE }, PIECE);
    const { stage, a } = served(sample, { record: { pieceLayers: null } });
    expect(ask(stage, a, 0)).toEqual(["reject 0.0", "reject 0.1"]);
    expect([stage.have, stage.snapshot().lostCount]).toEqual(["xxxx", 0]);
  });

  test("by the host where it is of an own file, and by nobody else", () => {
    const { stage, a } = served();
    const hashed = watchHashes(stage);
    stage.host.read = (request, _torrent, piece) =>
      stage.clock.after(1, () =>
        stage.host.input((engine) => engine.handleRead(request, content.piece(piece), null, true)),
      );
    expect(ask(stage, a, 0)).toEqual(["piece 0.0", "piece 0.1"]);
    expect(hashed).toEqual([]);
    expect(stage.engine.piece(stage.id, 0).checked, "the file may change").toBe(false);
  });
});

describe("a read that fails for a reason that may pass", () => {
  test.each(["storage/failed", "storage/full"] as const)("(%s) loses nothing", (code) => {
    const { stage, a } = served();
    stage.host.disk.unreadable.add(1);
    stage.host.disk.readFailure = { code, detail: "" };
    expect(ask(stage, a, 1)).toEqual(["reject 1.0", "reject 1.1"]);
    expect([stage.have, stage.snapshot().phase, stage.snapshot().error]).toEqual(["xxxx", "seeding", null]);
    // The peer that was refused believes that we lack the piece.
    stage.host.disk.unreadable.clear();
    stage.run(TELL_AGAIN_PAUSE + 200);
    expect(a.heard()).toContain("have 1");
    expect(ask(stage, a, 1)).toEqual(["piece 1.0", "piece 1.1"]);
  });
});

test("a seed that lacks a piece again looks for others at once", () => {
  const { stage, a } = served();
  stage.run(60_000);
  const before = stage.announced.length;
  stage.host.piecesOf(stage.id).delete(1);
  expect(ask(stage, a, 1)).toContain("don't have 1");
  stage.run(3_000);
  expect(stage.announced.slice(before).filter(({ event }) => event !== "stopped")).not.toEqual([]);
  expect(stage.announced.at(-1)).toMatchObject({ left: PIECE });
});

test("pieces are checked again on demand, whatever was found before", () => {
  const { stage, a } = served();
  expect(ask(stage, a, 1)).toEqual(["piece 1.0", "piece 1.1"]);
  stage.host.piecesOf(stage.id).delete(1);
  expect(ask(stage, a, 1), "it is still in memory").toEqual(["piece 1.0", "piece 1.1"]);
  stage.engine.checkAgain(stage.id, [0, 1]);
  stage.run(50);
  expect(stage.have).toBe("x.xx");
  expect(pieceLines(a.heard())).toEqual(["don't have 1"]);
  expect(stage.engine.piece(stage.id, 0).checked).toBe(true);
});
