/** Links that are opened and never started: they are here for as long as a tab shows them, and nothing of them is kept. */
import { beforeEach, describe, expect, it } from "vitest";
import { formatMagnet } from "../../../app/engine/content/share-link.ts";
import { encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { CommandStage } from "./command-stage.ts";
import { torrentFile } from "./files.ts";

const content = sampleContent("hybrid", { "a.bin": 65_536, "b.bin": 5 }, 16_384);
const { infoHashV1, infoHashV2 } = content.info;
const link = formatMagnet({ infoHashV1, infoHashV2 });
const file = torrentFile(encodeTorrentFile({ ...content, trackers: [], webSeeds: [], encoding: null }));

let stage: CommandStage;

beforeEach(async () => {
  stage = new CommandStage(await openMemoryDatabase());
});

const visit = async (tab: string) => (await stage.run("open", { link, tab })).id;
const torrents = () => stage.engine.torrents();
const rows = () => stage.db.getAllKeys("torrents");

describe("a link that a tab opens", () => {
  it("is in its swarm, and neither listed nor kept", async () => {
    const id = await visit("A");
    expect(torrents()).toEqual([id]);
    expect(stage.library.isKept(id)).toBe(false);
    expect(await rows()).toEqual([]);
  });

  it("goes when its tab leaves it", async () => {
    const id = await visit("A");
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it("goes when its tab is closed, and all that this tab had open with it", async () => {
    await visit("A");
    const other = sampleContent("v2", { c: 7 }, 16_384);
    await stage.run("openTorrentFile", {
      file: torrentFile(encodeTorrentFile({ ...other, trackers: [], webSeeds: [], encoding: null })),
      tab: "A",
    });
    expect(torrents()).toHaveLength(2);
    stage.endTab.get("A")!();
    // A command takes its turn behind what is under way.
    await Promise.resolve();
    await stage.run("leave", { id: "none", tab: "B" });
    expect(torrents()).toEqual([]);
  });

  it("stays while another tab shows it, whichever of them came first", async () => {
    const id = await visit("A");
    await visit("B");
    await visit("B");
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([id]);
    await visit("A");
    await stage.run("leave", { id, tab: "B" });
    expect(torrents()).toEqual([id]);
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([]);
  });

  it("can be left twice, or by a tab that never showed it", async () => {
    const id = await visit("A");
    await stage.run("leave", { id, tab: "B" });
    expect(torrents()).toEqual([id]);
    await stage.run("leave", { id, tab: "A" });
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([]);
  });

  it.each(["start", "pause"] as const)("is kept once the person says %s", async (command) => {
    const id = await visit("A");
    await stage.run(command, { id });
    expect(stage.library.isKept(id)).toBe(true);
    expect(await rows()).toEqual([id]);
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([id]);
  });

  it("is kept where no tab is to show it", async () => {
    const id = await visit("A");
    await stage.run("open", { link, tab: null });
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([id]);
    expect(await rows()).toEqual([id]);
  });

  it("of a share that is kept changes nothing when it is left", async () => {
    await stage.run("open", { link, tab: null });
    const id = await visit("A");
    await stage.run("leave", { id, tab: "A" });
    expect(await rows()).toEqual([id]);
  });

  it("that was removed is a visit again, not kept", async () => {
    const id = await visit("A");
    await stage.run("start", { id });
    await stage.run("remove", { id, data: true });
    expect(await rows()).toEqual([]);
    await visit("A");
    expect(stage.library.isKept(id)).toBe(false);
  });

  it("is told again as the fragment of an address, with all that it asks for", async () => {
    const asked = `${link}&dn=a&ws=https%3A%2F%2Fw%2F&so=1&x.pe=192.0.2.1:5`;
    const { fragment } = await stage.run("open", { link: `see https://other.example/#${asked}!`, tab: "A" });
    const hash = Buffer.from(infoHashV2!).toString("base64url");
    expect(fragment).toBe(
      `s-${hash}&dn=a&tr=wss%3A%2F%2Fother.example%2Fannounce&ws=https%3A%2F%2Fw%2F&so=1`,
    );
  });
});

describe("a .torrent file that a tab opens", () => {
  it("goes with its tab", async () => {
    const { id } = await stage.run("openTorrentFile", { file, tab: "A" });
    expect([torrents(), await rows()]).toEqual([[id], []]);
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([]);
  });

  it("is kept where a part of it is stored", async () => {
    const { id } = content.record("torrent");
    await writeBatch(stage.db, id, [{ piece: 0, data: content.piece(0) }]);
    await stage.run("openTorrentFile", { file, tab: "A" });
    await stage.run("leave", { id, tab: "A" });
    expect(torrents()).toEqual([id]);
    expect(await rows()).toEqual([id]);
  });
});
