/** Answers of the host that come after the torrent was removed and added again, or changed under them. */
import { expect, test } from "vitest";
import { PieceStore } from "../../../app/worker/piece-store.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { BLOCK, Stage, TRACKER } from "../swarm/stage.ts";

test("a piece counts as stored only when this torrent's write has ended, not one of before it was removed", async () => {
  const content = sampleContent("hybrid", { "a.bin": 128 * BLOCK }, 16 * BLOCK);
  const stage = new Stage(content, { record: { active: true } });
  const { engine, host, id } = stage;
  const db = await openMemoryDatabase();
  const store = new PieceStore(db, () => engine);
  const begun: number[] = [];
  host.store = (torrent, piece, data) => {
    begun.push(piece);
    store.store(torrent, piece, data);
  };
  let deleted = Promise.resolve();
  host.deleteTorrent = (torrent) => {
    deleted = store.delete(torrent);
  };
  const fetch = (name: string, count: number) => {
    begun.length = 0;
    const stranger = stage.meet(name);
    while (begun.length < count) {
      stranger.serve();
      stage.run(10);
    }
  };
  // All in one task of the worker: the first batch is being written meanwhile.
  fetch("A", 8);
  engine.removeTorrent(id, true);
  engine.addTorrent({ record: content.record("torrent", { trackers: [TRACKER] }), have: "none" });
  stage.run(3_000);
  fetch("B", 1);
  // The database deletes after the write that was begun before, so that write has been answered by then.
  await deleted;
  expect({ told: stage.snapshot().haveCount, stored: await db.count("pieces") }).toEqual({
    told: 0,
    stored: 0,
  });
});

test("a read that fails late does not deselect again what the person has selected anew", () => {
  const content = sampleContent("hybrid", { "a.bin": 8 * BLOCK, "b.bin": 2 * BLOCK }, 2 * BLOCK);
  const stage = new Stage(content, { have: "all", record: { active: true } });
  const { host, engine, id } = stage;
  const asked: number[] = [];
  host.read = (request) => void asked.push(request);
  const peer = stage.meet("A", { has: "none", unchokes: false });
  const torrent = engine.inspect(id);
  torrent.reader.read(0, () => {});
  torrent.reader.read(1, () => {});
  expect(asked.length).toBe(2);
  engine.handleRead(asked[0]!, null, { code: "source/gone", detail: "a.bin" });
  expect(engine.files(id).map(({ wanted }) => wanted)).toEqual([false, true]);
  engine.setActive(id, true);
  engine.select(id, [true, true]);
  expect(stage.snapshot()).toMatchObject({ phase: "downloading", error: null });
  engine.handleRead(asked[1]!, null, { code: "source/gone", detail: "a.bin" });
  expect(peer.closed).toBe(null);
  expect(stage.snapshot()).toMatchObject({ phase: "downloading", error: null });
});

test("a read that was begun before the person shared the files again does not take them away again", () => {
  const content = sampleContent("hybrid", { "a.bin": 8 * BLOCK }, 2 * BLOCK);
  const stage = new Stage(content, { have: "all", record: { active: true } });
  const { host, engine, id } = stage;
  const asked: number[] = [];
  host.read = (request) => void asked.push(request);
  const torrent = engine.inspect(id);
  torrent.reader.read(0, () => {});
  torrent.reader.read(1, () => {});
  engine.handleRead(asked[0]!, null, { code: "source/gone", detail: "a.bin" });
  engine.addTorrent({ record: content.record("torrent", { active: true }), have: "all" });
  engine.setActive(id, true);
  expect(stage.snapshot()).toMatchObject({ phase: "seeding", error: null, complete: true });
  engine.handleRead(asked[1]!, null, { code: "source/gone", detail: "a.bin" });
  expect(stage.snapshot()).toMatchObject({ phase: "seeding", error: null, complete: true });
});

test("files that are shared again after they were lost are wanted again", () => {
  const content = sampleContent("hybrid", { "a.bin": 8 * BLOCK }, 2 * BLOCK);
  const stage = new Stage(content, { have: "all", record: { active: true } });
  const { host, engine, id } = stage;
  const asked: number[] = [];
  host.read = (request) => void asked.push(request);
  engine.inspect(id).reader.read(0, () => {});
  engine.handleRead(asked[0]!, null, { code: "source/gone", detail: "a.bin" });
  engine.addTorrent({ record: content.record("torrent", { active: true }), have: "all" });
  engine.setActive(id, true);
  expect(engine.files(id).map(({ wanted }) => wanted)).toEqual([true]);
  expect(stage.snapshot().wantedBytes).toBe(8 * BLOCK);
});

test("a write that fails after the person shared the files leaves no error on the complete share", () => {
  const content = sampleContent("hybrid", { "a.bin": 4 * BLOCK }, 2 * BLOCK);
  const stage = new Stage(content, { have: "x.", record: { active: true } });
  stage.host.disk.delay = 1_000;
  stage.host.disk.failure = { code: "storage/full", detail: "" };
  const first = stage.meet("A");
  stage.run(200);
  first.serve();
  stage.run(200);
  const { engine, id } = stage;
  engine.addTorrent({ record: content.record("torrent", { active: true }), have: "all" });
  engine.setActive(id, true);
  expect(stage.snapshot()).toMatchObject({ phase: "seeding", error: null });
  stage.run(3_000);
  expect(stage.snapshot()).toMatchObject({ phase: "seeding", error: null });
});
