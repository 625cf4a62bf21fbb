import { describe, expect, it } from "vitest";
import { type Intake, intakeFiles, torrentFileOf } from "../../../app/page/intake.ts";

/** A file as an input gives it: a folder input's have their path from the folder on. */
function file(path: string, inFolder = path.includes("/")): File {
  const made = new File(["x"], path.split("/").at(-1)!);
  return Object.defineProperty(made, "webkitRelativePath", { value: inFolder ? path : "" });
}

/** An intake as text: "name/" for folders, then the paths below it. */
function drawn({ name, singleFile, files }: Intake): string[] {
  return [singleFile ? name : `${name}/`, ...files.map(({ path }) => `  ${path.join("/")}`)];
}

describe("picked files", () => {
  it("one file is shared as itself", () => {
    expect(drawn(intakeFiles([file("photo.jpg")]))).toEqual(["photo.jpg", "  photo.jpg"]);
  });

  it("several files get a folder named after the first", () => {
    expect(drawn(intakeFiles([file("b.jpg"), file("a.jpg"), file("c.jpg")]))).toEqual([
      "b.jpg and 2 more/",
      "  b.jpg",
      "  a.jpg",
      "  c.jpg",
    ]);
  });

  it("two files of one name are both there, for the engine to refuse", () => {
    expect(drawn(intakeFiles([file("a"), file("a")]))).toEqual(["a and 1 more/", "  a", "  a"]);
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
