import { describe, expect, it } from "vitest";
import type { SharedFile } from "../../../../app/bridge/commands.ts";
import { FreeNames } from "../../../../app/page/intake/free-names.ts";
import { addIntake, type Intake, makeIntake } from "../../../../app/page/intake/intake.ts";
import { Pace } from "../../../../app/page/intake/pace.ts";
import { walk } from "../../../../app/page/intake/walk.ts";
import { FakeFolder, type FakeNode, unreadable } from "./fake-folder.ts";

/** What dropping these gives. A pair is a name and what has it: names may come twice. */
async function dropped(...nodes: [name: string, node: FakeNode][]): Promise<Intake> {
  const folder = new FakeFolder();
  return makeIntake(
    await walk(
      nodes.map(([name, node]) => folder.item(name, node)),
      new Pace(),
    ),
  );
}

const paths = (files: readonly SharedFile[]) => files.map(({ path }) => path.join("/")).sort();
const leftOut = (intake: Intake) =>
  intake.leftOut.map(({ path, reason, file }) => {
    if (file !== null) expect(file.path).toEqual(path);
    return `${path.join("/")}: ${reason}`;
  });

describe("free names", () => {
  it.each([
    ["image.jpg", "image (1).jpg"],
    ["archive.tar.gz", "archive (1).tar.gz"],
    [".bashrc", ".bashrc (1)"],
    ["README", "README (1)"],
    ["Dr. No", "Dr. No (1)"],
    ["v1.2 final.pdf", "v1.2 final (1).pdf"],
    ["line\nbreak.txt", "line\nbreak (1).txt"],
    ["ends with.", "ends with. (1)"],
    ["$&.txt", "$& (1).txt"],
  ])("the second %j is %j", (name, second) => {
    const names = new FreeNames();
    expect([names.take(name, false), names.take(name, false)]).toEqual([name, second]);
  });

  it("a folder's number stands behind its name", () => {
    expect(new FreeNames(["v1.2"]).take("v1.2", true)).toBe("v1.2 (1)");
  });

  it("a number that is taken is left out", () => {
    const names = new FreeNames(["a.txt", "a (1).txt", "a (3).txt"]);
    expect([names.take("a.txt", false), names.take("a.txt", false)]).toEqual(["a (2).txt", "a (4).txt"]);
  });
});

describe("an intake", () => {
  it("numbers what has one name, folders with all that is left out of them", async () => {
    const sea = { "fish.jpg": "1", ".DS_Store": "2" };
    const intake = await dropped(
      ["sea", sea],
      ["sea", sea],
      ["sea", "a file"],
      ["a.txt", "1"],
      ["a.txt", "2"],
    );
    expect(paths(intake.files)).toEqual([
      "a (1).txt",
      "a.txt",
      "sea (1)/fish.jpg",
      "sea (2)",
      "sea/fish.jpg",
    ]);
    expect(leftOut(intake)).toEqual(["sea/.DS_Store: system", "sea (1)/.DS_Store: system"]);
  });

  it("takes system files when there is nothing else: then they are meant", async () => {
    expect(await dropped(["desktop.ini", "1"])).toMatchObject({
      files: [{ path: ["desktop.ini"] }],
      leftOut: [],
    });
    const folder = await dropped(["__MACOSX", { a: "1", b: {}, "._a": "2" }]);
    expect(paths(folder.files)).toEqual(["__MACOSX/._a", "__MACOSX/a"]);
    expect(leftOut(folder)).toEqual(["__MACOSX/b: system"]);
    const both = await dropped(["desktop.ini", "1"], ["plan.txt", "2"]);
    expect(paths(both.files)).toEqual(["plan.txt"]);
    expect(leftOut(both)).toEqual(["desktop.ini: system"]);
  });

  it("is refused when nothing can be shared, naming what could not be opened", async () => {
    await expect(dropped()).rejects.toThrow("torrent/empty");
    await expect(dropped(["empty", { a: {} }])).rejects.toThrow("torrent/empty");
    const bad = dropped(["sea", { a: {}, "b.txt": unreadable }]);
    await expect(bad).rejects.toMatchObject({ code: "source/unreadable", detail: "b.txt" });
  });
});

describe("adding to what is there", () => {
  const add = async (first: Intake, second: Intake) => {
    const { files, leftOut: left, again } = addIntake(second, first.files);
    return { paths: paths(files), left: left.map(({ path }) => path.join("/")), again };
  };

  it("numbers another file and another folder of the same name", async () => {
    const first = await dropped(["a.txt", "1"], ["sea", { "fish.jpg": "12", x: "1" }]);
    const second = await dropped(
      ["a.txt", "22"],
      ["sea", { "fish.jpg": "1", x: "1", e: {} }],
      ["b.txt", "1"],
    );
    expect(await add(first, second)).toEqual({
      paths: ["a (1).txt", "b.txt", "sea (1)/fish.jpg", "sea (1)/x"],
      left: ["sea (1)/e"],
      again: 0,
    });
  });

  it("takes once what is there already, and what is new in a folder", async () => {
    const first = await dropped(["a.txt", "1"], ["sea", { "fish.jpg": "12" }]);
    const second = await dropped(["a.txt", "1"], ["sea", { "fish.jpg": "12", deep: { "eel.jpg": "1" } }]);
    expect(await add(first, second)).toEqual({ paths: ["sea/deep/eel.jpg"], left: [], again: 2 });
  });

  it("takes a folder for another one of the same name when they have no file in common", async () => {
    const first = await dropped(["sea", { "fish.jpg": "12" }]);
    const second = await dropped(["sea", { "eel.jpg": "1" }]);
    expect(await add(first, second)).toEqual({ paths: ["sea (1)/eel.jpg"], left: [], again: 0 });
  });

  it.each<[string, FakeNode, FakeNode]>([
    ["a file where a folder was", { same: "1", x: { y: "1" } }, { same: "1", x: "1" }],
    ["a folder where a file was", { same: "1", x: "1" }, { same: "1", x: { y: "1" } }],
  ])("never gives %s", async (_, before, after) => {
    const added = await add(await dropped(["sea", before]), await dropped(["sea", after]));
    expect(added.paths.every((path) => path.startsWith("sea (1)/"))).toBe(true);
  });

  it("names what a folder leaves out once, whether it was taken in since or not", async () => {
    const sea = ["sea", { "fish.jpg": "12", ".DS_Store": "1", "._a": "2", empty: {} }] as const;
    const first = await dropped([...sea]);
    const second = await dropped([...sea]);
    const again = addIntake(second, first.files, first.leftOut);
    expect(again).toEqual({ files: [], leftOut: [], again: 1 });
    const [taken, ...others] = first.leftOut.filter(({ file }) => file !== null);
    const left = first.leftOut.filter((entry) => entry !== taken);
    expect(others).toHaveLength(1);
    expect(addIntake(second, [...first.files, taken!.file!], left)).toEqual(again);
    const more = await dropped(["sea", { "fish.jpg": "12", ".DS_Store": "1", "Thumbs.db": "3" }]);
    expect(leftOut(addIntake(more, first.files, first.leftOut))).toEqual(["sea/Thumbs.db: system"]);
    const only = { files: [], leftOut: second.leftOut };
    expect(addIntake(only, first.files, first.leftOut)).toEqual({ files: [], leftOut: [], again: 0 });
    const other = await dropped(["sea", { "eel.jpg": "1", ".DS_Store": "1" }]);
    expect(leftOut(addIntake(other, first.files, first.leftOut)), "another folder's").toEqual([
      "sea (1)/.DS_Store: system",
    ]);
  });

  it("takes work that grows with the number of files, however many there are", () => {
    // Work that grows with the square of this takes longer than the suite's time limit.
    const file = new File(["1"], "a", { lastModified: 1 });
    const entries = Array.from({ length: 150_000 }, (_, at) => ({ file, path: [`${at}.txt`], handle: null }));
    const intake = { files: entries, leftOut: [] };
    expect(addIntake(intake, entries)).toEqual({ files: [], leftOut: [], again: entries.length });
  });

  it("numbers a folder against a file, and an empty intake's folder as a folder", async () => {
    const first = await dropped(["v1.2", "1"]);
    const second = await dropped(["v1.2", { a: "1" }]);
    expect((await add(first, second)).paths).toEqual(["v1.2 (1)/a"]);
    const third = await dropped(["v1.2", {}], ["b", "1"]);
    expect(await add(first, third)).toEqual({ paths: ["b"], left: ["v1.2 (1)"], again: 0 });
  });
});
