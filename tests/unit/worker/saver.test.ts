/** The saver over a disk in memory. Each test decides when a part arrives. */
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { ContentReader } from "../../../app/worker/content-reader.ts";
import { type SaveItem, Saver } from "../../../app/worker/saver.ts";
import { MemoryFile, MemoryFolder } from "./memory-folder.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Files drawn as texts whose parts are parted by "|". Before each part it asks whether to go on. */
class Content {
  readonly files: readonly string[];
  /** Called with "torrent file part" before the part is handed out. */
  before: (part: string) => void | Promise<void>;

  constructor(files: readonly string[]) {
    this.files = files;
    this.before = () => {};
  }

  get reader(): ContentReader {
    return this as unknown as ContentReader;
  }

  begin(): void {}

  async *read(torrent: string, file: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (const [part, text] of this.files[file]!.split("|").entries()) {
      await this.before(`${torrent} ${file} ${part}`);
      yield bytesOf(text);
    }
  }

  items(...paths: string[]): SaveItem[] {
    return paths.map((path, file) => ({
      file,
      length: bytesOf(this.files[file]!.replaceAll("|", "")).length,
      path: path.split("/"),
    }));
  }
}

let content: Content;
let saver: Saver;
let file: MemoryFile;
let folder: MemoryFolder;

beforeEach(() => {
  content = new Content(["one|two|three", "four", "five|six"]);
  saver = new Saver(content.reader);
  file = new MemoryFile("chosen.bin", bytesOf("before"));
  folder = new MemoryFolder("chosen");
});

/** Saves the first file into the chosen one. */
const saveFile = (id = "t") => saver.saveToHandle(id, content.items("a")[0]!, file.handle);

/** The files below the chosen folder, with what they hold. */
const saved = () => Object.fromEntries([...folder.files].map(([path, { text }]) => [path, text]));

/** "torrent written/size" of each save under way. */
const progress = () => saver.snapshots().map(({ id, written, size }) => `${id} ${written}/${size}`);

/** Does something before a part is handed out. */
function at(part: string, act: () => void): void {
  content.before = (asked) => {
    if (asked === part) act();
  };
}

describe("saving into one file", () => {
  it("writes its parts in their order, and replaces what was there at the end", async () => {
    const seen: string[] = [];
    content.before = () => {
      seen.push(file.text);
    };
    await saveFile();
    expect(seen, "while it is written").toEqual(["before", "before", "before"]);
    expect(file.text).toBe("onetwothree");
    expect(file.ends).toEqual(["closed"]);
  });

  it("makes an empty file of an empty one", async () => {
    content = new Content([""]);
    saver = new Saver(content.reader);
    await saveFile();
    expect(file.text).toBe("");
  });
});

describe("saving below a folder", () => {
  it("makes folders as it needs them, once each", async () => {
    await saver.saveToDirectory("t", content.items("d/e/a", "d/b", "c"), folder.handle);
    expect(saved()).toEqual({ "d/e/a": "onetwothree", "d/b": "four", c: "fivesix" });
  });

  it("replaces files that are there, and leaves others alone", async () => {
    (await folder.getFileHandle("c", { create: true })).bytes = bytesOf("old");
    (await folder.getFileHandle("z", { create: true })).bytes = bytesOf("mine");
    await saver.saveToDirectory("t", content.items("a", "b", "c"), folder.handle);
    expect(saved()).toMatchObject({ c: "fivesix", z: "mine" });
  });

  it("gives names that every system takes, and two files two names", async () => {
    await saver.saveToDirectory("t", content.items("con/a:b", "A?", "a_"), folder.handle);
    expect(saved()).toEqual({ "_con/a_b": "onetwothree", A_: "four", "a_ (2)": "fivesix" });
  });

  it("gives another name to a file that the browser refuses to make", async () => {
    const refuses = (name: string) => (name.endsWith(".lnk") ? new TypeError("not allowed") : null);
    folder = new MemoryFolder("chosen", refuses);
    await saver.saveToDirectory("t", content.items("d/a.lnk", "d/A.lnk_", "c.lnk"), folder.handle);
    expect(saved()).toEqual({ "d/a (2).lnk_": "onetwothree", "d/A.lnk_": "four", "c.lnk_": "fivesix" });
  });

  it("gives another name to a folder that the browser refuses to make, and all of its files go there", async () => {
    const refuses = (name: string) => (name.includes("~") ? new TypeError("not allowed") : null);
    folder = new MemoryFolder("chosen", refuses);
    await saver.saveToDirectory("t", content.items("~d/e/a", "~d/b", "c~"), folder.handle);
    expect(saved()).toEqual({ "d_/e/a": "onetwothree", "d_/b": "four", c_: "fivesix" });
  });

  it("asks the browser for each folder once, however many files it has", async () => {
    const asked = vi.spyOn(MemoryFolder.prototype, "getDirectoryHandle");
    content = new Content(Array(60).fill("text"));
    saver = new Saver(content.reader);
    const paths = content.files.map((_, at) => `d/e${at % 3}/${at}`);
    await saver.saveToDirectory("t", content.items(...paths), folder.handle);
    expect(folder.files.size).toBe(60);
    expect(asked).toHaveBeenCalledTimes(4);
    asked.mockRestore();
  });

  it("writes what it is given, whatever the folders and however it is cut into parts", async () => {
    const names = fc.constantFrom("a", "b", "c.txt", "CON", "x:y", "ü");
    const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const texts = fc.array(fc.string({ unit: fc.constantFrom("u", "v", "|"), maxLength: 9 }));
    const trees = fc.array(
      fc.tuple(
        path,
        texts.map((parts) => parts.join("|")),
      ),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        content = new Content(tree.map(([, text]) => text));
        saver = new Saver(content.reader);
        folder = new MemoryFolder("chosen");
        await saver.saveToDirectory("t", content.items(...tree.map(([each]) => each)), folder.handle);
        const held = [...folder.files.values()].map(({ text }) => text).sort();
        expect(held).toEqual(tree.map(([, text]) => text.replaceAll("|", "")).sort());
      }),
    );
  });
});

describe("cancelling", () => {
  it("in the middle of a file leaves it as it was", async () => {
    at("t 0 1", () => saver.cancel("t"));
    await expect(saveFile()).rejects.toMatchObject({ code: "save/cancelled" });
    expect(file.text).toBe("before");
    expect(file.ends).toEqual(["aborted"]);
    expect(saver.snapshots()).toEqual([]);
  });

  it("in a later file keeps the ones that are done", async () => {
    at("t 1 0", () => saver.cancel("t"));
    const saving = saver.saveToDirectory("t", content.items("a", "b", "d/c"), folder.handle);
    await expect(saving).rejects.toMatchObject({ code: "save/cancelled" });
    expect(saved()).toEqual({ a: "onetwothree", b: "" });
    expect(folder.files.get("b")?.ends).toEqual(["aborted"]);
  });

  it("between two files makes no more", async () => {
    (await folder.getFileHandle("a", { create: true })).closed = () => saver.cancel("t");
    const saving = saver.saveToDirectory("t", content.items("a", "d/b", "c"), folder.handle);
    await expect(saving).rejects.toMatchObject({ code: "save/cancelled" });
    expect(saved()).toEqual({ a: "onetwothree" });
  });

  it("ends every save of its torrent, and none of another", async () => {
    const other = new MemoryFile("other.bin");
    content.before = (part) => {
      if (part === "t 0 1") saver.cancel("t");
    };
    const items = content.items("a", "b", "c");
    const ends = await Promise.allSettled([
      saveFile(),
      saver.saveToDirectory("t", items, folder.handle),
      saver.saveToHandle("u", items[2]!, other.handle),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect([file.text, other.text]).toEqual(["before", "fivesix"]);
  });

  it("does nothing to a save that begins later", async () => {
    saver.cancel("t");
    await saveFile();
    expect(file.text).toBe("onetwothree");
  });
});

describe("saving that fails", () => {
  const full = new DOMException("the disk is full", "QuotaExceededError");

  it.each(["open", "write", "close"] as const)("tells why the disk refuses to %s the file", async (what) => {
    file.refuses = { [what]: full };
    await expect(saveFile()).rejects.toMatchObject({
      code: "save/failed",
      detail: "the disk is full",
      cause: full,
    });
    expect(file.text).toBe("before");
    expect(saver.snapshots()).toEqual([]);
  });

  it("gives up the writing, and tells the first reason even when that fails too", async () => {
    file.refuses = { write: full, abort: new Error("gone as well") };
    await expect(saveFile()).rejects.toMatchObject({ code: "save/failed", detail: "the disk is full" });
    expect(file.ends).toEqual(["aborted"]);
  });

  it("tells what kept the content from being read, as it is", async () => {
    at("t 0 2", () => {
      throw new ShoalError("save/incomplete", "a");
    });
    await expect(saveFile()).rejects.toMatchObject({ code: "save/incomplete", detail: "a" });
    expect(file.ends).toEqual(["aborted"]);
  });

  it.each([
    ["a file stands where a folder is needed", "a/x", "of another kind"],
    ["a folder stands where a file is needed", "d", "of another kind"],
    ["the browser refuses a name in every form", "never", "not allowed"],
  ])("stops where %s, and keeps what is done", async (_, path, detail) => {
    const refuses = (name: string) => (name.startsWith("never") ? new TypeError("not allowed") : null);
    folder = new MemoryFolder("chosen", refuses);
    await folder.getFileHandle("a", { create: true });
    await folder.getDirectoryHandle("d", { create: true });
    const saving = saver.saveToDirectory("t", content.items("b", path, "c"), folder.handle);
    await expect(saving).rejects.toMatchObject({ code: "save/failed", detail });
    expect(saved()).toEqual({ a: "", b: "onetwothree" });
  });

  it("can be begun anew", async () => {
    file.refuses = { write: full };
    await expect(saveFile()).rejects.toThrow(ShoalError);
    file.refuses = {};
    await saveFile();
    expect(file.text).toBe("onetwothree");
  });
});

describe("progress", () => {
  it("grows by each part, over all files of a save, and ends with it", async () => {
    const seen: string[][] = [];
    content.before = () => {
      seen.push(progress());
    };
    const saving = saver.saveToDirectory("t", content.items("a", "b", "c"), folder.handle);
    expect(progress()).toEqual(["t 0/22"]);
    await saving;
    expect(seen.flat()).toEqual(["t 0/22", "t 3/22", "t 6/22", "t 11/22", "t 15/22", "t 19/22"]);
    expect(progress()).toEqual([]);
  });

  it("is told of every save under way", async () => {
    const items = content.items("a", "b");
    const other = new MemoryFile("other.bin");
    const saving = [saveFile(), saver.saveToHandle("u", items[1]!, other.handle)];
    expect(progress()).toEqual(["t 0/11", "u 0/4"]);
    await Promise.all(saving);
    expect(progress()).toEqual([]);
  });
});
