import { describe, expect, it } from "vitest";
import type { NodeSnapshot, ShareSnapshot } from "../../../app/bridge/commands.ts";
import { MAX_LOST_SHARES } from "../../../app/page/constants.ts";
import { KeptShares } from "../../../app/page/kept-shares.ts";
import { aShare } from "../../support/ui-fixture/snapshots.ts";

/** A browser's local storage, in which all tabs see the same; `writes` counts. */
function aStorage(kept: string | null = null) {
  const state = { value: kept, writes: 0 };
  const storage = () => ({
    getItem: () => state.value,
    setItem: (_: string, text: string) => {
      state.value = text;
      state.writes++;
    },
  });
  return Object.assign(storage, { state });
}

function snapshot(shares: readonly ShareSnapshot[], fault: NodeSnapshot["fault"] = null): NodeSnapshot {
  return { shares, drafts: [], saving: [], storage: null, fault };
}

const film = aShare({ id: "film", name: "Film", storedBytes: 5, link: "https://a/#film" });
const empty = aShare({ id: "empty", name: null, storedBytes: 0, link: "" });
const own = aShare({ id: "own", name: "Mine", fromFiles: true, storedBytes: 9 });
const inFolder: ShareSnapshot = { ...film, folder: { name: "Films", state: "waiting", looked: 0 } };
const visit = aShare({ id: "visit", kept: false });

/** The shares that a later start finds lost, after one that ended with `before`. */
function lostAfter(before: readonly ShareSnapshot[], after: readonly ShareSnapshot[]) {
  const storage = aStorage();
  new KeptShares(storage).handleSnapshot(snapshot(before));
  const kept = new KeptShares(storage);
  const told = kept.handleSnapshot(snapshot(after));
  expect(told).toBe(kept.lost.length > 0);
  return kept.lost;
}

describe("a later start", () => {
  it("notices shares that are gone, and those of which nothing is stored any more", () => {
    const emptied = { ...film, storedBytes: 0 };
    expect(lostAfter([film, own, empty], [emptied])).toEqual([
      { id: "film", name: "Film", link: "https://a/#film", listed: true },
      { id: "own", name: "Mine", link: own.link, listed: false },
      { id: "empty", name: null, link: "", listed: false },
    ]);
  });

  it.each<[string, ShareSnapshot[], ShareSnapshot[]]>([
    ["all is as it was", [film, own, empty], [film, own, empty]],
    ["more was stored", [empty], [{ ...empty, storedBytes: 1 }]],
    ["a share was only visited", [visit], []],
    ["what was downloaded is own files by now", [film], [{ ...film, fromFiles: true, storedBytes: 0 }]],
    ["it has gone to a folder since", [film], [{ ...inFolder, storedBytes: 0 }]],
    ["its folder has to be allowed again", [inFolder], [{ ...inFolder, storedBytes: 0 }]],
    ["own files are not in storage", [own], [{ ...own, storedBytes: 0 }]],
    ["there never was one", [], []],
  ])("finds nothing lost where %s", (_, before, after) => {
    expect(lostAfter(before, after)).toEqual([]);
  });

  it("takes nothing for lost that was removed, freed, or about to be removed", () => {
    const storage = aStorage();
    const before = new KeptShares(storage);
    before.handleSnapshot(snapshot([film, own, empty]));
    before.handleSnapshot(snapshot([{ ...film, storedBytes: 0 }, empty]));
    before.forget("empty");
    const kept = new KeptShares(storage);
    expect(kept.handleSnapshot(snapshot([{ ...film, storedBytes: 0 }]))).toBe(false);
    expect(kept.lost).toEqual([]);
  });

  it("compares nothing while the node has a fault", () => {
    const storage = aStorage();
    new KeptShares(storage).handleSnapshot(snapshot([film]));
    const kept = new KeptShares(storage);
    expect(kept.handleSnapshot(snapshot([], { code: "storage/refused", detail: "" }))).toBe(false);
    expect(kept.handleSnapshot(snapshot([film]))).toBe(false);
    expect(kept.lost).toEqual([]);
  });

  it("is told once, also to a tab that comes later, until it was read", () => {
    const storage = aStorage();
    new KeptShares(storage).handleSnapshot(snapshot([film]));
    const first = new KeptShares(storage);
    expect(first.handleSnapshot(snapshot([]))).toBe(true);
    expect(first.handleSnapshot(snapshot([own]))).toBe(false);
    const later = new KeptShares(storage);
    expect(later.handleSnapshot(snapshot([own]))).toBe(false);
    expect(later.lost.map(({ id }) => id)).toEqual(["film"]);
    later.dismiss();
    const last = new KeptShares(storage);
    last.handleSnapshot(snapshot([own]));
    expect([later.lost, last.lost]).toEqual([[], []]);
  });

  it("names only so many", () => {
    const many = Array.from({ length: MAX_LOST_SHARES + 1 }, (_, id) => ({ ...film, id: String(id) }));
    expect(lostAfter(many, [])).toHaveLength(MAX_LOST_SHARES);
  });
});

describe("the note", () => {
  it("is written only when it says something new", () => {
    const storage = aStorage();
    const kept = new KeptShares(storage);
    kept.handleSnapshot(snapshot([film]));
    kept.handleSnapshot(snapshot([{ ...film, storedBytes: 77, downRate: 5 }, visit]));
    expect(storage.state.writes).toBe(1);
    kept.handleSnapshot(snapshot([film, own]));
    expect(storage.state.writes).toBe(2);
  });

  it.each([
    "no JSON",
    "[]",
    "null",
    '{"kept":[1],"lost":[]}',
    '{"kept":[]}',
    '{"kept":[{"id":"a"}],"lost":[]}',
  ])("that something else wrote is no note: %s", (text) => {
    const kept = new KeptShares(aStorage(text));
    expect(kept.handleSnapshot(snapshot([film]))).toBe(false);
    expect(kept.lost).toEqual([]);
  });

  it("that the browser refuses is none, and that is no mistake", () => {
    const kept = new KeptShares(() => {
      throw new DOMException("no", "SecurityError");
    });
    expect(kept.handleSnapshot(snapshot([film]))).toBe(false);
    kept.forget("film");
    kept.dismiss();
    expect(kept.lost).toEqual([]);
  });
});
