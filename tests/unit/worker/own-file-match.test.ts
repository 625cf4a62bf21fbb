/** Files that are given again, drawn by their paths and sizes, and where they belong. */
import { describe, expect, it } from "vitest";
import type { SharedFile } from "../../../app/bridge/commands.ts";
import { matchOwnFiles } from "../../../app/worker/own-file-match.ts";
import { sampleContent } from "../../support/sample-content.ts";

const { info } = sampleContent("hybrid", { "a.txt": 1, "b.txt": 2, "deep/a.txt": 3, "deep/eel.jpg": 4 });

/** "path size" of each file that is given. */
function given(...files: string[]): SharedFile[] {
  return files.map((drawn) => {
    const at = drawn.lastIndexOf(" ");
    const file = { size: Number(drawn.slice(at + 1)), name: drawn.slice(0, at) } as File;
    return { file, path: drawn.slice(0, at).split("/"), handle: null };
  });
}

/** "path in the torrent: what was given", with ! for another size; then what is extra. */
function match(files: readonly SharedFile[], missing = [0, 1, 2, 3]): string[] {
  const { found, changed, extra } = matchOwnFiles(info, files, new Set(missing));
  const draw = (files: ReadonlyMap<number, SharedFile>, sign: string) =>
    [...files].map(([index, { path }]) => `${info.files[index]!.path.join("/")}:${sign} ${path.join("/")}`);
  return [
    ...draw(found, ""),
    ...draw(changed, "!"),
    ...extra.map(({ path }) => `extra ${path.join("/")}`),
  ].sort();
}

describe("files that are given", () => {
  it.each([
    [
      "the same folder",
      given("sample/a.txt 1", "sample/deep/a.txt 3"),
      ["a.txt: sample/a.txt", "deep/a.txt: sample/deep/a.txt"],
    ],
    ["a folder of another name", given("lake/deep/eel.jpg 4"), ["deep/eel.jpg: lake/deep/eel.jpg"]],
    [
      "a folder that was in it",
      given("deep/eel.jpg 4", "deep/a.txt 3"),
      ["deep/a.txt: deep/a.txt", "deep/eel.jpg: deep/eel.jpg"],
    ],
    ["a file alone, wherever its folder is", given("eel.jpg 4"), ["deep/eel.jpg: eel.jpg"]],
    ["two of one name", given("a.txt 3", "x/a.txt 1"), ["a.txt: x/a.txt", "deep/a.txt: a.txt"]],
    ["one alone, although another of that name is at the top", given("a.txt 3"), ["deep/a.txt: a.txt"]],
    ["another size", given("sample/b.txt 9"), ["b.txt:! sample/b.txt"]],
    ["another size, alone", given("eel.jpg 9"), ["deep/eel.jpg:! eel.jpg"]],
    ["what was never in it", given("sample/c.txt 1", "d.txt 2"), ["extra d.txt", "extra sample/c.txt"]],
    [
      "the folder and one like it",
      given("lake/b.txt 9", "sample/b.txt 2"),
      ["b.txt: sample/b.txt", "extra lake/b.txt"],
    ],
  ])("are found: %s", (_what, files, expected) => {
    expect(match(files)).toEqual(expected);
  });

  it("take the place only of a missing one where the name alone is the same", () => {
    expect(match(given("eel.jpg 4"), [0])).toEqual(["extra eel.jpg"]);
    expect(match(given("deep/eel.jpg 4"), [0])).toEqual(["deep/eel.jpg: deep/eel.jpg"]);
  });

  it("of a share of a single file", () => {
    const single = sampleContent("hybrid", { "a.txt": 1 }).info;
    const find = (files: SharedFile[]) => [...matchOwnFiles(single, files, new Set([0])).found.keys()];
    expect(find(given("a.txt 1"))).toEqual([0]);
    expect(find(given("sea/a.txt 1"))).toEqual([0]);
    expect(find(given("b.txt 1"))).toEqual([]);
  });
});
