/** What becomes of drafts: which share they make, which one they replace, what is left out of them. */
import { rm, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SharedFile } from "../../../app/bridge/commands.ts";
import { makeTree, type TestTree } from "../../support/files.ts";
import { openMemoryDatabase, reopenDatabase } from "../../support/memory-database.ts";
import { sampleBytes } from "../../support/torrents.ts";
import { CommandStage } from "./command-stage.ts";
import { openFile } from "./files.ts";

let stage: CommandStage;

beforeEach(async () => {
  stage = new CommandStage(await openMemoryDatabase());
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A file of so many bytes; `content` and `time` tell it from others of the same path. */
function aFile(path: string, length: number, content = 1, time = 1_000): SharedFile {
  const bytes = new Uint8Array(sampleBytes(length, content));
  const name = path.split("/").at(-1)!;
  return { file: new File([bytes], name, { lastModified: time }), path: path.split("/"), handle: null };
}

const sea = (time?: number) => [
  aFile("sea/a", 10, 1, time),
  aFile("sea/b", 70_000, 2, time),
  aFile("sea/deep/c", 5, 3, time),
];

/** Counts the bytes that are read of any files from now on. */
function watchReads(): () => number {
  let bytes = 0;
  const { arrayBuffer } = Blob.prototype;
  vi.spyOn(Blob.prototype, "arrayBuffer").mockImplementation(function (this: Blob) {
    bytes += this.size;
    return arrayBuffer.call(this);
  });
  return () => bytes;
}

/** The worker of another tab, with what was kept. */
async function takeOver(): Promise<CommandStage> {
  await stage.library.settled();
  const next = new CommandStage(await reopenDatabase());
  await next.load();
  return next;
}

/** Rows of torrents, of their own files, and of drafts that they belong to. */
async function rowCounts(): Promise<string> {
  const db = await reopenDatabase();
  const counts = await Promise.all([db.count("torrents"), db.count("sources"), db.count("drafts")]);
  return counts.join(" ");
}

describe("the same files again", () => {
  it("are the same share at once, without being read, whatever their order", async () => {
    const { id } = await stage.share(sea());
    await stage.run("passOn", { draft: "draft", id });
    const read = watchReads();
    expect(await stage.share(sea().reverse(), { draft: "2" })).toEqual({ id, known: true, unreadable: [] });
    expect(read()).toBe(0);
  });

  it("with other times are read, and are the same by their content", async () => {
    const { id } = await stage.share(sea());
    const read = watchReads();
    expect(await stage.share(sea(5), { draft: "2" })).toMatchObject({ id, known: true });
    expect(read()).toBe(70_015);
    // The times are known from now on.
    expect(await stage.share(sea(5), { draft: "3" })).toMatchObject({ id, known: true });
    expect(read()).toBe(70_015);
  });

  it("with other content are another share", async () => {
    const { id } = await stage.share(sea());
    const files = [aFile("sea/a", 10, 7, 5), ...sea().slice(1)];
    const other = await stage.share(files, { draft: "2" });
    expect(other.known).toBe(false);
    expect(stage.engine.torrents()).toEqual([id, other.id]);
  });

  it("under another name, or with one more, are another share", async () => {
    const { id } = await stage.share(sea());
    const lake = sea().map((each) => ({ ...each, path: ["lake", ...each.path.slice(1)] }));
    const others = [lake, [...sea(), aFile("sea/d", 1)], sea().slice(1)];
    for (const [at, files] of others.entries()) {
      const reply = await stage.share(files, { draft: `${at}` });
      expect(reply).toMatchObject({ known: false });
      expect(reply.id).not.toBe(id);
    }
    expect(stage.engine.torrents()).toHaveLength(4);
  });

  it("get a link of their own when the person asks for one, and the first share stays", async () => {
    const { id } = await stage.share(sea());
    const first = await stage.share(sea(), { draft: "2", anew: "00" });
    expect([first.known, first.id === id]).toEqual([false, false]);
    const second = await stage.share(sea(), { draft: "2", anew: "01" });
    expect(stage.engine.torrents()).toEqual([id, second.id]);
    await stage.run("discard", { draft: "2" });
    expect(stage.engine.torrents()).toEqual([id]);
  });
});

describe("a share that a draft made", () => {
  it("is replaced by the next one, and stays once it is passed on", async () => {
    const first = await stage.share(sea());
    const second = await stage.share(sea().slice(1));
    expect(stage.engine.torrents()).toEqual([second.id]);
    expect(stage.shared.isOrigin(first.id)).toBe(false);
    await stage.run("passOn", { draft: "draft", id: second.id });
    await stage.run("discard", { draft: "draft" });
    expect(stage.engine.torrents()).toEqual([second.id]);
  });

  it("is replaced by one that was known, which stays when the draft is discarded", async () => {
    const known = await stage.share(sea(), { draft: "earlier" });
    await stage.run("passOn", { draft: "earlier", id: known.id });
    await stage.share([...sea(), aFile("sea/d", 1)]);
    expect(await stage.share(sea())).toEqual({ ...known, known: true });
    expect(stage.engine.torrents()).toEqual([known.id]);
    await stage.run("discard", { draft: "draft" });
    expect(stage.engine.torrents()).toEqual([known.id]);
  });

  it("goes with the last of the drafts that have become it", async () => {
    const { id } = await stage.share(sea(), { draft: "one" });
    expect(await stage.share(sea(), { draft: "two" })).toMatchObject({ id, known: true });
    await stage.run("discard", { draft: "one" });
    expect(stage.engine.torrents()).toEqual([id]);
    await stage.share(sea().slice(1), { draft: "two" });
    expect(stage.engine.torrents()).not.toContain(id);
  });

  it("is replaced, and goes with its draft, after another worker took over", async () => {
    const { id } = await stage.share(sea());
    const next = await takeOver();
    expect(next.engine.torrents()).toEqual([id]);
    const second = await next.share(sea().slice(1));
    expect(second.known).toBe(false);
    expect(next.engine.torrents()).toEqual([second.id]);
    expect(await next.share(sea())).toMatchObject({ id, known: false });
    const last = await takeOver();
    await last.run("discard", { draft: "draft" });
    expect(last.engine.torrents()).toEqual([]);
    expect(await rowCounts()).toEqual("0 0 0");
  });

  it("is the draft's own when its worker went before it could answer, with the note as it is by now", async () => {
    const { id } = await stage.share(sea(), { title: "Holiday", note: "Hello" });
    const next = await takeOver();
    const again = await next.share(sea(), { title: null, note: "Hello again" });
    expect(again).toMatchObject({ id, known: false });
    expect(next.engine.about(id)!.note).toBe("Hello again");
    expect(next.engine.status(id).title).toBeNull();
    await next.run("discard", { draft: "draft" });
    expect(next.engine.torrents()).toEqual([]);
  });

  it.each(["replaced", "discarded"])("is not %s once its link is passed on by another tab", async (how) => {
    const { id } = await stage.share(sea(), { draft: "one" });
    await stage.share(sea(), { draft: "two" });
    await stage.run("passOn", { draft: "two", id });
    for (const each of [stage, await takeOver()]) {
      if (how === "discarded") await each.run("discard", { draft: "one" });
      else await each.share(sea().slice(1), { draft: "one" });
      expect(each.engine.torrents()).toContain(id);
    }
  });

  it.each(["link", "torrent"] as const)("stays once a tab has opened its %s", async (what) => {
    const { id } = await stage.share(sea());
    expect(stage.library.draftShares.has(id)).toBe(true);
    const { share, torrent } = await stage.run("links", { id });
    if (what === "link") await stage.run("open", { link: share, tab: "another" });
    else
      await stage.run("openTorrentFile", {
        file: new File([torrent as Uint8Array<ArrayBuffer>], "sea.torrent"),
        tab: null,
      });
    expect(stage.library.draftShares.has(id)).toBe(false);
    await stage.run("discard", { draft: "draft" });
    expect(stage.engine.torrents()).toEqual([id]);
    expect(await rowCounts()).toBe("1 1 0");
  });

  it("stays when its tab is gone, also one that went before this worker was there", async () => {
    const { id } = await stage.share(sea());
    for (const each of [stage, await takeOver()]) {
      expect(each.library.draftShares.has(id)).toBe(true);
      each.endTab.get("tab")!();
      await vi.waitFor(() => expect(each.library.draftShares.has(id)).toBe(false), { interval: 1 });
      expect(each.engine.torrents()).toEqual([id]);
    }
  });

  it("is no share that its own draft resembles", async () => {
    const { id } = await stage.share(sea());
    stage.shared.give(id, 0, { ...sea()[0]!, file: new File(["otherwise!"], "a") });
    await stage.shared
      .source(id)!
      .readPiece(0)
      .catch(() => {});
    expect(stage.shared.status(id)!.readable).toBe(2);
    const compare = async (draft: string) => {
      await stage.gather(draft, sea());
      return (await stage.run("compare", { draft, fileCount: 3 })).differences.map((each) => each.id);
    };
    expect(await compare("draft")).toEqual([]);
    expect(await compare("2")).toEqual([id]);
    await stage.run("giveFiles", { id, draft: "2", fileCount: 3, resume: true });
    await stage.run("discard", { draft: "draft" });
    expect(stage.engine.torrents(), "was given files").toEqual([id]);
  });

  it("has the name that the person gave, and so has one that was known", async () => {
    const { id } = await stage.share(sea(), { title: "Holiday" });
    expect(stage.engine.status(id)).toMatchObject({ name: "sea", title: "Holiday" });
    await stage.share(sea(), { draft: "2" });
    expect(stage.engine.status(id).title).toBe("Holiday");
    await stage.share(sea(), { draft: "2", title: "Summer" });
    expect(stage.engine.status(id).title).toBe("Summer");
    await stage.run("rename", { id, title: null });
    expect(stage.engine.status(id).title).toBeNull();
    expect(await stage.db.get("torrents", id)).toMatchObject({ title: null });
  });
});

describe("a draft", () => {
  it("that this worker does not hold wholly is asked for again", async () => {
    const asked = { draft: "1", title: null, note: "", anew: null };
    await expect(stage.run("share", { ...asked, fileCount: 1 })).rejects.toMatchObject({
      code: "share/unknown-draft",
    });
    await stage.gather("1", sea().slice(1));
    await expect(stage.run("share", { ...asked, fileCount: 3 })).rejects.toMatchObject({
      code: "share/unknown-draft",
    });
    await expect(stage.run("compare", { draft: "1", fileCount: 1 })).rejects.toMatchObject({
      code: "share/unknown-draft",
    });
  });

  it("ends what was under way when it changes or is asked again", async () => {
    await stage.gather("1", sea());
    const asked = { draft: "1", fileCount: 3, title: null, note: "", anew: null };
    const first = stage.run("share", asked).catch(({ code }) => code);
    const second = stage.run("share", asked).catch(({ code }) => code);
    await stage.run("takeOut", { draft: "1", paths: [["sea", "a"]] });
    expect(await Promise.all([first, second])).toEqual(["share/cancelled", "share/cancelled"]);
    expect(stage.engine.torrents()).toEqual([]);
    const third = await stage.run("share", { ...asked, fileCount: 2 });
    expect(stage.engine.torrents()).toEqual([third.id]);
  });

  it("ends with its tab, and what it became stays", async () => {
    const { id } = await stage.share(sea());
    await stage.gather("2", sea().slice(1));
    const asked = { title: null, note: "", anew: null };
    const sharing = stage.run("share", { draft: "2", fileCount: 2, ...asked });
    stage.endTab.get("tab")!();
    await expect(sharing).rejects.toMatchObject({ code: "share/cancelled" });
    expect(stage.drafts.snapshots()).toEqual([]);
    expect(stage.engine.torrents()).toEqual([id]);
  });

  it("is at work only while it is hashed", async () => {
    const working = () => stage.drafts.snapshots().map((snapshot) => snapshot.working);
    await stage.gather("1", sea());
    expect(working()).toEqual([false]);
    const asked = { title: null, note: "", anew: null };
    const sharing = stage.run("share", { draft: "1", fileCount: 3, ...asked });
    await vi.waitFor(() => expect(working()).toEqual([true]), { interval: 1 });
    await sharing;
    expect(working()).toEqual([false]);
  });

  it("reads again only what changed", async () => {
    await stage.share(sea());
    const read = watchReads();
    await stage.run("gather", { draft: "draft", tab: "tab", begin: false, files: [aFile("sea/e", 9)] });
    const asked = { title: null, note: "", anew: null };
    await stage.run("share", { draft: "draft", fileCount: 4, ...asked });
    expect(read()).toBe(9);
  });

  it("reads the last piece again where it gets its pad, or loses it", async () => {
    await stage.share([aFile("sea/b", 70_000, 2)]);
    const read = watchReads();
    await stage.run("gather", { draft: "draft", tab: "tab", begin: false, files: [aFile("sea/e", 9)] });
    const asked = { title: null, note: "", anew: null };
    const { id } = await stage.run("share", { draft: "draft", fileCount: 2, ...asked });
    expect(read()).toBe(70_000 - 65_536 + 9);
    const fresh = await new CommandStage(await openMemoryDatabase()).share([
      aFile("sea/b", 70_000, 2),
      aFile("sea/e", 9),
    ]);
    expect(id).toBe(fresh.id);
  });
});

describe("files that cannot be read", () => {
  let tree: TestTree;

  afterEach(() => tree?.remove());

  async function draftOf(lengths: Record<string, number>): Promise<SharedFile[]> {
    tree = await makeTree(lengths, { name: "sea" });
    return Promise.all(
      [...tree.files].map(async ([path, { path: onDisk }]) => ({
        file: await openFile(onDisk),
        path: ["sea", ...path.split("/")],
        handle: null,
      })),
    );
  }

  it("are named and left out, and the share is that of the others", async () => {
    const files = await draftOf({ a: 10, b: 200_000, "deep/c": 5, d: 0 });
    await rm(tree.files.get("b")!.path);
    await writeFile(tree.files.get("deep/c")!.path, "it is longer now");
    const { id, unreadable } = await stage.share(files);
    expect(unreadable.map((path) => path.join("/")).sort()).toEqual(["sea/b", "sea/deep/c"]);
    expect(stage.engine.files(id).map(({ path }) => path.join("/"))).toEqual(["a", "d"]);
    expect(stage.engine.status(id)).toMatchObject({ name: "sea", phase: "seeding" });
    const [a, , , d] = files as [SharedFile, SharedFile, SharedFile, SharedFile];
    expect(await stage.share([a, d], { draft: "2" })).toMatchObject({ id, known: true });
  });

  it("are tried again when they are gathered anew", async () => {
    const files = await draftOf({ a: 10, b: 20 });
    const { path } = tree.files.get("b")!;
    await writeFile(path, "other");
    const first = await stage.share(files);
    expect(first.unreadable).toEqual([["sea", "b"]]);
    const file = await openFile(path);
    await stage.run("gather", { draft: "draft", tab: "tab", begin: false, files: [{ ...files[1]!, file }] });
    const asked = { title: null, note: "", anew: null };
    const second = await stage.run("share", { draft: "draft", fileCount: 2, ...asked });
    expect(second.unreadable).toEqual([]);
    expect(stage.engine.files(second.id)).toHaveLength(2);
    expect(stage.engine.torrents()).toEqual([second.id]);
  });

  it("fail the draft when there is no other", async () => {
    const files = await draftOf({ a: 10 });
    await rm(tree.files.get("a")!.path);
    await expect(stage.share(files)).rejects.toMatchObject({
      code: expect.stringMatching(/^source\//),
      detail: "a",
    });
    expect(stage.engine.torrents()).toEqual([]);
  });
});

/** What a person and their browser may do with a draft. */
const act = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    name: fc.nat(4),
    size: fc.constantFrom(0, 1, 65_536, 70_000),
  }),
  fc.record({ kind: fc.constant("take out" as const), name: fc.nat(4) }),
  fc.record({ kind: fc.constantFrom("share" as const, "take over" as const, "anew" as const) }),
);

it("has, after whatever was done, exactly the share that its files make", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
      let here = new CommandStage(await openMemoryDatabase());
      const files = new Map<string, SharedFile>();
      let made = "";
      let anew: string | null = null;
      let begin = true;
      const share = async () => {
        if (files.size === 0) return;
        if (begin) await here.gather("draft", [...files.values()]);
        begin = false;
        const request = { title: null, note: "", anew };
        const reply = await here.run("share", { draft: "draft", fileCount: files.size, ...request });
        expect(reply.known).toBe(false);
        made = reply.id;
      };
      for (const [at, each] of acts.entries()) {
        if (each.kind === "add") {
          // A file that was written to has another time.
          const file = aFile(`sea/${each.name}`, each.size, at + 1, 1_000 + at);
          files.set(`${each.name}`, file);
          if (!begin) await here.run("gather", { draft: "draft", tab: "tab", begin: false, files: [file] });
        } else if (each.kind === "take out") {
          files.delete(`${each.name}`);
          if (!begin) await here.run("takeOut", { draft: "draft", paths: [["sea", `${each.name}`]] });
        } else if (each.kind === "take over") {
          here = new CommandStage(await reopenDatabase());
          await here.load();
          begin = true;
        } else {
          if (each.kind === "anew") anew = `${at}`;
          await share();
        }
      }
      await share();
      if (files.size === 0) return;
      const id = made;
      expect(here.engine.torrents()).toEqual([id]);
      const fresh = new CommandStage(await openMemoryDatabase());
      const [first, ...others] = files.values();
      // In another order.
      expect(await fresh.share([...others, first!], { anew })).toMatchObject({ id, known: false });
    }),
    { numRuns: 60 },
  );
});
