/** The commands that bring a share: from the person's files, from a link, from a .torrent file. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SharedFile } from "../../../app/bridge/commands.ts";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { formatMagnet } from "../../../app/engine/content/share-link.ts";
import { decodeTorrentFile, encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import { torrentId } from "../../../app/worker/origin.ts";
import { ShareJob } from "../../../app/worker/share-job.ts";
import { openMemoryDatabase, reopenDatabase } from "../../support/memory-database.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { sampleBytes } from "../../support/torrents.ts";
import { TRACKER, VirtualNetwork } from "../../support/virtual-network.ts";
import { CommandStage } from "./command-stage.ts";
import { torrentFile } from "./files.ts";

let stage: CommandStage;

beforeEach(async () => {
  stage = new CommandStage(await openMemoryDatabase());
});

const idOf = ({ infoHashV1, infoHashV2 }: TorrentInfo) => torrentId(infoHashV1, infoHashV2);

describe("sharing files", () => {
  /** As dropped: not in the order that they have in the torrent. */
  const files: SharedFile[] = ["z.bin", "a/c.txt", "b.txt"].map((path, at) => ({
    file: new File([new Uint8Array(sampleBytes(30_000 * (at + 1), at))], path.split("/").at(-1)!),
    path: ["folder", ...path.split("/")],
    handle: null,
  }));
  const drop = (draft = "1") => stage.share(files, { draft });

  let info: TorrentInfo;

  beforeEach(async () => {
    const inputs = files.map(({ file, path }) => ({ file, path: path.slice(1) }));
    info = (await new ShareJob(inputs, { name: "folder", singleFile: false }).run()).info;
  });

  /** Notes at everything that the engine does for a torrent whether its files can be read by then. */
  function watchFiles(id: string): boolean[] {
    const seen: boolean[] = [];
    const { host, shared } = stage;
    for (const name of ["saveRecord", "openTracker", "log", "read"] as const) {
      const act = host[name].bind(host) as (...given: unknown[]) => void;
      host[name] = (...given: unknown[]) => {
        seen.push(shared.source(id) !== undefined);
        act(...given);
      };
    }
    return seen;
  }

  it("seeds them, and keeps what they are in the torrent's own order", async () => {
    const { id } = await drop();
    expect(id).toBe(idOf(info));
    expect(stage.engine.snapshot(id)).toMatchObject({ phase: "seeding", name: "folder", complete: true });
    const paths = info.files.map(({ path }) => path.at(-1));
    expect(paths).toEqual(["c.txt", "b.txt", "z.bin"]);
    expect(paths.map((_, file) => stage.shared.source(id)?.file(file)?.name)).toEqual(paths);
    const kept = (await stage.db.getAll("sources")).flat();
    expect(kept.map(({ name, size }) => `${name} ${size}`)).toEqual([
      "c.txt 60000",
      "b.txt 90000",
      "z.bin 30000",
    ]);
    expect(await stage.db.get("torrents", id)).toMatchObject({ active: true, trackers: [], servers: [] });
  });

  it("of a single file has its name", async () => {
    const loose = { ...files[0]!, path: ["other.bin"] };
    const { id } = await stage.share([loose]);
    expect(stage.engine.snapshot(id)).toMatchObject({ name: "other.bin", singleFile: true, size: 30_000 });
    expect(stage.engine.files(id).map(({ path }) => path)).toEqual([["other.bin"]]);
  });

  it("has the files before the engine hears of the share", async () => {
    const seen = watchFiles(idOf(info));
    await drop();
    expect(seen).not.toEqual([]);
    expect(seen).not.toContain(false);
  });

  it("has them under the name that a share has which is here already", async () => {
    const { infoHashV1 } = info;
    const link = formatMagnet({ infoHashV1, trackers: [TRACKER] });
    const { id } = await stage.run("open", { link, tab: null });
    expect(id).not.toBe(idOf(info));
    const seen = watchFiles(id);
    expect(await drop()).toEqual({ id, known: true, unreadable: [] });
    expect(seen).not.toEqual([]);
    expect(seen).not.toContain(false);
    expect(stage.shared.isOrigin(idOf(info))).toBe(false);
    expect(stage.engine.snapshot(id)).toMatchObject({ phase: "seeding", complete: true });
    expect(await stage.db.getAllKeys("sources")).toEqual([[id, 0]]);
    expect(stage.engine.torrents()).toEqual([id]);
  });

  it("leaves nothing behind when the engine refuses it", async () => {
    const refusal = new ShoalError("torrent/malformed", "odd");
    vi.spyOn(stage.engine, "addTorrent").mockImplementationOnce(() => {
      throw refusal;
    });
    await expect(drop()).rejects.toBe(refusal);
    expect(stage.shared.isOrigin(idOf(info))).toBe(false);
    expect(await stage.db.count("sources")).toBe(0);
  });

  it("reads an earlier share of them as before when the engine refuses another", async () => {
    const { id } = await drop();
    const source = stage.shared.source(id);
    const touched = files.map((each) => ({
      ...each,
      file: new File([each.file], each.file.name, { lastModified: 5 }),
    }));
    vi.spyOn(stage.engine, "addTorrent").mockImplementationOnce(() => {
      throw new ShoalError("torrent/malformed", "odd");
    });
    await expect(stage.share(touched, { draft: "2" })).rejects.toThrow(ShoalError);
    expect(stage.shared.source(id)).toBe(source);
    await stage.share(touched, { draft: "2" });
    expect(stage.shared.source(id), "dropped again: read anew").not.toBe(source);
  });

  it("goes on with a share that was paused, once it is passed on again", async () => {
    const { id } = await drop();
    await stage.run("pause", { id });
    expect(await drop("2")).toEqual({ id, known: true, unreadable: [] });
    expect(stage.engine.snapshot(id).phase).toBe("paused");
    await stage.run("passOn", { draft: "2", id });
    expect(stage.engine.snapshot(id).phase).toBe("seeding");
  });

  it("adds nothing when it is cancelled", async () => {
    await stage.gather("one", files);
    const asked = { title: null, note: "", anew: null };
    const sharing = stage.run("share", { draft: "one", fileCount: files.length, ...asked });
    await stage.run("discard", { draft: "another" });
    await stage.run("discard", { draft: "one" });
    await expect(sharing).rejects.toMatchObject({ code: "share/cancelled" });
    expect(stage.engine.torrents()).toEqual([]);
    expect(stage.shared.isOrigin(idOf(info))).toBe(false);
  });
});

/** Links count pads: a.bin is 0, b/c.txt 2, z.bin 4. */
const content = sampleContent("hybrid", { "a.bin": 100_000, "b/c.txt": 5, "z.bin": 65_536 }, 32_768);
const id = idOf(content.info);
const { infoHashV1, infoHashV2 } = content.info;

/** A magnet link of the sample; `so` as it stands in it. */
function magnet(so: string | null = null, more: { trackers?: string[]; webSeeds?: string[] } = {}): string {
  const link = formatMagnet({ infoHashV1, infoHashV2, trackers: [TRACKER], ...more });
  return so === null ? link : `${link}&so=${so}`;
}

/** A network with somebody who has everything. */
function seededNetwork(): VirtualNetwork {
  const net = new VirtualNetwork(2);
  net.add("S").add(content, "seed");
  return net;
}

describe("opening a link", () => {
  it("adds what it says, and nothing is downloaded until the person starts it", async () => {
    const link = formatMagnet({
      infoHashV2,
      name: "holiday",
      trackers: ["udp://a/", "wss://b/"],
      webSeeds: ["https://w/"],
    });
    const opened = `https://other.example/#${link}&x.pe=1.2.3.4:5`;
    expect(await stage.run("open", { link: opened, tab: null })).toMatchObject({ id });
    expect(await stage.db.get("torrents", id)).toMatchObject({
      infoHashV1: null,
      infoHashV2,
      info: null,
      nameHint: "holiday",
      trackers: ["wss://b/"],
      servers: ["wss://other.example/announce"],
      webSeeds: ["https://w/"],
      select: null,
      active: false,
      paused: false,
    });
    expect(stage.engine.snapshot(id)).toMatchObject({ phase: "metadata", name: "holiday" });
  });

  it("names a torrent by its v1 hash where it has no other", async () => {
    const { id: named } = await stage.run("open", { link: formatMagnet({ infoHashV1 }), tab: null });
    expect(named).toBe(torrentId(infoHashV1, null));
  });

  it.each([
    ["words", "link/not-a-link"],
    ["magnet:?dn=x", "link/no-hash"],
    ["magnet:?xt=urn:btih:xyz", "link/bad-hash"],
  ])("refuses %j", async (link, code) => {
    await expect(stage.run("open", { link, tab: null })).rejects.toMatchObject({ code });
    expect(stage.engine.torrents()).toEqual([]);
  });
});

describe("a link's selection", () => {
  it.each<[string, string | null, string]>([
    ["one file", "2", "-+-"],
    ["several", "0,3-4", "+-+"],
    ["a file that there is and one that there is not", "4,17", "--+"],
    ["none that there is", "17", "+++"],
    ["what cannot be read", "all", "+++"],
    ["nothing", null, "+++"],
  ])("of %s is applied once the files are known", async (_, so, expected) => {
    stage = new CommandStage(await openMemoryDatabase(), seededNetwork());
    await stage.run("open", { link: magnet(so), tab: null });
    stage.driveToFiles(id);
    expect(stage.wanted(id)).toBe(expected);
    await stage.library.settled();
    const wanted = Uint8Array.from(expected, (each) => Number(each === "+"));
    expect(await stage.db.get("torrents", id)).toMatchObject({ select: null, wanted });
  });

  it("is what is downloaded", async () => {
    stage = new CommandStage(await openMemoryDatabase(), seededNetwork());
    await stage.run("open", { link: magnet("4"), tab: null });
    await stage.run("start", { id });
    stage.net.drive(() => stage.engine.snapshot(id).phase === "seeding", 60_000, "the one file");
    expect([...stage.host.piecesOf(id).keys()].sort()).toEqual([5, 6]);
  });

  it("outlasts a reload before the files are known", async () => {
    await stage.run("open", { link: magnet("2"), tab: null });
    stage.engine.stop();
    stage = new CommandStage(await reopenDatabase(), seededNetwork());
    await stage.load();
    stage.driveToFiles(id);
    expect(stage.wanted(id)).toBe("-+-");
  });

  it("outlasts a reload after, as the person then has it", async () => {
    stage = new CommandStage(await openMemoryDatabase(), seededNetwork());
    await stage.run("open", { link: magnet("2"), tab: null });
    stage.driveToFiles(id);
    await stage.select(id, "a.bin", true);
    stage = new CommandStage(await reopenDatabase());
    await stage.load();
    expect(stage.wanted(id)).toBe("++-");
  });

  it.each<[string, (string | null)[], string]>([
    ["joins that of an earlier link", ["2", "4"], "-++"],
    ["stays where a later link has none", ["2", null], "-+-"],
    ["changes nothing where an earlier link asks for all", [null, "2"], "+++"],
  ])("%s", async (_, opened, expected) => {
    stage = new CommandStage(await openMemoryDatabase(), seededNetwork());
    for (const so of opened) await stage.run("open", { link: magnet(so), tab: null });
    stage.driveToFiles(id);
    expect(stage.wanted(id)).toBe(expected);
  });

  it("does not change what the person has selected", async () => {
    stage = new CommandStage(await openMemoryDatabase(), seededNetwork());
    await stage.run("open", { link: magnet("2"), tab: null });
    stage.driveToFiles(id);
    await stage.select(id, "b/c.txt", false);
    await stage.select(id, "a.bin", true);
    for (const so of ["2", "4", null]) await stage.run("open", { link: magnet(so), tab: null });
    expect(stage.wanted(id)).toBe("+--");
    expect(await stage.db.get("torrents", id)).toMatchObject({ wanted: Uint8Array.of(1, 0, 0) });
  });
});

describe("another link to a share that is here", () => {
  it("adds its trackers and web seeds, which are kept", async () => {
    await stage.run("open", {
      link: magnet(null, { trackers: ["wss://a/"], webSeeds: ["https://a/"] }),
      tab: null,
    });
    const further = { trackers: ["wss://b/", "wss://a/"], webSeeds: ["https://b/"] };
    await stage.run("open", { link: `https://other.example/#${magnet(null, further)}`, tab: null });
    const kept = {
      trackers: ["wss://a/", "wss://b/"],
      servers: ["wss://other.example/announce"],
      webSeeds: ["https://a/", "https://b/"],
    };
    expect(stage.engine.record(id)).toMatchObject(kept);
    expect(await stage.db.get("torrents", id)).toMatchObject(kept);
  });

  it("leaves it as the person has it", async () => {
    const record = content.record("torrent", { active: true, wanted: Uint8Array.of(0, 1, 0) });
    stage.engine.addTorrent({ record, have: "none" });
    await stage.run("pause", { id });
    expect(await stage.run("open", { link: magnet(), tab: null })).toMatchObject({ id });
    expect(stage.engine.record(id)).toMatchObject({ active: true, paused: true, wanted: record.wanted });
  });
});

describe("opening a .torrent file", () => {
  const webSeeds = ["https://seed.example/folder/"];
  const trackers = ["udp://a/", "wss://b/"];
  const file = torrentFile(encodeTorrentFile({ ...content, trackers, webSeeds, encoding: null }));

  it("adds what it says, its web seeds included, which go into links again", async () => {
    expect(await stage.run("openTorrentFile", { file, tab: null })).toEqual({ id });
    expect(await stage.db.get("torrents", id)).toMatchObject({
      info: content.info.bytes,
      pieceLayers: content.pieceLayers,
      trackers: ["wss://b/"],
      leftOutTrackers: ["udp://a/"],
      webSeeds,
      active: false,
    });
    const links = await stage.run("links", { id });
    expect(parseShareLink(links.magnet).webSeeds).toEqual(webSeeds);
    expect(decodeTorrentFile(links.torrent!).webSeeds).toEqual(webSeeds);
  });

  it("finds the pieces that are still stored", async () => {
    await writeBatch(stage.db, id, [{ piece: 4, data: content.piece(4) }]);
    await stage.run("openTorrentFile", { file, tab: null });
    expect(stage.engine.snapshot(id).have).toEqual(Uint8Array.of(0b0000_1000));
  });

  it("brings the files of a link that has found nobody, and what the link asks for holds", async () => {
    await stage.run("open", { link: magnet("2"), tab: null });
    expect(await stage.run("openTorrentFile", { file, tab: null })).toEqual({ id });
    expect(stage.wanted(id)).toBe("-+-");
    expect(await stage.db.get("torrents", id)).toMatchObject({ info: content.info.bytes, webSeeds });
  });

  it("refuses what is none", async () => {
    const refused = stage.run("openTorrentFile", { file: torrentFile(Uint8Array.of(1, 2, 3)), tab: null });
    await expect(refused).rejects.toMatchObject({ code: "torrent/malformed" });
    expect(stage.engine.torrents()).toEqual([]);
  });
});
