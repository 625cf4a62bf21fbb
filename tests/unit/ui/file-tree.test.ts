import { describe, expect, it } from "vitest";
import {
  allFolders,
  buildFileTree,
  type FileTree,
  selectionOf,
  storedBelow,
  type TreeNode,
  visibleRows,
  withSelection,
} from "../../../app/ui/file-tree.ts";

const tree = (...paths: string[]): FileTree =>
  buildFileTree(paths.map((path, index) => ({ path: path.split("/"), length: 10 ** index })));

/** The rows as a picture: two spaces a level, folders end in "/". */
function draw(of: FileTree, expanded: ReadonlySet<string> = allFolders(of), limit = 100): string[] {
  const { rows } = visibleRows(of, expanded, limit);
  return rows.map(({ kind, name, depth }) => "  ".repeat(depth) + name + (kind === "folder" ? "/" : ""));
}

function find(of: FileTree, path: string): TreeNode {
  const { rows } = visibleRows(of, allFolders(of), Number.POSITIVE_INFINITY);
  return rows.find((row) => row.path === path)!;
}

describe("a tree of files", () => {
  it("has folders first, and numbers as people count", () => {
    expect(draw(tree("b.txt", "x/10.txt", "x/2.txt", "a/deep/er/f", "a/top"))).toEqual([
      "a/",
      "  deep/",
      "    er/",
      "      f",
      "  top",
      "x/",
      "  2.txt",
      "  10.txt",
      "b.txt",
    ]);
  });

  it("shows closed folders as one row", () => {
    const files = tree("a/1", "a/2", "b/3", "4");
    expect(draw(files, new Set(["b"]))).toEqual(["a/", "b/", "  3", "4"]);
  });

  it("stops at the limit and says how many rows there are", () => {
    const { rows, total } = visibleRows(tree("a/1", "a/2", "3"), new Set(["a"]), 2);
    expect([rows.map(({ path }) => path), total]).toEqual([["a", "a/1"], 4]);
  });

  it("gathers a folder whose files are apart in the torrent", () => {
    const files = tree("a/1", "b/1", "a/2");
    const folder = find(files, "a");
    expect([...files.order.slice(folder.start, folder.end)]).toEqual([0, 2]);
    expect(folder.length).toBe(101);
    expect(storedBelow(files, folder, new Float64Array([5, 7, 9]))).toBe(14);
  });

  it("keeps a file and a folder of one name apart", () => {
    const { rows } = visibleRows(tree("same", "same/inside"), new Set(["same"]), 10);
    expect(rows.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "folder same",
      "file same/inside",
      "file same",
    ]);
  });

  it("of 10,000 files stays closed at 40 rows", () => {
    const many = buildFileTree(
      Array.from({ length: 10_000 }, (_, index) => ({ path: [`d${index % 40}`, `${index}`], length: 1 })),
    );
    expect(visibleRows(many, new Set(), 200)).toMatchObject({ total: 40 });
    expect(visibleRows(many, allFolders(many), 200).rows).toHaveLength(200);
  });
});

describe("what is wanted", () => {
  const files = tree("a/1", "a/b/2", "a/b/3", "4");

  /** Files as "x" (wanted) or "." in the torrent's order. */
  const wanted = (picture: string) => [...picture].map((mark) => mark === "x");
  const picture = (flags: readonly boolean[]) => flags.map((flag) => (flag ? "x" : ".")).join("");

  it.each([
    ["xxx.", "all"],
    ["x...", "some"],
    [".xx.", "some"],
    ["...x", "none"],
  ])("%s: of folder a %s", (flags, selection) => {
    expect(selectionOf(files, find(files, "a"), wanted(flags))).toBe(selection);
  });

  it("changes below the folder and nowhere else", () => {
    const flags = wanted("x..x");
    expect(picture(withSelection(files, find(files, "a"), flags, true))).toBe("xxxx");
    expect(picture(withSelection(files, find(files, "a/b"), wanted("xxxx"), false))).toBe("x..x");
    expect(picture(flags)).toBe("x..x");
  });
});
