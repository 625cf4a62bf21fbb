import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSafeName } from "../../../app/engine/content/path-name.ts";
import { TorrentBuilder } from "../../../app/engine/content/torrent-builder.ts";
import { type Intake, intakeFiles, torrentFileOf } from "../../../app/page/intake.ts";

/** A file as an input gives it: a folder input's have their path from the folder on. */
function file(path: string, inFolder = path.includes("/")): File {
  const made = new File(["x"], path.split("/").at(-1)!);
  return Object.defineProperty(made, "webkitRelativePath", { value: inFolder ? path : "" });
}

/** An intake as text: "name/" for folders, how many entries it has besides that one, then the paths below it. */
function drawn({ name, otherEntries, singleFile, files }: Intake): string[] {
  const others = otherEntries === 0 ? "" : ` +${otherEntries}`;
  return [`${name}${singleFile ? "" : "/"}${others}`, ...files.map(({ path }) => `  ${path.join("/")}`)];
}

describe("picked files", () => {
  it("one file is shared as itself", () => {
    expect(drawn(intakeFiles([file("photo.jpg")]))).toEqual(["photo.jpg", "  photo.jpg"]);
  });

  it("several files get a folder named after the first by its name", () => {
    expect(drawn(intakeFiles([file("b.jpg"), file("a.jpg"), file("c.jpg")]))).toEqual([
      "a.jpg/ +2",
      "  b.jpg",
      "  a.jpg",
      "  c.jpg",
    ]);
  });

  it("two files of one name are both there, for the engine to refuse", () => {
    expect(drawn(intakeFiles([file("a"), file("a")]))).toEqual(["a/ +1", "  a", "  a"]);
  });

  it("folders and files get a folder named after the first of them", () => {
    expect(drawn(intakeFiles([file("b"), file("c/x"), file("a/z"), file("a/y")]))).toEqual([
      "a/ +2",
      "  b",
      "  c/x",
      "  a/z",
      "  a/y",
    ]);
  });

  it("several files have the name that their torrent begins with, in whatever order they are picked", () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 3 }).filter((text) => isSafeName(text));
    // A string's own order would have these the other way round.
    const examples: [string[]][] = [[["😀", "Ａ"]]];
    const names = fc.uniqueArray(name, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(names, (picked) => {
        const intake = intakeFiles(picked.map((each) => file(each, false)));
        const sources = intake.files.map(({ path }) => ({ path, length: 0 }));
        const { info } = new TorrentBuilder(sources, intake).finish();
        expect(info.files[0]!.path).toEqual([intake.name]);
        expect(info.otherEntries).toBe(intake.otherEntries);
        expect(intakeFiles([...picked].reverse().map((each) => file(each, false))).name).toBe(intake.name);
      }),
      { examples },
    );
  });

  it("a folder gives its name, its files the paths below it", () => {
    expect(drawn(intakeFiles([file("Grüße 🐟/a.txt"), file("Grüße 🐟/deep/er/b.txt")]))).toEqual([
      "Grüße 🐟/",
      "  a.txt",
      "  deep/er/b.txt",
    ]);
  });

  it("a folder with one file is still a folder", () => {
    expect(drawn(intakeFiles([file("folder/a")]))).toEqual(["folder/", "  a"]);
  });

  it("nothing is refused", () => {
    expect(() => intakeFiles([])).toThrow("torrent/empty");
  });
});

describe("a .torrent file", () => {
  it("is told apart when it is alone", () => {
    const torrent = file("Film.TORRENT");
    expect(torrentFileOf(intakeFiles([torrent]))).toBe(torrent);
  });

  it("is shared like any other among others or in a folder", () => {
    expect(torrentFileOf(intakeFiles([file("a.torrent"), file("b")]))).toBeNull();
    expect(torrentFileOf(intakeFiles([file("folder/a.torrent")]))).toBeNull();
    expect(torrentFileOf(intakeFiles([file("a.txt")]))).toBeNull();
  });
});
