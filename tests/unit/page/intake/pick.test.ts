import { describe, expect, it } from "vitest";
import { layOutShare } from "../../../../app/engine/content/share-layout.ts";
import { MAX_PATH_DEPTH } from "../../../../app/page/constants.ts";
import { intakeHandles } from "../../../../app/page/intake/drop.ts";
import { type Intake, torrentFilesOf } from "../../../../app/page/intake/intake.ts";
import { intakeFiles } from "../../../../app/page/intake/pick.ts";
import { FakeFolder } from "./fake-folder.ts";

/** A file as an input gives it: a folder input's have their path from the folder on. */
function file(path: string, name = path.split("/").at(-1)!): File {
  const made = new File(["x"], name);
  return Object.defineProperty(made, "webkitRelativePath", { value: path.includes("/") ? path : "" });
}

const paths = ({ files }: Intake) => files.map(({ path }) => path.join("/"));
const leftOut = (intake: Intake) => intake.leftOut.map(({ path, reason }) => `${path.join("/")}: ${reason}`);

describe("picked files", () => {
  it("have their names, and in a folder their paths from the folder on", async () => {
    expect(paths(await intakeFiles([file("photo.jpg")]))).toEqual(["photo.jpg"]);
    expect(paths(await intakeFiles([file("Grüße 🐟/a.txt"), file("Grüße 🐟/deep/er/b.txt")]))).toEqual([
      "Grüße 🐟/a.txt",
      "Grüße 🐟/deep/er/b.txt",
    ]);
  });

  it("of one name are numbered, as phones call every photo image.jpg", async () => {
    const photos = [file("image.jpg"), file("image.jpg"), file("image (1).jpg"), file("image.jpg")];
    const intake = await intakeFiles(photos);
    expect(paths(intake)).toEqual(["image.jpg", "image (1).jpg", "image (1) (1).jpg", "image (2).jpg"]);
    expect(intake.files.map((each) => each.file)).toEqual(photos);
  });

  it("that differ in case or in Unicode form are two files", async () => {
    const names = ["README", "readme", "caf\u00E9.txt", "cafe\u0301.txt"];
    expect(paths(await intakeFiles(names.map((name) => file(name))))).toEqual(names);
  });

  it("have _ for a backslash, which Chromium shows as if it parted folders", async () => {
    const picked = [
      file("sea/back/slash.txt", "back\\slash.txt"),
      file("sea/back_slash.txt"),
      file("sea/back/slash.txt"),
    ];
    expect(paths(await intakeFiles(picked))).toEqual([
      ...["sea/back_slash.txt", "sea/back/slash.txt"],
      ...["sea/back_slash (1).txt"],
    ]);
    expect(paths(await intakeFiles([file("a\\b"), file("a_b")]))).toEqual(["a_b", "a_b (1)"]);
  });

  it("leave out system files and what lies too deep", async () => {
    const deep = (length: number) => `sea/${"d/".repeat(length - 2)}bottom.txt`;
    const picked = ["sea/fish.jpg", "sea/.DS_Store", "sea/__MACOSX/a/b", deep(MAX_PATH_DEPTH)];
    const intake = await intakeFiles([...picked, deep(MAX_PATH_DEPTH + 1)].map((path) => file(path)));
    expect(paths(intake)).toEqual(["sea/fish.jpg", deep(MAX_PATH_DEPTH)]);
    expect(leftOut(intake)).toEqual([
      "sea/.DS_Store: system",
      "sea/__MACOSX/a/b: system",
      `${deep(MAX_PATH_DEPTH + 1)}: too-deep`,
    ]);
    expect(intake.leftOut.map((left) => left.file?.path.join("/"))).toEqual([
      "sea/.DS_Store",
      "sea/__MACOSX/a/b",
      undefined,
    ]);
  });

  it("are nothing when nothing is picked", async () => {
    await expect(intakeFiles([])).rejects.toThrow("torrent/empty");
  });

  it("can be many; picking is cancelled in the middle of them", async () => {
    const abort = new AbortController();
    let taken = 0;
    function* many() {
      for (; taken < 100_000; taken++) {
        if (taken === 1000) abort.abort();
        yield new File([], `${taken}`);
      }
    }
    await expect(intakeFiles(many(), { signal: abort.signal })).rejects.toThrow("share/cancelled");
    expect(taken).toBeLessThan(2000);
  });
});

it("a folder picked by a picker and by an input gives one list", async () => {
  const tree = { sea: { a: { "b.txt": "1" }, "c.txt": "2", ".DS_Store": "3" } };
  const folder = new FakeFolder();
  const byHandles = await intakeHandles(
    Object.entries(tree).map(([name, node]) => folder.handle(name, node)),
  );
  const byInput = await intakeFiles(["sea/c.txt", "sea/a/b.txt", "sea/.DS_Store"].map((path) => file(path)));
  expect(paths(byHandles).sort()).toEqual(paths(byInput).sort());
  expect(leftOut(byHandles)).toEqual(leftOut(byInput));
  expect(layOutShare(byHandles.files).name).toBe("sea");
});

describe(".torrent files", () => {
  it("are told apart when there is nothing else", async () => {
    const torrents = [file("Film.TORRENT"), file("b.torrent")];
    for (const picked of [torrents, torrents.slice(1)])
      expect(torrentFilesOf(await intakeFiles(picked)).map((each) => each.file)).toEqual(picked);
  });

  it("are shared like any other among others or in a folder", async () => {
    for (const picked of [["a.torrent", "b"], ["folder/a.torrent"], ["a.txt"], [".DS_Store"]])
      expect(torrentFilesOf(await intakeFiles(picked.map((path) => file(path))))).toEqual([]);
  });
});
