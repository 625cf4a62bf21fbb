/** Shares that miss their own files, and what is given to them again. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { FilesGiven, NamedPaths, SharedFile } from "../../../app/bridge/commands.ts";
import { rangeOf, type SourceEntry } from "../../../app/storage/schema.ts";
import { TAKE_INTERVAL } from "../../../app/worker/constants.ts";
import { openMemoryDatabase, reopenDatabase, withMethods } from "../../support/memory-database.ts";
import { sampleBytes } from "../../support/torrents.ts";
import { CommandStage } from "./command-stage.ts";

/** Of a browser that gives no handles: after a start, all files are to be given again. */
let stage: CommandStage;
let id: string;

function aFile(path: string, length: number, content = 1, time = 1_000): SharedFile {
  const bytes = new Uint8Array(sampleBytes(length, content));
  const name = path.split("/").at(-1)!;
  return { file: new File([bytes], name, { lastModified: time }), path: path.split("/"), handle: null };
}

const a = aFile("sea/a.txt", 100_000, 1);
const b = aFile("sea/b.txt", 10, 2);
const c = aFile("sea/deep/c.txt", 70_000, 3);
const otherB = aFile("sea/b.txt", 10, 9, 2_000);
const longerB = aFile("sea/b.txt", 11, 9, 2_000);
const touched = ({ file, path }: SharedFile): SharedFile => ({
  file: new File([file], file.name, { lastModified: 7 }),
  path,
  handle: null,
});

async function restart(): Promise<void> {
  stage = new CommandStage(await reopenDatabase());
  await stage.load();
}

beforeEach(async () => {
  stage = new CommandStage(await openMemoryDatabase());
  ({ id } = await stage.share([a, b, c]));
  await stage.run("passOn", { draft: "draft", id });
  await restart();
});

async function give(...files: SharedFile[]): Promise<FilesGiven> {
  await stage.gather("given", files);
  return stage.run("giveFiles", { id, draft: "given", fileCount: files.length, resume: true });
}

const names = ({ count, first }: NamedPaths) => {
  expect(first).toHaveLength(count);
  return first.map((path) => path.join("/"));
};

/** What was taken, missing, changed and extra, in one text. */
const told = ({ taken, missing, changed, extra }: FilesGiven) =>
  [taken, missing, changed, extra].map((each) => names(each).join(" ")).join(" | ");

/** Phase, how many files can be read, which pieces are had, and how many are missing. */
function state(): string {
  const { phase, haveCount } = stage.engine.status(id);
  const own = stage.shared.status(id)!;
  const { missingCount } = stage.engine.inspect(id).pieces!;
  return `${phase}, ${own.readable} of ${own.total} files, ${haveCount} pieces, ${missingCount} missing`;
}

async function missing(): Promise<string[]> {
  const { count, first } = await stage.run("missingFiles", { id });
  expect(first).toHaveLength(count);
  return first.map(({ file, path, reason }) => `${file} ${path.join("/")} ${reason}`);
}

describe("a share that waits for all of its files", () => {
  it("stands still, and says what it misses", async () => {
    expect(state()).toBe("paused, 0 of 3 files, 0 pieces, 0 missing");
    expect(stage.shared.needsFiles(id)).toBe(true);
    expect(await missing()).toEqual(["0 a.txt not-given", "1 b.txt not-given", "2 deep/c.txt not-given"]);
  });

  it("goes on with the same files at once", async () => {
    const find = vi.spyOn(stage.shared.source(id)!, "find");
    expect(told(await give(c, a, b))).toBe("a.txt b.txt deep/c.txt |  |  | ");
    expect(find).not.toHaveBeenCalled();
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
    expect(await missing()).toEqual([]);
  });

  it("goes on when the same files are shared again, under the same link", async () => {
    expect(await stage.share([b, c, a], { draft: "2" })).toEqual({ id, known: true, unreadable: [] });
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
  });

  it("goes on when they are shared again with other times, too", async () => {
    const files = [b, c, a].map(touched);
    expect(await stage.share(files, { draft: "2" })).toEqual({ id, known: true, unreadable: [] });
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
  });

  it("takes files of other times once their content is found to be the same", async () => {
    const source = stage.shared.source(id)!;
    const find = vi.spyOn(source, "find");
    expect(told(await give(touched(a), b, touched(c)))).toBe("a.txt b.txt deep/c.txt |  |  | ");
    expect(find.mock.calls.map(([, candidates]) => candidates)).toEqual([[0], [2]]);
    await restart();
    // The new times are those that are known now.
    expect(told(await give(touched(a), b, touched(c)))).toBe("a.txt b.txt deep/c.txt |  |  | ");
  });

  it("goes on with those that are right, and names what is wrong", async () => {
    const strange = aFile("sea/d.txt", 1);
    expect(told(await give(a, otherB, strange))).toBe("a.txt | deep/c.txt | b.txt | sea/d.txt");
    expect(state()).toBe("seeding, 1 of 3 files, 2 pieces, 0 missing");
    expect(told(await give(longerB))).toBe(" | deep/c.txt | b.txt | ");
    const alone = { ...c, path: ["c.txt"] };
    expect(told(await give(alone))).toBe("deep/c.txt | b.txt |  | ");
    expect(state()).toBe("seeding, 2 of 3 files, 4 pieces, 0 missing");
    expect(told(await give({ ...touched(b), path: ["b.txt"] }))).toBe("b.txt |  |  | ");
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
    expect(stage.engine.torrents()).toEqual([id]);
  });

  it("does not take one that cannot be read for a changed one without a word", async () => {
    const gone = touched(a);
    vi.spyOn(gone.file, "slice").mockImplementation(() => {
      throw new DOMException("gone", "NotFoundError");
    });
    expect(told(await give(gone, b))).toBe("b.txt | deep/c.txt | a.txt | ");
  });

  it("keeps what was given for a later start", async () => {
    await give(a, touched(b));
    const kept = (await stage.db.getAll("sources")).flat();
    expect(kept.map(({ name, lastModified }) => `${name} ${lastModified}`)).toEqual([
      "a.txt 1000",
      "b.txt 7",
      "c.txt 1000",
    ]);
  });

  it("does not go on without a file, nor is one asked for that it never had", async () => {
    expect(told(await give(aFile("lake/x", 5)))).toBe(" | a.txt b.txt deep/c.txt |  | lake/x");
    expect(state()).toBe("paused, 0 of 3 files, 0 pieces, 0 missing");
    await expect(stage.run("missingFiles", { id: "unknown" })).rejects.toMatchObject({
      code: "share/unknown",
    });
    await expect(
      stage.run("giveFiles", { id: "unknown", draft: "given", fileCount: 1, resume: true }),
    ).rejects.toMatchObject({ code: "share/unknown" });
  });

  it("goes on although it was paused before: it was given its files for that", async () => {
    await give(a, b, c);
    await stage.run("pause", { id });
    await stage.library.settled();
    await restart();
    await give(a, b, c);
    expect(await stage.db.get("torrents", id)).toMatchObject({ active: true, paused: false });
  });
});

describe("very many files of other times", () => {
  const many = (time: number, start = 0) =>
    Array.from({ length: 100 }, (_, at) => aFile(`many/${at}/x`, 20, start + at, time));

  async function restartWithMany(): Promise<void> {
    ({ id } = await stage.share(many(1_000), { draft: "many" }));
    await stage.run("passOn", { draft: "many", id });
    await restart();
  }

  it("are taken in few writes of the record", async () => {
    await restartWithMany();
    const save = vi.spyOn(stage.host, "saveRecord");
    expect((await give(...many(2_000))).taken.count).toBe(100);
    expect(state()).toBe("seeding, 100 of 100 files, 100 pieces, 0 missing");
    // One for the last batch, and one more where that lets the share go on; a slow computer takes some batches before.
    expect(save.mock.calls.length).toBeLessThan(10);
  });

  it("let the share go on before the last one is read", async () => {
    await restartWithMany();
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const found = vi.spyOn(stage.engine, "handleFilesFound");
    const source = stage.shared.source(id)!;
    const { find } = source;
    let finds = 0;
    vi.spyOn(source, "find").mockImplementation((...asked) => {
      if (++finds === 41) now.mockReturnValue(TAKE_INTERVAL);
      return find.apply(source, asked);
    });
    await give(...many(2_000));
    now.mockRestore();
    expect(found.mock.calls.map(([, files]) => [...files].length)).toEqual([40, 60]);
  });

  it("are read twice at most where none of them is what was shared", async () => {
    await restartWithMany();
    const slice = vi.spyOn(Blob.prototype, "arrayBuffer");
    slice.mockClear();
    expect((await give(...many(2_000, 1_000))).changed.count).toBe(100);
    expect(slice.mock.calls.length).toBeLessThanOrEqual(200);
  });
});

describe("two files of one name and size", () => {
  it("are told apart by their content", async () => {
    const files = [aFile("x/1/image.jpg", 500, 1), aFile("x/2/image.jpg", 500, 2)];
    ({ id } = await stage.share(files, { draft: "x" }));
    await stage.run("passOn", { draft: "x", id });
    await restart();
    const second = { ...touched(files[1]!), path: ["image.jpg"] };
    expect(told(await give(second))).toBe("2/image.jpg | 1/image.jpg |  | ");
  });
});

describe("a file that fails while it is shared", () => {
  beforeEach(async () => {
    await give(a, b, c);
    stage.shared.give(id, 1, otherB);
    // b.txt is piece 2.
    const failure = await stage.shared
      .source(id)!
      .readPiece(2)
      .catch((error) => error);
    expect(failure).toMatchObject({ code: "source/changed", detail: "b.txt" });
    stage.engine.inspect(id).handleUnreadable(2, failure);
  });

  it("does not stop the others", async () => {
    expect(state()).toBe("seeding, 2 of 3 files, 4 pieces, 0 missing");
    expect(stage.shared.status(id)!.missing).toEqual({ name: "b.txt", reason: "changed" });
    expect(stage.shared.needsFiles(id)).toBe(false);
  });

  it("goes out again once it is put right and given alone, and its time alone is not believed", async () => {
    expect(told(await give({ ...otherB, path: ["b.txt"] }))).toBe(" |  | b.txt | ");
    expect(stage.engine.status(id).error).not.toBeNull();
    expect(told(await give({ ...b, path: ["b.txt"] }))).toBe("b.txt |  |  | ");
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
    expect(stage.engine.status(id).error).toBeNull();
    expect(stage.engine.torrents()).toEqual([id]);
  });

  it("makes another share where the new version is shared, and this one stays", async () => {
    const other = await stage.share([a, otherB, c], { draft: "2" });
    expect(other.known).toBe(false);
    expect(stage.engine.torrents()).toEqual([id, other.id]);
  });
});

/** A handle that gives a file once the person has allowed it, or none. */
function aHandle(file: File | null, permission: { state: PermissionState } = { state: "granted" }) {
  const getFile = async () => {
    if (permission.state !== "granted") throw new DOMException("", "NotAllowedError");
    if (file === null) throw new DOMException("", "NotFoundError");
    return file;
  };
  const handle = { kind: "file", getFile, queryPermission: async () => permission.state };
  return handle as unknown as FileSystemFileHandle;
}

/** A start at which these handles are found, in the torrents' order. They are not copied into a database in memory. */
async function restartWith(...handles: (FileSystemFileHandle | null)[]): Promise<void> {
  const kept = (await stage.db.getAll("sources", rangeOf(id))).flat();
  const sources = kept.map((entry, at): SourceEntry => ({ ...entry, handle: handles[at] ?? null }));
  const db = await reopenDatabase();
  const getAll = (store: string, range: IDBKeyRange) =>
    store === "sources" && range.lower[0] === id
      ? Promise.resolve([sources])
      : db.getAll(store as "torrents", range as never);
  stage = new CommandStage(withMethods(db, { getAll }));
  vi.spyOn(stage.shared, "keep").mockResolvedValue();
  await stage.load();
}

describe("a start at which some files can be read", () => {
  it("goes on with them, and downloads nothing of what the person has", async () => {
    await restartWith(aHandle(a.file), aHandle(null), aHandle(touched(c).file));
    expect(state()).toBe("seeding, 1 of 3 files, 2 pieces, 0 missing");
    expect(stage.wanted(id)).toBe("+--");
    expect(await missing()).toEqual(["1 b.txt gone", "2 deep/c.txt changed"]);
    await give(touched(b), touched(c));
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
    expect(stage.wanted(id)).toBe("+++");
  });

  it("has everything at the next start at which all can be read", async () => {
    await restartWith(aHandle(a.file), aHandle(null), aHandle(null));
    await stage.library.settled();
    await restartWith(aHandle(a.file), aHandle(b.file), aHandle(c.file));
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
    expect(stage.wanted(id)).toBe("+++");
  });
});

describe("what is dropped is compared with the shares that wait", () => {
  const compare = async (...files: SharedFile[]) => {
    await stage.gather("new", files);
    const { differences } = await stage.run("compare", { draft: "new", fileCount: files.length });
    return differences.map(({ id: share, same, missing, changed, extra }) => {
      expect(share).toBe(id);
      return `${same} | ${[missing, changed, extra].map((each) => names(each).join(" ")).join(" | ")}`;
    });
  };

  it("file by file", async () => {
    expect(await compare(a, longerB, aFile("sea/d.txt", 1))).toEqual(["1 | deep/c.txt | b.txt | sea/d.txt"]);
    expect(await compare(a, b, c)).toEqual(["3 |  |  | "]);
    expect(await compare({ ...c, path: ["c.txt"] })).toEqual(["1 | a.txt b.txt |  | "]);
  });

  it("and one file of the same name and size is no resemblance, unless it has the time as well", async () => {
    expect(await compare(otherB)).toEqual([]);
    expect(await compare(longerB)).toEqual([]);
    expect(await compare(b)).toEqual(["1 | a.txt deep/c.txt |  | "]);
    // A copied folder has other times.
    expect(await compare(otherB, aFile("sea/a.txt", 100_000, 1, 2_000))).toEqual(["2 | deep/c.txt |  | "]);
  });

  it("and nothing is said of shares that it has nothing of, or that have all of their files", async () => {
    expect(await compare(aFile("lake/x", 5))).toEqual([]);
    await give(a, b, c);
    expect(await compare(a, longerB)).toEqual([]);
    // Of a file that is not missing there is nothing to give.
    await restart();
    await give(a, b);
    expect(await compare(a)).toEqual([]);
  });
});

describe("a start at which the browser asks before it reads", () => {
  const asked = { state: "prompt" as PermissionState };
  let handles: FileSystemFileHandle[];

  beforeEach(async () => {
    asked.state = "prompt";
    handles = [aHandle(a.file, asked), aHandle(b.file, asked), aHandle(touched(c).file, asked)];
    await restartWith(...handles);
  });

  it("stands still, and says what may be asked for", async () => {
    expect(state()).toBe("paused, 0 of 3 files, 0 pieces, 0 missing");
    expect(await missing()).toEqual([
      "0 a.txt not-allowed",
      "1 b.txt not-allowed",
      "2 deep/c.txt not-allowed",
    ]);
    expect((await stage.run("missingFiles", { id })).handles).toEqual(handles);
    expect(stage.shared.status(id)).toMatchObject({ readable: 0, notAllowed: 3, kept: true });
  });

  it("goes on once that is allowed, but for what has changed", async () => {
    asked.state = "granted";
    await stage.run("readAgain", { id });
    expect(state()).toBe("seeding, 2 of 3 files, 3 pieces, 0 missing");
    expect(await missing()).toEqual(["2 deep/c.txt changed"]);
    expect((await stage.run("missingFiles", { id })).handles).toEqual([]);
  });

  it("is to be given its files when that is refused", async () => {
    asked.state = "denied";
    await stage.run("readAgain", { id });
    expect(state()).toBe("paused, 0 of 3 files, 0 pieces, 0 missing");
    expect(await missing()).toEqual(["0 a.txt not-given", "1 b.txt not-given", "2 deep/c.txt not-given"]);
    expect(told(await give(a, b, c))).toBe("a.txt b.txt deep/c.txt |  |  | ");
    expect(state()).toBe("seeding, 3 of 3 files, 5 pieces, 0 missing");
  });

  it("stays as it is when nothing was answered", async () => {
    await stage.run("readAgain", { id });
    expect(stage.shared.status(id)).toMatchObject({ readable: 0, notAllowed: 3 });
    await expect(stage.run("readAgain", { id: "unknown" })).rejects.toMatchObject({ code: "share/unknown" });
  });
});

describe("the answer for one share", () => {
  const asked = { state: "prompt" as PermissionState };

  it.each([
    ["lets another one go on that it counts for", false, "seeding"],
    ["leaves another one paused that was", true, "paused"],
  ])("%s", async (_, isPaused, phase) => {
    asked.state = "prompt";
    await give(a, b, c);
    if (isPaused) await stage.run("pause", { id });
    const other = await stage.share([aFile("lake.txt", 5)], { draft: "lake" });
    await stage.run("passOn", { draft: "lake", id: other.id });
    await restartWith(aHandle(a.file, asked), aHandle(b.file, asked), aHandle(c.file, asked));
    asked.state = "granted";
    await stage.run("readAgain", { id: other.id });
    expect(state()).toMatch(new RegExp(`^${phase}, 3 of 3 files`));
    await stage.library.settled();
    expect(await stage.db.get("torrents", id)).toMatchObject({ active: true, paused: isPaused });
  });
});

describe("the handle of a file", () => {
  const handleOf = (index: number) => stage.shared.entries(id)![index]!.handle;
  const b1 = aHandle(b.file);

  it("stays when the file is given again without one", async () => {
    await restartWith(null, b1, null);
    await give(a, c, { ...b, handle: null });
    expect([handleOf(0), handleOf(1), handleOf(2)]).toEqual([null, b1, null]);
    expect(stage.shared.status(id)!.kept).toBe(false);
  });

  it.each(["given again", "shared again"])("is taken when it comes with a file that is %s", async (how) => {
    await restartWith(null, b1, null);
    await give(a, c);
    const keep = vi.spyOn(stage.shared, "keep").mockResolvedValue();
    keep.mockClear();
    const handles = [a, b, c].map(({ file }) => aHandle(file));
    const files = [a, b, c].map((each, at) => ({ ...each, handle: handles[at]! }));
    const run = vi.spyOn(stage, "gather");
    run.mockImplementation(async () => {});
    // Handles are not copied in a test either: the draft gets them as they are.
    stage.drafts.open("given", "tab").gather(files);
    if (how === "given again")
      await stage.run("giveFiles", { id, draft: "given", fileCount: 3, resume: true });
    else expect((await stage.share(files, { draft: "given" })).id).toBe(id);
    expect([0, 1, 2].map(handleOf)).toEqual(handles);
    expect(keep).toHaveBeenCalledTimes(1);
    expect(stage.shared.status(id)).toMatchObject({ readable: 3, kept: true });
  });
});
