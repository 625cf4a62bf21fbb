import { expect, it } from "vitest";
import { pathBelow, pathsBelow, topFolderOf } from "../../../app/ui/top-folder.ts";

const files = (...paths: readonly string[]) => paths.map((path) => ({ path: path.split("/") }));

it.each([
  [["sea/a", "sea/deep/b"], "sea"],
  [["sea/a", "lake/a"], null],
  [["sea/a", "sea"], null],
  [["a"], null],
  [[], null],
])("%j are all in %j", (paths, top) => {
  expect(topFolderOf(files(...paths))).toBe(top);
});

it("a path is told without the top folder, if it is in it", () => {
  expect(pathBelow({ path: ["sea", "deep", "b"] }, "sea")).toEqual(["deep", "b"]);
  expect(pathBelow({ path: ["lake", "a"] }, "sea")).toEqual(["lake", "a"]);
  expect(pathBelow({ path: ["sea"] }, "sea")).toEqual(["sea"]);
  expect(pathBelow({ path: ["sea", "a"] }, null)).toEqual(["sea", "a"]);
});

it("named paths are told below the top folder of all files", () => {
  const extra = { count: 7, first: [["sea", "c"]] };
  expect(pathsBelow(extra, files("sea/a", "sea/c"))).toEqual({ count: 7, first: [["c"]] });
  expect(pathsBelow(extra, files("sea/c", "a"))).toEqual(extra);
});
