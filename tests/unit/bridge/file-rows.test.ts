/** Windows of rows against a list that is made the simple way. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileRow, RowMaker, type RowsQuery } from "../../../app/bridge/file-rows.ts";
import { FileTree } from "../../../app/bridge/file-tree.ts";

const everything: RowsQuery = { open: true, turned: [], search: "", from: 0, to: 1_000 };

async function makerOf(...paths: string[]): Promise<RowMaker> {
  return new RowMaker(await FileTree.build(paths.map((path) => ({ path: path.split("/"), length: 1 }))));
}

/** The rows as a picture: two spaces a level, folders end in "/", closed ones in "+". */
function draw(rows: readonly FileRow[]): string[] {
  return rows.map(
    ({ name, depth, file, open }) => "  ".repeat(depth) + name + (file >= 0 ? "" : open ? "/" : "+"),
  );
}

describe("rows", () => {
  it("leave out what is below closed folders", async () => {
    const maker = await makerOf("a/1", "a/2", "b/3", "4");
    const closed = await maker.rows({ ...everything, open: false });
    expect(draw(closed.rows)).toEqual(["a+", "b+", "4"]);
    const b = closed.rows[1]!.node;
    expect(draw((await maker.rows({ ...everything, open: false, turned: [b] })).rows)).toEqual([
      "a+",
      "b/",
      "  3",
      "4",
    ]);
    expect(draw((await maker.rows({ ...everything, turned: [b] })).rows)).toEqual([
      "a/",
      "  1",
      "  2",
      "b+",
      "4",
    ]);
  });

  it("tell of each folder how much it holds", async () => {
    const { rows } = await (await makerOf("a/b/1", "a/2", "c")).rows(everything);
    expect(rows[0]).toMatchObject({ path: "a", end: 4, fileCount: 2, length: 2, file: -1 });
    expect(rows[1]).toMatchObject({ path: "a/b", node: 1, end: 3, fileCount: 1, depth: 1 });
    expect(rows.at(-1)).toMatchObject({ path: "c", file: 2, depth: 0, fileCount: 1 });
  });

  it("are none past the end, and only counted where none are asked for", async () => {
    const maker = await makerOf("a", "b");
    expect(await maker.rows({ ...everything, from: 5, to: 9 })).toMatchObject({ total: 2, rows: [] });
    expect(await maker.rows({ ...everything, from: 0, to: 0 })).toMatchObject({ total: 2, rows: [] });
    expect(await maker.rows({ ...everything, from: -3, to: 1 })).toMatchObject({ total: 2, rows: [{}] });
  });
});

describe("a search", () => {
  const find = async (search: string, turned: number[] = []) => {
    const maker = await makerOf("Photos/sea.jpg", "Photos/hill.jpg", "sea/deep/fish", "sea/ship", "z");
    return maker.rows({ ...everything, open: false, search, turned });
  };

  it("opens the folders of what it finds, and leaves out the rest", async () => {
    const { rows, found, total } = await find(" HILL ");
    expect(draw(rows)).toEqual(["Photos/", "  hill.jpg"]);
    expect([found, total]).toEqual([1, 2]);
  });

  it("shows a folder that it finds, whose content is there when it is opened", async () => {
    const { rows, found } = await find("sea");
    expect(draw(rows)).toEqual(["Photos/", "  sea.jpg", "sea+"]);
    expect(found).toBe(2);
    const opened = await find("sea", [rows.at(-1)!.node]);
    expect(draw(opened.rows)).toEqual(["Photos/", "  sea.jpg", "sea/", "  deep+", "  ship"]);
  });

  it("finds nothing where there is nothing", async () => {
    expect(await find("whale")).toEqual({ total: 0, found: 0, rows: [] });
  });
});

it("a window is what the whole list has there, whatever is open or searched for", async () => {
  const name = fc.constantFrom("a", "b", "ä", "10", "2");
  const paths = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }), {
    selector: (path) => path.join("/"),
    minLength: 1,
    maxLength: 25,
  });
  const query = fc.record({
    open: fc.boolean(),
    turned: fc.array(fc.nat(30), { maxLength: 6 }),
    search: fc.constantFrom("", "", "a", "1", "x"),
    from: fc.nat(12),
    to: fc.nat(30),
  });
  await fc.assert(
    fc.asyncProperty(paths, fc.array(query, { minLength: 1, maxLength: 5 }), async (list, queries) => {
      const tree = await FileTree.build(list.map((path) => ({ path, length: 1 })));
      const maker = new RowMaker(tree);
      for (const each of queries) {
        const { rows, total } = await maker.rows(each);
        const shown = simply(tree, each);
        expect(total).toBe(shown.length);
        expect(rows.map(({ node }) => node)).toEqual(shown.slice(each.from, Math.max(each.from, each.to)));
      }
    }),
  );
});

/** The nodes that are shown, by what a person would say: none of a row's folders is closed, and it was found. */
function simply(tree: FileTree, { open, turned, search }: RowsQuery): number[] {
  const nodes = Array.from(tree.names, (_, node) => node);
  const parent = (node: number) => tree.parents[node]!;
  const isFound = (node: number) => tree.names[node]!.replace("ä", "a").includes(search);
  const isBelow = (node: number, above: number) => node > above && node < tree.ends[above]!;
  const hasFoundBelow = (node: number) => nodes.some((each) => isBelow(each, node) && isFound(each));
  const isOpen = (node: number) => (search === "" ? open : hasFoundBelow(node)) !== new Set(turned).has(node);
  const isWanted = (node: number) =>
    search === "" ||
    isFound(node) ||
    hasFoundBelow(node) ||
    nodes.some((above) => isBelow(node, above) && isFound(above));
  const isShown = (node: number): boolean =>
    isWanted(node) && (parent(node) < 0 || (isShown(parent(node)) && isOpen(parent(node))));
  return nodes.filter(isShown);
}
