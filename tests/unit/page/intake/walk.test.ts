import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PATH_DEPTH as EngineDepth } from "../../../../app/engine/content/constants.ts";
import { FILES_AT_ONCE, MAX_PATH_DEPTH, SLICE } from "../../../../app/page/constants.ts";
import { type IntakeOptions, Pace } from "../../../../app/page/intake/pace.ts";
import { type DroppedItem, type Root, walk } from "../../../../app/page/intake/walk.ts";
import { FakeFolder, type FakeNode, unreadable } from "./fake-folder.ts";

const everything = (items: readonly DroppedItem[], options: IntakeOptions = {}) =>
  walk(items, new Pace(options));

/** Paths of the files, sorted; "(handle)" where there is one. */
function pathsOf(roots: readonly Root[]): string[] {
  const show = (path: readonly string[]) => path.join("/");
  return roots.flatMap(({ files }) => files.map(({ path }) => show(path))).sort();
}

/** What was left out, sorted: "path: reason", and "+" where it can be taken in. */
function leftOutOf(roots: readonly Root[]): string[] {
  return roots
    .flatMap(({ leftOut }) =>
      leftOut.map(({ path, reason, file }) => `${path.join("/")}: ${reason}${file ? " +" : ""}`),
    )
    .sort();
}

const sea: FakeNode = {
  "plain.txt": "1",
  "12:30 notes.txt": "2",
  "sub 2:00": { "inside.txt": "3", deep: { "bottom.txt": "4" } },
};
const seaPaths = [
  "sea/12:30 notes.txt",
  "sea/plain.txt",
  "sea/sub 2:00/deep/bottom.txt",
  "sea/sub 2:00/inside.txt",
];

describe("a folder", () => {
  it("gives the files that handles hide, and a handle to every other", async () => {
    const folder = new FakeFolder({ hidden: (name) => name.includes(":") });
    const roots = await everything(folder.drop({ sea }));
    expect(pathsOf(roots)).toEqual(seaPaths);
    const handles = roots[0]!.files.filter(({ handle }) => handle !== null);
    expect(handles.map(({ path }) => path.join("/"))).toEqual(["sea/plain.txt"]);
    expect(folder.asked).toMatchObject({ handlesOpened: 1, entriesOpened: 3 });
  });

  it("gives the same files without handles, and without entries where nothing is hidden", async () => {
    const byEntries = new FakeFolder({ withoutHandles: true }).drop({ sea });
    expect(pathsOf(await everything(byEntries))).toEqual(seaPaths);
    const [item] = new FakeFolder().drop({ sea });
    expect(pathsOf(await everything([{ ...item!, entry: null }]))).toEqual(seaPaths);
  });

  it("is read to its end, whatever the batches", async () => {
    const names = Array.from({ length: 250 }, (_, index) => `${index}.txt`);
    const many = Object.fromEntries(names.map((name) => [name, name]));
    for (const batch of [1, 100, 1000]) {
      const roots = await everything(new FakeFolder({ batch, withoutHandles: true }).drop({ many }));
      expect(pathsOf(roots)).toEqual(names.map((name) => `many/${name}`).sort());
    }
  });

  it("and its files are given or left out, each once, whatever the tree", async () => {
    const name = fc.constantFrom(
      "a",
      "b:",
      "desktop.ini",
      "._a",
      "é",
      "e\u0301",
      "A",
      " ",
      "👩‍🚀",
      "\uD800",
      "",
    );
    const { tree } = fc.letrec<{ tree: FakeNode; leaf: FakeNode }>((tie) => ({
      leaf: fc.constantFrom<FakeNode>("", "text", unreadable),
      tree: fc.dictionary(name, fc.oneof({ maxDepth: 3 }, tie("leaf"), tie("tree")), { maxKeys: 5 }),
    }));
    // What is in a folder without a name is not to be had, so that folder counts as one.
    const countLeaves = (node: FakeNode): number => {
      if (typeof node !== "object" || Object.keys(node).length === 0) return 1;
      const counts = Object.entries(node).map(([child, each]) => (child === "" ? 1 : countLeaves(each)));
      return counts.reduce((sum, count) => sum + count);
    };
    await fc.assert(
      fc.asyncProperty(tree, fc.boolean(), async (node, withoutHandles) => {
        const folder = new FakeFolder({ withoutHandles, hidden: (each) => /[: ]|\u200D|desktop/.test(each) });
        const [root] = await everything(folder.drop({ top: node }));
        expect(root!.files.length + root!.leftOut.length).toBe(countLeaves(node));
        const paths = root!.files.map(({ path }) => path.join("/"));
        expect(new Set(paths).size).toBe(paths.length);
        expect(paths.every((path) => !/\p{Surrogate}/u.test(path))).toBe(true);
      }),
    );
  });
});

describe("left out", () => {
  it("is one bad file, and the rest is given", async () => {
    const roots = await everything(new FakeFolder().drop({ sea: { good: "1", bad: unreadable } }));
    expect(pathsOf(roots)).toEqual(["sea/good"]);
    expect(leftOutOf(roots)).toEqual(["sea/bad: unreadable"]);
  });

  it("is a folder that cannot be listed", async () => {
    const closed = { [unreadable]: "" } as unknown as FakeNode;
    const roots = await everything(new FakeFolder().drop({ sea: { good: "1", closed } }));
    expect(pathsOf(roots)).toEqual(["sea/good"]);
    expect(leftOutOf(roots)).toEqual(["sea/closed: unreadable"]);
  });

  it("is what has no name; it is not walked, as Chromium would list the folder above again", async () => {
    const loop: FakeNode = { good: "1", "": () => loop };
    const roots = await everything(new FakeFolder({ withoutHandles: true }).drop({ sea: loop, "": "2" }));
    expect(pathsOf(roots)).toEqual(["sea/good"]);
    expect(leftOutOf(roots)).toEqual(["sea/\uFFFD: name", "\uFFFD: name"]);
  });

  it("is what Firefox names with U+FFFD and cannot find, not what has that name", async () => {
    const folder: FakeNode = { "latin \uFFFD": unreadable, "real \uFFFD": "1" };
    const roots = await everything(new FakeFolder({ withoutHandles: true }).drop({ sea: folder }));
    expect(pathsOf(roots)).toEqual(["sea/real \uFFFD"]);
    expect(leftOutOf(roots)).toEqual(["sea/latin \uFFFD: name"]);
  });

  it("are empty folders, the innermost named", async () => {
    const roots = await everything(new FakeFolder().drop({ sea: { a: { b: {} }, c: "1" }, empty: {} }));
    expect(pathsOf(roots)).toEqual(["sea/c"]);
    expect(leftOutOf(roots)).toEqual(["empty: empty-folder", "sea/a/b: empty-folder"]);
  });

  it("are folders that lie too deep, and a folder without end", async () => {
    expect(MAX_PATH_DEPTH).toBe(EngineDepth);
    const endless: FakeNode = { loop: () => endless };
    const roots = await everything(new FakeFolder().drop({ sea: endless, other: { "a.txt": "1" } }));
    expect(pathsOf(roots)).toEqual(["other/a.txt"]);
    expect(roots[0]!.leftOut.map(({ path, reason }) => [path.length, reason])).toEqual([
      [MAX_PATH_DEPTH, "too-deep"],
    ]);
  });

  it("are system files and all in their folders, to be taken in if the person wants", async () => {
    const roots = await everything(
      new FakeFolder({ hidden: (name) => name === "desktop.ini" }).drop({
        sea: {
          ...{ ".DS_Store": "1", "desktop.ini": "2", "fish.jpg": "3", "broken ._x": "4" },
          ...{ __MACOSX: { a: { "fish.jpg": "5", empty: {} } }, "Thumbs.db": unreadable },
        },
      }),
    );
    expect(pathsOf(roots)).toEqual(["sea/broken ._x", "sea/fish.jpg"]);
    expect(leftOutOf(roots)).toEqual([
      "sea/.DS_Store: system +",
      "sea/Thumbs.db: system",
      "sea/__MACOSX/a/empty: system",
      "sea/__MACOSX/a/fish.jpg: system +",
      "sea/desktop.ini: system +",
    ]);
  });

  it("is a link to nowhere, of which there is a File without bytes", async () => {
    const handle = new FakeFolder().handle("dangling", unreadable);
    const roots = await everything([
      { name: "dangling", entry: null, handle, file: new File([], "dangling") },
    ]);
    expect(pathsOf(roots)).toEqual([]);
    expect(leftOutOf(roots)).toEqual(["dangling: unreadable"]);
  });
});

it("a file whose handle fails is opened by its entry, and has no handle", async () => {
  const folder = new FakeFolder();
  const [item] = folder.drop({ link: "text" });
  const [root] = await everything([{ ...item!, handle: folder.handle("link", unreadable) }]);
  expect(root!.files).toMatchObject([{ path: ["link"], handle: null }]);
});

it("a file that has neither entry nor handle is taken as it is", async () => {
  const file = new File(["x"], "dragged.png");
  const [root] = await everything([{ name: "dragged.png", entry: null, handle: null, file }]);
  expect(root!.files).toEqual([{ file, path: ["dragged.png"], handle: null }]);
});

it("two names that are no text, and are shown alike, are two files", async () => {
  const roots = await everything(
    new FakeFolder().drop({ sea: { "a\uD800.txt": "1", "a\uDFFF.txt": "2", "a\uFFFD.txt": "3" } }),
  );
  expect(pathsOf(roots)).toEqual(["sea/a\uFFFD (1).txt", "sea/a\uFFFD (2).txt", "sea/a\uFFFD.txt"]);
});

it("a backslash in a name is shared as _, as whoever opens the share gets it", async () => {
  const roots = await everything(
    new FakeFolder().drop({ "sea\\bed": { "a\\b": { c: "1" }, a_b: { c: "2" } } }),
  );
  expect(pathsOf(roots)).toEqual(["sea_bed/a_b (1)/c", "sea_bed/a_b/c"]);
});

describe("the page", () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${index}`, "x"]));

  /** Every look at the clock finds one more millisecond gone. */
  function slowTurns() {
    const turns = {
      time: 0,
      taken: [] as number[],
      now: () => turns.time++,
      next: async () => {
        turns.taken.push(turns.time);
      },
    };
    return turns;
  }

  it("has its turn after each slice, and is told how far it is", async () => {
    const turns = slowTurns();
    const told: number[][] = [];
    const progress = ({ found, opened }: { found: number; opened: number }) => told.push([found, opened]);
    await walk(new FakeFolder().drop({ many }), new Pace({ progress }, turns));
    const lengths = turns.taken.map((at, index) => at - (turns.taken[index - 1] ?? 0));
    // Whatever waits for the same turn looked at the clock once more.
    expect(Math.max(...lengths)).toBeLessThanOrEqual(SLICE + 2 * FILES_AT_ONCE);
    expect(turns.taken.length).toBeGreaterThan(20);
    expect(told.at(-1)![0]).toBe(500);
    expect(told.map(([, opened]) => opened)).toEqual(told.map(([, opened]) => opened!).sort((a, b) => a - b));
  });

  it("never waits for many files to be opened at once", async () => {
    const folder = new FakeFolder({ withoutHandles: true });
    await everything(folder.drop({ many }));
    expect(folder.asked).toEqual({ entriesOpened: 500, handlesOpened: 0, mostAtOnce: FILES_AT_ONCE });
  });

  it("can end the walk at any time", async () => {
    for (const after of [0, 1, 5, 20]) {
      const abort = new AbortController();
      let turns = 0;
      const clock = { now: () => turns * SLICE, next: async () => {} };
      const pace = new Pace({ signal: abort.signal }, clock);
      const step = pace.step.bind(pace);
      pace.step = async () => {
        if (turns++ >= after) abort.abort();
        await step();
      };
      const folder = new FakeFolder();
      await expect(walk(folder.drop({ many }), pace)).rejects.toThrow("share/cancelled");
      expect(folder.asked.handlesOpened).toBeLessThan(500);
    }
  });
});
