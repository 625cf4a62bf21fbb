/** Pieces that are written straight into a folder: where they go, what survives what, and what is found again. */
import { beforeEach, describe, expect, it } from "vitest";
import { SafePaths } from "../../../app/bridge/safe-names.ts";
import { equalBytes } from "../../../app/engine/content/info-hash.ts";
import { canReadWhileWriting, DiskFiles } from "../../../app/worker/disk-files.ts";
import { type SampleContent, sampleContent } from "../../support/sample-content.ts";
import { MemoryFile, MemoryFolder } from "./memory-folder.ts";

const folder = sampleContent(
  "hybrid",
  { "a.bin": 70_000, "b/c.txt": 5, "empty.log": 0, "z.bin": 40_000 },
  32_768,
);
/** Pieces of a.bin: 0 to 2; of b/c.txt: 3; of z.bin: 4 and 5. */
const A_BIN = [0, 1, 2];
const together = sampleContent("v1", { "a.bin": 40_000, "b.bin": 40_000 }, 32_768);
const all = (content: SampleContent) => new Uint8Array(content.info.files.length).fill(1);

let disk: MemoryFolder;

beforeEach(() => {
  disk = new MemoryFolder("Downloads");
});

/** The files of a run that begins now, and the pieces that it finds, in order. */
async function begin(content: SampleContent, wanted = all(content), progress = (_: number) => {}) {
  const files = new DiskFiles(content.info, disk.handle, new SafePaths());
  const isTrue = async (piece: number, data: Uint8Array) => equalBytes(data, content.piece(piece));
  const bits = await files.look(wanted, isTrue, progress);
  const found = Array.from({ length: content.info.pieceCount }, (_, piece) => piece).filter(
    (piece) => (bits[piece >> 3]! & (0x80 >> (piece & 7))) !== 0,
  );
  return { files, found };
}

async function store(files: DiskFiles, content: SampleContent, pieces: readonly number[]): Promise<void> {
  for (const piece of pieces) await files.store(piece, content.piece(piece));
}

async function expectTrue(files: DiskFiles, content: SampleContent, piece: number): Promise<void> {
  expect(equalBytes(await files.read(piece), content.piece(piece)), `piece ${piece}`).toBe(true);
}

/** The names below the folder, each with what everybody sees of it: its bytes. */
const sizes = () => Object.fromEntries([...disk.files].map(([path, { bytes }]) => [path, bytes.length]));

const top = folder.info.name;

describe("pieces", () => {
  it("go to their places, in any order, and a file is seen once it is whole", async () => {
    const { files, found } = await begin(folder);
    expect(found).toEqual([]);
    await store(files, folder, [2, 5, 0]);
    expect(sizes()).toMatchObject({ [`${top}/a.bin`]: 0, [`${top}/z.bin`]: 0, [`${top}/empty.log`]: 0 });
    await store(files, folder, [1, 3]);
    expect(sizes()).toMatchObject({ [`${top}/a.bin`]: 70_000, [`${top}/b/c.txt`]: 5, [`${top}/z.bin`]: 0 });
    await store(files, folder, [4]);
    expect(sizes()).toEqual({
      [`${top}/a.bin`]: 70_000,
      [`${top}/b/c.txt`]: 5,
      [`${top}/empty.log`]: 0,
      [`${top}/z.bin`]: 40_000,
    });
    const whole = Buffer.concat([0, 1, 2].map((piece) => folder.piece(piece)));
    expect(Buffer.from(disk.files.get(`${top}/a.bin`)!.bytes).equals(whole)).toBe(true);
  });

  it("are read where they are, before and after their file is whole", async () => {
    const { files } = await begin(folder);
    await store(files, folder, [2, 0]);
    for (const piece of [0, 2]) await expectTrue(files, folder, piece);
    await store(files, folder, [1]);
    for (const piece of A_BIN) await expectTrue(files, folder, piece);
    await expect(files.read(5)).rejects.toMatchObject({ code: "storage/lost", detail: "5" });
  });

  it("may lie in several files", async () => {
    const { files } = await begin(together);
    await store(files, together, [1, 0, 2]);
    for (const piece of [0, 1, 2]) await expectTrue(files, together, piece);
    expect(sizes()).toEqual({
      [`${together.info.name}/a.bin`]: 40_000,
      [`${together.info.name}/b.bin`]: 40_000,
    });
  });

  it("that turned out to be wrong are written again, into the whole file", async () => {
    const { files } = await begin(folder);
    await store(files, folder, A_BIN);
    files.delete(1);
    await store(files, folder, [1]);
    await expectTrue(files, folder, 1);
    expect(disk.files.get(`${top}/a.bin`)!.ends).toEqual(["closed", "closed"]);
  });

  it("are no longer read or written in a whole file that somebody else wrote to", async () => {
    const { files } = await begin(folder);
    await store(files, folder, A_BIN);
    disk.files.get(`${top}/a.bin`)!.lastModified = 77;
    const changed = { code: "source/changed", detail: "a.bin" };
    await expect(files.read(0)).rejects.toMatchObject(changed);
    files.delete(0);
    await expect(files.store(0, folder.piece(0))).rejects.toMatchObject(changed);
  });

  it.each(["open", "write", "close"] as const)(
    "that the disk refuses fail and are told: %s",
    async (when) => {
      const { files } = await begin(folder);
      const file = disk.files.get(`${top}/a.bin`)!;
      await store(files, folder, [0]);
      await files.closeAll();
      if (when !== "open") await store(files, folder, [1]);
      file.refuses[when] = new DOMException("no room", "QuotaExceededError");
      await expect(files.store(2, folder.piece(2))).rejects.toMatchObject({ name: "QuotaExceededError" });
      expect(files.takeLost()).toEqual(when === "open" ? [] : when === "write" ? [0, 1] : A_BIN);
      expect(files.takeLost()).toEqual([]);
      await expectTrue(files, folder, 0);
      if (when !== "open") await expect(files.read(1)).rejects.toMatchObject({ code: "storage/lost" });
      file.refuses = {};
      await store(files, folder, A_BIN);
      expect(sizes()).toMatchObject({ [`${top}/a.bin`]: 70_000 });
    },
  );

  it("of files that nobody wanted make no file before they come", async () => {
    const { files } = await begin(folder, Uint8Array.of(0, 0, 0, 1));
    expect(Object.keys(sizes())).toEqual([`${top}/z.bin`]);
    await store(files, folder, [3]);
    expect(Object.keys(sizes())).toContain(`${top}/b/c.txt`);
  });
});

describe("a later run", () => {
  it("finds what whole files and closed ones have", async () => {
    const { files } = await begin(folder);
    await store(files, folder, [...A_BIN, 5]);
    await files.closeAll();
    const later = await begin(folder);
    expect(later.found).toEqual([0, 1, 2, 5]);
    await store(later.files, folder, [3, 4]);
    await expectTrue(later.files, folder, 5);
    expect(sizes()).toMatchObject({ [`${top}/z.bin`]: 40_000, [`${top}/b/c.txt`]: 5 });
  });

  it("goes on with the same files after they were closed in the middle", async () => {
    const { files } = await begin(folder);
    await store(files, folder, [0]);
    await files.closeAll();
    await expectTrue(files, folder, 0);
    await store(files, folder, [1, 2]);
    expect((await begin(folder)).found).toEqual(A_BIN);
  });

  it("finds what a browser that was killed left in the swap file", async () => {
    const { files } = await begin(folder);
    await store(files, folder, [0, 2]);
    expect(Object.keys(sizes())).toContain(`${top}/a.bin.crswap`);
    const later = await begin(folder);
    expect(later.found).toEqual([0, 2]);
    expect(Object.keys(sizes())).not.toContain(`${top}/a.bin.crswap`);
    await store(later.files, folder, [1]);
    expect((await begin(folder)).found).toEqual(A_BIN);
  });

  it("takes the better of a file and its swap file, and leaves none behind", async () => {
    const { files } = await begin(folder);
    await store(files, folder, [0, 1]);
    await files.closeAll();
    const place = (disk.children.get(top) as MemoryFolder).children;
    for (const name of ["a.bin.crswap", "a.bin.1.crswap", "a.bin.txt.crswap"])
      place.set(name, new MemoryFile(name, new Uint8Array(folder.piece(0))));
    expect((await begin(folder)).found).toEqual([0, 1]);
    expect([...place.keys()].filter((name) => name.endsWith("crswap"))).toEqual(["a.bin.txt.crswap"]);
  });

  it("finds nothing of a file in which nothing is right, and touches it not", async () => {
    const other = await disk.getDirectoryHandle(top, { create: true });
    other.children.set("a.bin", new MemoryFile("a.bin", new TextEncoder().encode("mine")));
    await expect(begin(folder)).rejects.toMatchObject({ code: "save/exists", detail: "a.bin" });
    expect(disk.files.get(`${top}/a.bin`)!.text).toBe("mine");
  });

  it("writes over no other file that is wanted later", async () => {
    const { files } = await begin(folder, Uint8Array.of(0, 0, 0, 1));
    (disk.children.get(top) as MemoryFolder).children.set(
      "a.bin",
      new MemoryFile("a.bin", new Uint8Array(9)),
    );
    await expect(files.store(0, folder.piece(0))).rejects.toMatchObject({ code: "save/exists" });
    expect(disk.files.get(`${top}/a.bin`)!.bytes.length).toBe(9);
  });

  it("leaves another file alone when the share is removed", async () => {
    const { files } = await begin(folder, Uint8Array.of(0, 0, 0, 1));
    (disk.children.get(top) as MemoryFolder).children.set(
      "a.bin",
      new MemoryFile("a.bin", new Uint8Array(9)),
    );
    await expect(files.store(0, folder.piece(0))).rejects.toMatchObject({ code: "save/exists" });
    await files.discard();
    expect(disk.files.get(`${top}/a.bin`)!.bytes.length).toBe(9);
  });

  it("finds pieces that lie in several files, and goes on with files that have none of their own", async () => {
    const small = sampleContent("v1", { a: 10_000, b: 20_000, c: 40_000, d: 7 }, 32_768);
    const { files } = await begin(small);
    await store(files, small, [0]);
    await files.closeAll();
    expect((await begin(small)).found).toEqual([0]);
    const again = await begin(small);
    await store(again.files, small, [1, 2]);
    const later = await begin(small);
    expect(later.found).toEqual([0, 1, 2]);
    for (const piece of later.found) await expectTrue(later.files, small, piece);
  });

  it("tells how far it has looked, and can be ended", async () => {
    const { files } = await begin(folder);
    await store(files, folder, A_BIN);
    let looked = 0;
    await begin(folder, all(folder), (bytes) => {
      looked += bytes;
    });
    expect(looked).toBe(70_000);
    const stop = () => {
      throw new Error("enough");
    };
    await expect(begin(folder, all(folder), stop)).rejects.toThrow("enough");
  });
});

it("discarding leaves whole files, and nothing of the others", async () => {
  const { files } = await begin(folder);
  await store(files, folder, [...A_BIN, 4]);
  await files.discard();
  expect(sizes()).toEqual({ [`${top}/a.bin`]: 70_000, [`${top}/empty.log`]: 0 });
});

describe("a browser", () => {
  it("that shows what it writes is known, and nothing is left of the question", async () => {
    expect(await canReadWhileWriting(disk.handle)).toBe(true);
    expect(sizes()).toEqual({});
  });

  it("that hides it is known", async () => {
    const hiding = {
      ...disk,
      getFileHandle: disk.getFileHandle.bind(disk),
      removeEntry: disk.removeEntry.bind(disk),
    };
    const hidden = Object.assign(hiding, {
      getFileHandle: (name: string, options?: { create?: boolean }) =>
        name.endsWith(".crswap")
          ? Promise.reject(new DOMException("not there", "NotFoundError"))
          : disk.getFileHandle(name, options),
    });
    expect(await canReadWhileWriting(hidden as unknown as FileSystemDirectoryHandle)).toBe(false);
    expect(sizes()).toEqual({});
  });
});
