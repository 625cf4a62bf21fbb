/** Every command: what it asks of the engine, the library and the saver, and what it refuses. */
import { beforeEach, describe, expect, it } from "vitest";
import type { CommandName, Commands } from "../../../app/bridge/commands.ts";
import type { RowsQuery } from "../../../app/bridge/file-rows.ts";
import { aboutHashOf, makeAbout } from "../../../app/engine/content/about.ts";
import { MAX_NOTE_BYTES } from "../../../app/engine/content/constants.ts";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { decodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import type { TorrentId, TorrentRecord } from "../../../app/engine/host.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import { type CommandParts, CommandTable } from "../../../app/worker/commands.ts";
import { Limits } from "../../../app/worker/limits.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { type SampleContent, sampleContent } from "../../support/sample-content.ts";
import { TRACKER, VirtualNetwork } from "../../support/virtual-network.ts";
import { CommandStage } from "./command-stage.ts";

const folder = sampleContent("hybrid", { "a.bin": 100_000, "b/c.txt": 5, "z.bin": 65_536 }, 32_768);
const single = sampleContent("hybrid", { "one.bin": 2_000_000 }, 65_536);
/** Nodes of the folder's file tree. */
const [FOLDER_B, A_BIN] = [0, 2];
const everything: RowsQuery = { open: true, turned: [], search: "", from: 0, to: 100 };
const handle = {} as FileSystemFileHandle & FileSystemDirectoryHandle;

let stage: CommandStage;

beforeEach(async () => {
  stage = new CommandStage(await openMemoryDatabase());
});

/** Adds a torrent that is wholly here, or not at all. */
function add(
  content: SampleContent,
  have: "all" | "none" | Uint8Array,
  more: Partial<TorrentRecord> = {},
): TorrentId {
  const record = content.record("torrent", { trackers: [TRACKER], active: false, ...more });
  return stage.engine.addTorrent({ record, have });
}

/** The row that is kept. */
const row = (id: TorrentId) => stage.db.get("torrents", id);

describe("limits", () => {
  const limits = (request: Commands["limits"]["request"]) => stage.run("limits", request);

  it.each(["one share", "all together"])("hold for %s, and are lifted again", async (of) => {
    const { net } = stage;
    const id = add(single, "all", { active: true });
    for (let piece = 0; piece < single.info.pieceCount; piece++)
      stage.host.piecesOf(id).set(piece, single.piece(piece));
    const which = of === "one share" ? id : null;
    expect(await limits({ id: which, up: 100_000, down: null })).toBeNull();
    const leecher = net.add("B");
    leecher.add(single, "torrent");
    net.clock.run(5_000);
    const { downloaded } = leecher.engine.snapshot(id);
    expect(downloaded).toBeGreaterThan(200_000);
    expect(downloaded).toBeLessThan(600_000);
    await limits({ id: which, up: null, down: null });
    net.clock.run(2_000);
    expect(leecher.has(single, id)).toBe(true);
  });

  it("are there again after a start", async () => {
    const id = add(single, "all", { active: true });
    await limits({ id, up: 1_000, down: null });
    await limits({ id: null, up: null, down: 2_000 });
    const given: unknown[] = [];
    const engine = { torrents: () => [id], setLimits: (...each: unknown[]) => given.push(each) };
    await new Limits(stage.db, engine).load();
    expect(given).toEqual([
      [{ up: null, down: 2_000 }, null],
      [{ up: 1_000, down: null }, id],
    ]);
    await limits({ id, up: null, down: null });
    await limits({ id: null, up: null, down: null });
    await new Limits(stage.db, engine).load();
    expect(given).toHaveLength(2);
  });

  it("of a share that is gone, and damaged ones, are left out at a start", async () => {
    await stage.db.put("limits", { up: 1, down: 1 }, "gone");
    await stage.db.put("limits", { up: -1, down: null }, "");
    const given: unknown[] = [];
    const engine = { torrents: () => [], setLimits: (...each: unknown[]) => given.push(each) };
    await new Limits(stage.db, engine).load();
    expect(given).toEqual([]);
  });

  it.each([0, -1, Number.NaN, Infinity])("are refused when one is %s", async (rate) => {
    const id = add(single, "all");
    await expect(limits({ id, up: rate, down: null })).rejects.toMatchObject({ code: "share/bad-limit" });
    await expect(limits({ id: null, up: 1, down: rate })).rejects.toMatchObject({ code: "share/bad-limit" });
  });
});

describe("a share that is not here", () => {
  const id = "gone";
  it.each<{ [K in CommandName]?: Commands[K]["request"] }>([
    { start: { id } },
    { pause: { id } },
    { select: { id, node: 0, want: true } },
    { remove: { id, data: true } },
    { limits: { id, up: 1, down: 1 } },
    { rows: { id, query: everything } },
    { files: { id, from: 0, to: 1 } },
    { links: { id } },
    { manifest: { id } },
    { setNote: { id, note: "x" } },
    { saveToHandle: { id, file: 0, handle } },
    { saveToDirectory: { id, handle } },
    { blob: { id, file: 0 } },
  ])("is refused: %j", async (command) => {
    const [name, request] = Object.entries(command)[0]!;
    add(single, "all");
    await expect(stage.run(name as "start", request as { id: string })).rejects.toMatchObject({
      code: "share/unknown",
    });
    expect(stage.asked).toEqual([]);
  });

  it("has no saves to cancel, and that is no mistake", async () => {
    expect(await stage.run("cancelSave", { id })).toBeNull();
    expect(stage.asked).toEqual(["cancel gone"]);
  });
});

describe("starting and pausing", () => {
  it("are kept, and the engine takes part or does not", async () => {
    const id = add(folder, "none");
    expect(await stage.run("start", { id })).toBeNull();
    expect(stage.engine.snapshot(id).phase).toBe("downloading");
    expect(await row(id)).toMatchObject({ active: true, paused: false });
    expect(await stage.run("pause", { id })).toBeNull();
    expect(stage.engine.snapshot(id).phase).toBe("paused");
    expect(await row(id)).toMatchObject({ active: true, paused: true });
  });

  it("asks for room for what is still to come of it and of all others under way", async () => {
    add(single, "none", { active: true });
    add(sampleContent("hybrid", { idle: 7_000 }), "none");
    const id = add(folder, Uint8Array.of(0b1000_0000));
    await stage.run("start", { id });
    expect(stage.needed).toEqual([folder.info.size - 32_768 + single.info.size]);
  });

  it("does not start what does not fit", async () => {
    const id = add(folder, "none");
    stage.room = folder.info.size - 1;
    await expect(stage.run("start", { id })).rejects.toMatchObject({ code: "storage/too-large" });
    expect(stage.engine.record(id).active).toBe(false);
    stage.room++;
    await stage.run("start", { id });
    expect(stage.engine.record(id).active).toBe(true);
  });

  it("asks for no room where everything is here", async () => {
    const id = add(folder, "all");
    stage.room = 0;
    await stage.run("start", { id });
    expect(stage.needed).toEqual([]);
  });
});

describe("selecting files", () => {
  it("is kept, and files of before the start need no room yet", async () => {
    const id = add(folder, "none");
    expect(await stage.run("select", { id, node: A_BIN, want: false })).toBeNull();
    expect(stage.wanted(id)).toBe("-++");
    expect(await row(id)).toMatchObject({ wanted: Uint8Array.of(0, 1, 1) });
    expect(stage.needed).toEqual([]);
  });

  it("asks for room for what is missing of the new selection, while it downloads", async () => {
    add(single, "none", { active: true });
    // The first of the four pieces of a.bin, and all of z.bin.
    const id = add(folder, Uint8Array.of(0b1000_0110), { active: true });
    await stage.run("select", { id, node: FOLDER_B, want: false });
    expect(stage.needed).toEqual([single.info.size + 100_000 - 32_768]);
  });

  it("stays as it was where the new one does not fit", async () => {
    const id = add(folder, "none", { active: true, wanted: Uint8Array.of(0, 1, 0) });
    stage.room = 50_000;
    await expect(stage.run("select", { id, node: null, want: true })).rejects.toMatchObject({
      code: "storage/too-large",
    });
    expect(stage.wanted(id)).toBe("-+-");
    await stage.run("select", { id, node: null, want: false });
    expect(stage.wanted(id)).toBe("---");
  });

  it("of a folder is of all below it, and of nothing else", async () => {
    const id = add(folder, "none");
    await stage.run("select", { id, node: null, want: false });
    await stage.run("select", { id, node: FOLDER_B, want: true });
    expect(stage.wanted(id)).toBe("-+-");
  });

  it.each([4, -1, 0.5])("knows no node %s", async (node) => {
    const id = add(folder, "none");
    await expect(stage.run("select", { id, node, want: false })).rejects.toMatchObject({
      code: "share/unknown",
    });
    expect(stage.wanted(id)).toBe("+++");
  });
});

describe("removing", () => {
  it.each([true, false])("ends saves and forgets the share; its pieces too: %s", async (data) => {
    const id = add(folder, "none");
    await stage.library.settled();
    await writeBatch(stage.db, id, [{ piece: 0, data: folder.piece(0) }]);
    expect(await stage.run("remove", { id, data })).toBeNull();
    expect(stage.asked).toEqual([`cancel ${id}`]);
    expect(stage.engine.torrents()).toEqual([]);
    expect(await row(id)).toBeUndefined();
    expect(await stage.db.count("pieces")).toBe(data ? 0 : 1);
  });
});

describe("files", () => {
  it("are told in the torrent's order, as many as are asked for", async () => {
    // The first of the four pieces of a.bin, and all of z.bin.
    const id = add(folder, Uint8Array.of(0b1000_0110), { wanted: Uint8Array.of(1, 0, 1) });
    const { files } = await stage.run("files", { id, from: 0, to: 100 });
    expect(files).toEqual([
      { path: ["a.bin"], length: 100_000, wanted: true, stored: 32_768, modified: null },
      { path: ["b", "c.txt"], length: 5, wanted: false, stored: 0, modified: null },
      { path: ["z.bin"], length: 65_536, wanted: true, stored: 65_536, modified: null },
    ]);
    expect(await stage.run("files", { id, from: 1, to: 2 })).toEqual({ files: [files[1]] });
  });

  it("are none while only the link is known", async () => {
    const id = stage.engine.addTorrent({ record: folder.record("link"), have: "none" });
    expect(await stage.run("files", { id, from: 0, to: 1 })).toEqual({ files: [] });
    expect(await stage.run("rows", { id, query: everything })).toMatchObject({ total: 0, fileCount: 0 });
  });
});

describe("rows", () => {
  it("say what is stored of each file and folder, what is selected, and as of when", async () => {
    const id = add(folder, Uint8Array.of(0b1000_0110), { wanted: Uint8Array.of(1, 0, 1) });
    const told = await stage.run("rows", { id, query: everything });
    const drawn = told.rows.map(({ path, stored, wanted, fileCount }) => [path, stored, wanted, fileCount]);
    expect(drawn).toEqual([
      ["b", 0, 0, 1],
      ["b/c.txt", 0, 0, 1],
      ["a.bin", 32_768, 1, 1],
      ["z.bin", 65_536, 1, 1],
    ]);
    expect(told).toMatchObject({ total: 4, fileCount: 3, wanted: 2 });
    expect(told.version).toBe(stage.engine.snapshot(id).filesVersion);
    await stage.run("select", { id, node: FOLDER_B, want: true });
    const later = await stage.run("rows", { id, query: { ...everything, from: 0, to: 1 } });
    expect(later.rows).toMatchObject([{ path: "b", wanted: 1 }]);
    expect(later.version).not.toBe(told.version);
  });
});

describe("what the sender tells", () => {
  const lastModified = 1_700_000_000_000;
  const files = [
    { file: new File(["fish"], "fish.txt", { lastModified }), path: ["sea", "fish.txt"], handle: null },
    {
      file: new File(["sand"], "a.txt", { lastModified: lastModified + 5000 }),
      path: ["sea", "a.txt"],
      handle: null,
    },
  ];
  const share = () => stage.share(files);
  const times = (id: TorrentId) =>
    stage.engine.files(id).map(({ path, modified }) => [path.join("/"), modified]);

  it("are the times of its files, in the torrent's order, and the link commits to them", async () => {
    const { id } = await share();
    expect(times(id)).toEqual([
      ["a.txt", lastModified + 5000],
      ["fish.txt", lastModified],
    ]);
    const kept = (await row(id))!;
    const { share: link, magnet } = await stage.run("links", { id });
    expect(parseShareLink(link).aboutHash).toEqual(kept.aboutHash);
    expect(parseShareLink(magnet).aboutHash).toEqual(kept.aboutHash);
    expect(aboutHashOf(kept.about!)).toEqual(kept.aboutHash);
  });

  it("is a note besides, and the answer is the link that commits to it", async () => {
    const { id } = await share();
    const before = parseShareLink((await stage.run("links", { id })).share).aboutHash;
    const { link } = await stage.run("setNote", { id, note: " From the sea \n" });
    expect(stage.engine.status(id).note).toBe("From the sea");
    expect(times(id)[1]).toEqual(["fish.txt", lastModified]);
    const { aboutHash } = parseShareLink(link);
    expect(aboutHash).not.toEqual(before);
    expect(await row(id)).toMatchObject({ aboutHash });
    const without = await stage.run("setNote", { id, note: "" });
    expect(parseShareLink(without.link).aboutHash).toEqual(before);
    expect(stage.engine.status(id).note).toBeNull();
  });

  it("stays as it was where the note is too long, or the files are not this device's own", async () => {
    const { id } = await share();
    const note = "x".repeat(MAX_NOTE_BYTES + 1);
    await expect(stage.run("setNote", { id, note })).rejects.toMatchObject({ code: "share/note-too-long" });
    expect(times(id)[1]).toEqual(["fish.txt", lastModified]);
    const other = add(folder, "all");
    for (const each of [other, "gone"])
      await expect(stage.run("setNote", { id: each, note: "x" })).rejects.toMatchObject({
        code: "share/unknown",
      });
  });

  it("stays what the passed link commits to when the same files are shared again, changed on the disk since", async () => {
    const { id } = await share();
    const { link } = await stage.run("setNote", { id, note: "From the sea" });
    const touched = files.map(({ file, ...rest }) => ({
      ...rest,
      file: new File([file], file.name, { lastModified: 1 }),
    }));
    expect(await stage.share(touched, { draft: "again" })).toMatchObject({ id, known: true });
    expect((await stage.run("links", { id })).share).toBe(link);
  });

  it("is asked for by what an opened link says", async () => {
    const { aboutHash } = content();
    const { share: link } = await stage.run("links", { id: add(folder, "all", { aboutHash }) });
    stage = new CommandStage(await openMemoryDatabase());
    const { id } = await stage.run("open", { link, tab: null });
    expect(await row(id)).toMatchObject({ about: null, aboutHash });
  });

  const content = () => {
    const about = makeAbout(
      folder.info.files.map(() => ({ lastModified })),
      "x",
    )!;
    return { about, aboutHash: aboutHashOf(about) };
  };

  it("is in the file list as JSON, which agrees with the torrent", async () => {
    const id = add(folder, "none", content());
    const { manifest } = await stage.run("manifest", { id });
    expect(manifest!.type).toBe("application/json");
    const told = JSON.parse(await manifest!.text());
    expect(told).toMatchObject({
      name: "sample",
      note: "x",
      length: 165_541,
      fileCount: 3,
      infoHashV1: stage.engine.status(id).infoHashV1,
    });
    expect(
      told.files.map((file: { path: string[]; modified: string }) => [file.path, file.modified]),
    ).toEqual(folder.info.files.map(({ path }) => [path, "2023-11-14T22:13:20Z"]));
    const secret = add(single, "none", { id: "ab", rendezvous: new Uint8Array(20) });
    const ofSecret = JSON.parse(await (await stage.run("manifest", { id: secret })).manifest!.text());
    expect([ofSecret.infoHashV1, ofSecret.infoHashV2]).toEqual([null, null]);
    expect(ofSecret.files[0].piecesRoot).toHaveLength(64);
    const link = stage.engine.addTorrent({ record: single.record("link", { id: "cd" }), have: "none" });
    expect(await stage.run("manifest", { id: link })).toEqual({ manifest: null });
  });
});

describe("links", () => {
  const webSeeds = ["https://seed.example/folder/"];
  const trackers = [TRACKER, "wss://further.example/"];

  it("lead to the share with its trackers and web seeds, in each form", async () => {
    const id = add(folder, "all", { trackers, webSeeds });
    const { share, magnet, torrent } = await stage.run("links", { id });
    const { infoHashV1, infoHashV2 } = folder.info;
    expect(parseShareLink(share)).toMatchObject({ infoHashV2, trackers: ["wss://further.example/"] });
    const name = "sample";
    expect(parseShareLink(magnet)).toMatchObject({ infoHashV1, infoHashV2, name, trackers, webSeeds });
    const decoded = decodeTorrentFile(torrent!);
    expect(decoded).toMatchObject({ trackers, webSeeds, pieceLayers: folder.pieceLayers });
    expect(decoded.info.bytes).toEqual(folder.info.bytes);
  });

  it("name no files of the person's own choice", async () => {
    const id = add(folder, "none", { wanted: Uint8Array.of(1, 0, 0) });
    const record = single.record("link", { select: [0] });
    const link = stage.engine.addTorrent({ record, have: "none" });
    for (const each of [id, link]) {
      const { magnet } = await stage.run("links", { id: each });
      expect(parseShareLink(magnet).select).toBeNull();
    }
  });

  it("have no .torrent file until the description and every layer are known", async () => {
    const link = stage.engine.addTorrent({ record: folder.record("link"), have: "none" });
    expect(await stage.run("links", { id: link })).toMatchObject({ torrent: null });
    const id = add(single, "none", { pieceLayers: null });
    expect(await stage.run("links", { id })).toMatchObject({ torrent: null });
  });
});

describe("saving", () => {
  it("hands a complete file over, and its Blob", async () => {
    const id = add(folder, "all");
    expect(await stage.run("saveToHandle", { id, file: 1, handle })).toBeNull();
    expect(await stage.run("blob", { id, file: 0 })).toEqual({ blob: expect.any(Blob) });
    expect(await stage.run("cancelSave", { id })).toBeNull();
    expect(stage.asked).toEqual([`save ${id} 1 b/c.txt 5`, `blob ${id} 0`, `cancel ${id}`]);
  });

  it("of a folder hands over what is selected, below the folder's name", async () => {
    const id = add(folder, "all", { wanted: Uint8Array.of(1, 0, 1) });
    expect(await stage.run("saveToDirectory", { id, handle })).toBeNull();
    expect(stage.asked).toEqual([`save ${id} 0 sample/a.bin 100000, 2 sample/z.bin 65536`]);
  });

  it("of a single file puts it right into the chosen folder", async () => {
    const id = add(single, "all");
    await stage.run("saveToDirectory", { id, handle });
    expect(stage.asked).toEqual([`save ${id} 0 one.bin 2000000`]);
  });

  it("waits until a file is complete; others of its share may be saved before", async () => {
    // All but the last piece of a.bin.
    const id = add(folder, Uint8Array.of(0b1110_1110));
    const incomplete = { code: "save/incomplete", detail: "a.bin" };
    await expect(stage.run("saveToHandle", { id, file: 0, handle })).rejects.toMatchObject(incomplete);
    await expect(stage.run("blob", { id, file: 0 })).rejects.toMatchObject(incomplete);
    await expect(stage.run("saveToDirectory", { id, handle })).rejects.toMatchObject(incomplete);
    expect(stage.asked).toEqual([]);
    await stage.run("saveToHandle", { id, file: 2, handle });
    await stage.run("select", { id, node: A_BIN, want: false });
    await stage.run("saveToDirectory", { id, handle });
    expect(stage.asked).toHaveLength(2);
  });

  it.each([3, -1, 0.5])("knows no file %s", async (file) => {
    const id = add(folder, "all");
    await expect(stage.run("saveToHandle", { id, file, handle })).rejects.toMatchObject({
      code: "share/unknown",
    });
    await expect(stage.run("blob", { id, file })).rejects.toMatchObject({ code: "share/unknown" });
  });
});

describe("an answer", () => {
  it("comes once what the command changed is kept", async () => {
    const { engine } = new VirtualNetwork(1).add("A");
    let keep = () => {};
    const kept = new Promise<void>((resolve) => {
      keep = resolve;
    });
    const parts = {
      engine,
      limits: { load: async () => ({ set: async () => {} }) },
      library: { settled: () => kept },
    };
    let isAnswered = false;
    const message = { to: "worker", call: "1", epoch: "", name: "limits" } as const;
    const request = { id: null, up: null, down: null };
    const answer = new CommandTable(parts as unknown as CommandParts)
      .run({ ...message, request })
      .then(() => {
        isAnswered = true;
      });
    await new Promise(setImmediate);
    expect(isAnswered).toBe(false);
    keep();
    await answer;
  });
});
