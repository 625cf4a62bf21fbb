import { beforeAll, describe, expect, it } from "vitest";
import { FileTree, fold } from "../../../app/bridge/file-tree.ts";

function treeOf(...paths: string[]): Promise<FileTree> {
  return FileTree.build(paths.map((path, index) => ({ path: path.split("/"), length: 10 ** index })));
}

/** The nodes in order as a picture: two spaces a level, folders end in "/". */
function draw(tree: FileTree): string[] {
  return Array.from(
    tree.names,
    (name, node) => "  ".repeat(tree.depth(node)) + name + (tree.isFolder(node) ? "/" : ""),
  );
}

describe("a tree of files", () => {
  it("has folders first, and numbers as people count", async () => {
    expect(draw(await treeOf("b.txt", "x/10.txt", "x/2.txt", "a/deep/er/f", "a/top"))).toEqual([
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

  it("gathers a folder whose files are apart in the torrent", async () => {
    const tree = await treeOf("a/1", "b/1", "a/2");
    expect([...tree.filesBelow(0)]).toEqual([0, 2]);
    expect([tree.ends[0], tree.lengths[0], tree.fileCounts[0]]).toEqual([3, 101, 2]);
    expect([...tree.filesBelow(2)]).toEqual([2]);
  });

  it("keeps a file and a folder of one name apart", async () => {
    const tree = await treeOf("same", "same/inside");
    expect(draw(tree)).toEqual(["same/", "  inside", "same"]);
    expect([0, 1, 2].map((node) => tree.path(node))).toEqual(["same", "same/inside", "same"]);
  });

  it("of no files is empty", async () => {
    expect(await FileTree.build([])).toMatchObject({ count: 0, fileCount: 0 });
  });
});

describe("a tree of 20,000 files", () => {
  const files = Array.from({ length: 20_000 }, (_, index) => ({
    path: [`d${index % 7}`, `photo ${(index * 7919) % 20_000}.jpg`],
    length: 1,
  }));
  let tree: FileTree;

  beforeAll(async () => {
    tree = await FileTree.build(files);
  });

  it("is in order in every folder, and has every file once", () => {
    const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
    for (let node = 1; node < tree.count; node++)
      if (tree.parents[node] === tree.parents[node - 1] && !tree.isFolder(node - 1))
        expect(collator.compare(tree.names[node - 1]!, tree.names[node]!)).toBeLessThanOrEqual(0);
    const listed = [...tree.files].filter((file) => file >= 0);
    expect(new Set(listed).size).toBe(20_000);
    expect([tree.count, tree.fileCount]).toEqual([20_007, 20_000]);
  });

  it("lets other work of its thread go on while it is built", async () => {
    let isBuilt = false;
    const building = FileTree.build(files).then(() => {
      isBuilt = true;
    });
    let turns = 0;
    while (!isBuilt) {
      await new Promise((resolve) => setImmediate(resolve));
      turns++;
    }
    await building;
    expect(turns).toBeGreaterThan(2);
  });
});

it.each([
  ["Straße", "STRASSE", false],
  ["Ångström", "angstrom", true],
  ["ﬁsh", "FISH", true],
  ["Кит", "кит", true],
])("a search for %s and for %s is the same: %s", (one, other, same) => {
  expect(fold(one) === fold(other)).toBe(same);
});
