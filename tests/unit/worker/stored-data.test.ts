/** The stored bytes of each share, and how they are given up. */
import { beforeEach, describe, expect, it } from "vitest";
import type { SharedFile } from "../../../app/bridge/commands.ts";
import type { TorrentId } from "../../../app/engine/host.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import { storedTorrents } from "../../../app/storage/stored-torrents.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { type SampleContent, sampleContent } from "../../support/sample-content.ts";
import { TRACKER } from "../../support/virtual-network.ts";
import { waitFor } from "../../support/wait.ts";
import { CommandStage } from "./command-stage.ts";

const folder = sampleContent("hybrid", { "a.bin": 100_000, "z.bin": 65_536 }, 32_768);
const single = sampleContent("hybrid", { "one.bin": 70_000 }, 65_536);

const mine: SharedFile = { file: new File(["abc"], "mine.txt"), path: ["mine.txt"], handle: null };

let stage: CommandStage;

beforeEach(async () => {
  stage = new CommandStage(await openMemoryDatabase());
});

/** Adds a torrent of which these pieces are stored. */
async function add(content: SampleContent, pieces: readonly number[], active = true): Promise<TorrentId> {
  const record = content.record("torrent", { trackers: [TRACKER], active });
  await store(content, record.id, pieces);
  const have = await stage.library.storedPieces(record.id, content.info.pieceCount);
  return stage.engine.addTorrent({ record, have });
}

async function store(content: SampleContent, id: TorrentId, pieces: readonly number[]): Promise<void> {
  await writeBatch(
    stage.db,
    id,
    pieces.map((piece) => ({ piece, data: content.piece(piece) })),
  );
}

describe("what is stored", () => {
  it("is told share by share, and what is left of removed ones together", async () => {
    const id = await add(folder, [0, 1]);
    await add(single, []);
    await store(single, "left", [0, 1]);
    await store(folder, "right", [3]);
    expect(await stage.run("storage", {})).toEqual({
      shares: [{ id, bytes: 65_536, canFree: true }],
      forgotten: { count: 2, bytes: 70_000 + folder.piece(3).length },
    });
    expect(await storedTorrents(stage.db)).toEqual([id, "left", "right"].sort());
  });

  it("is nothing of the person's own files", async () => {
    const { id } = await stage.share([mine]);
    expect(await stage.run("storage", {})).toEqual({ shares: [], forgotten: { count: 0, bytes: 0 } });
    expect(stage.engine.status(id).complete).toBe(true);
  });

  it("is what was downloaded in place of own files, and cannot be freed without the share", async () => {
    const record = folder.record("torrent", { trackers: [TRACKER], active: true });
    await stage.db.put("torrents", record);
    const entries = folder.info.files.map(({ path, length }) => ({
      ...{ handle: null, name: path.at(-1)! },
      ...{ size: length, lastModified: 1 },
    }));
    await stage.db.put("sources", entries, [record.id, 0]);
    await store(folder, record.id, [0]);
    await stage.load();
    expect(await stage.run("storage", {})).toMatchObject({
      shares: [{ id: record.id, bytes: 32_768, canFree: false }],
    });
  });

  it("is nothing while only the link is known", async () => {
    stage.engine.addTorrent({ record: folder.record("link"), have: "none" });
    expect(await stage.run("storage", {})).toMatchObject({ shares: [] });
  });
});

describe("freeing", () => {
  it("gives up what is stored of a share, which stays as if nothing of it had come", async () => {
    const id = await add(folder, [0, 1, 2, 3, 4, 5]);
    await stage.run("rename", { id, title: "Summer" });
    const other = await add(single, [0]);
    expect(stage.engine.status(id).phase).toBe("seeding");
    expect(await stage.run("free", { id })).toBeNull();
    expect(stage.asked).toEqual([`cancel ${id}`]);
    expect(stage.engine.status(id)).toMatchObject({ phase: "ready", haveCount: 0, title: "Summer" });
    expect(await storedTorrents(stage.db)).toEqual([other]);
    const row = await stage.db.get("torrents", id);
    expect(row).toMatchObject({ title: "Summer", active: false, paused: false });
    expect(await stage.db.count("files")).toBe(2);
  });

  it("comes again whole when it is downloaded again", async () => {
    const id = await add(folder, [0, 1, 2, 3, 4, 5]);
    await stage.run("free", { id });
    await stage.run("start", { id });
    stage.net.add("S").add(folder, "seed");
    stage.net.drive(() => stage.engine.status(id).complete, 60_000, "the folder");
    expect(stage.engine.status(id).phase).toBe("seeding");
  });

  it("of what was left by removed shares touches no other", async () => {
    const id = await add(folder, [0]);
    await store(single, "left", [0]);
    await stage.run("free", { id: null });
    expect(await storedTorrents(stage.db)).toEqual([id]);
    expect(stage.engine.status(id).haveCount).toBe(1);
  });

  it("is refused for own files, and for what is not here", async () => {
    const own = await stage.share([mine]);
    await expect(stage.run("free", { id: own.id })).rejects.toMatchObject({ code: "share/unknown" });
    await expect(stage.run("free", { id: "gone" })).rejects.toMatchObject({ code: "share/unknown" });
    expect(stage.engine.status(own.id).complete).toBe(true);
  });

  it.each(["remove", "free"] as const)(
    "lets a download go on that stopped for want of room: %s",
    async (way) => {
      const id = await add(folder, [0]);
      const other = await add(single, [0]);
      stage.net.add("S").add(folder, "seed");
      stage.host.disk.failure = { code: "storage/full", detail: "" };
      stage.net.drive(() => stage.engine.status(id).phase === "failed", 60_000, "the full disk");
      stage.host.disk.failure = null;
      if (way === "remove") await stage.run("remove", { id: other, data: true });
      else await stage.run("free", { id: other });
      expect(stage.engine.status(id)).toMatchObject({ phase: "downloading", error: null });
      stage.net.drive(() => stage.engine.status(id).complete, 60_000, "the folder");
    },
  );

  it("lets it go on too when the browser gives the room back later", async () => {
    const id = await add(folder, [0]);
    const other = await add(single, [0]);
    stage.net.add("S").add(folder, "seed");
    stage.host.disk.failure = { code: "storage/full", detail: "" };
    stage.net.drive(() => stage.engine.status(id).phase === "failed", 60_000, "the full disk");
    await stage.run("free", { id: other });
    stage.net.drive(() => stage.engine.status(id).phase === "failed", 60_000, "the disk that is still full");
    stage.host.disk.failure = null;
    // Pieces that were on their way to the full disk may stop it once more.
    const isWhole = async () => {
      if (stage.engine.status(id).phase === "failed") return false;
      const hasEnded = ({ complete, phase } = stage.engine.status(id)) => complete || phase === "failed";
      stage.net.drive(() => hasEnded(), 60_000, "the folder");
      return stage.engine.status(id).complete;
    };
    await waitFor(isWhole, { describe: "the download to go on, and its end" });
  });

  it("starts nothing that stopped for another reason, or that the person paused", async () => {
    const id = await add(folder, [0]);
    const other = await add(single, [0]);
    await stage.run("pause", { id });
    await stage.run("remove", { id: other, data: true });
    expect(stage.engine.status(id).phase).toBe("paused");
  });
});
