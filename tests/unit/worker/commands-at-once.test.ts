/** Commands of several tabs, or of a person who is quick: one comes while another waits for the database. */
import { expect, test } from "vitest";
import { encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { type SampleContent, sampleContent } from "../../support/sample-content.ts";
import { CommandStage } from "./command-stage.ts";
import { torrentFile } from "./files.ts";

const content = sampleContent("hybrid", { "a.bin": 65_536 }, 16_384);
const record = content.record("torrent");

function torrentFileOf({ info, pieceLayers }: SampleContent): File {
  return torrentFile(encodeTorrentFile({ info, pieceLayers, trackers: [], webSeeds: [], encoding: null }));
}

test("a .torrent file that is opened while its share is removed brings no pieces that are being deleted", async () => {
  const stage = new CommandStage(await openMemoryDatabase());
  const pieces = Array.from({ length: content.info.pieceCount }, (_, piece) => ({
    piece,
    data: content.piece(piece),
  }));
  await writeBatch(stage.db, record.id, pieces);
  const file = torrentFileOf(content);
  const { id } = await stage.run("openTorrentFile", { file, tab: null });
  expect(stage.engine.snapshot(id).haveCount).toBe(4);
  await Promise.all([
    stage.run("openTorrentFile", { file, tab: null }),
    stage.run("remove", { id, data: true }),
  ]);
  const stored = await stage.db.getAllKeys("pieces");
  const told = stage.engine.torrents().includes(id) ? stage.engine.snapshot(id).haveCount : 0;
  expect({ told, stored: stored.length }).toEqual({ told: 0, stored: 0 });
});

test("a pause that comes while a start asks for room is what the person meant last", async () => {
  const stage = new CommandStage(await openMemoryDatabase());
  const file = torrentFileOf(content);
  const { id } = await stage.run("openTorrentFile", { file, tab: null });
  await Promise.all([stage.run("start", { id }), stage.run("pause", { id })]);
  expect(stage.engine.snapshot(id).phase).toBe("paused");
});

test("two selections keep their order", async () => {
  const stage = new CommandStage(await openMemoryDatabase());
  const two = sampleContent("hybrid", { "a.bin": 65_536, "b.bin": 65_536 }, 16_384);
  const file = torrentFileOf(two);
  const { id } = await stage.run("openTorrentFile", { file, tab: null });
  await stage.run("start", { id });
  // The second wants nothing more stored, so that it does not ask for room.
  await Promise.all([
    stage.run("select", { id, node: 1, want: false }),
    stage.run("select", { id, node: null, want: false }),
  ]);
  expect(stage.wanted(id)).toBe("--");
});

test("downloads that start at once are counted with each other", async () => {
  const stage = new CommandStage(await openMemoryDatabase());
  stage.room = 65_536;
  const ids = [];
  for (const name of ["a.bin", "b.bin"]) {
    const each = sampleContent("hybrid", { [name]: 65_536 }, 16_384);
    const file = torrentFileOf(each);
    ids.push((await stage.run("openTorrentFile", { file, tab: null })).id);
  }
  await Promise.allSettled(ids.map((id) => stage.run("start", { id })));
  expect(stage.engine.torrents().filter((id) => stage.engine.record(id).active)).toHaveLength(1);
});
