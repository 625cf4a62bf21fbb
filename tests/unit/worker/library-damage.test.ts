/** A start with a database that the browser damaged, or that an older version of Shoal wrote. */
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TorrentId, TorrentRecord } from "../../../app/engine/host.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { type Golden, writeGolden } from "../../browser/storage/golden.ts";
import {
  clearDatabases,
  openMemoryDatabase,
  reopenDatabase,
  withMethods,
} from "../../support/memory-database.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { LibraryRun } from "./library-run.ts";

const record = sampleContent("hybrid", { "a.txt": 40_000, "b/c.txt": 70_000 }, 32_768).record("torrent");

async function load(db: ShoalDatabase): Promise<LibraryRun> {
  const run = new LibraryRun(db);
  await run.load();
  return run;
}

describe("rows that are damaged", () => {
  const good = (torrent: string) => ({ ...record, id: torrent });
  const damages: Record<string, (torrent: string) => object> = {
    field: (torrent) => ({ ...good(torrent), trackers: "wss://a/" }),
    selection: (torrent) => ({ ...good(torrent), select: [-1] }),
    info: (torrent) => ({ ...good(torrent), info: Uint8Array.of(1, 2, 3) }),
    hashes: (torrent) => ({ ...good(torrent), infoHashV1: null, infoHashV2: null }),
    empty: (torrent) => ({ id: torrent }),
  };

  it("keep no other away, and each is told", async () => {
    const kinds = fc.array(fc.constantFrom("good", ...Object.keys(damages)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(kinds, async (drawn) => {
        const db = await openMemoryDatabase();
        for (const [at, kind] of drawn.entries()) {
          const make = damages[kind] ?? good;
          await db.put("torrents", make(`${at}`) as TorrentRecord);
        }
        const { kept, failed } = await load(db);
        const places = (wanted: boolean) =>
          drawn.flatMap((kind, at) => ((kind === "good") === wanted ? [`${at}`] : []));
        expect(kept.map((each) => each.record.id).sort()).toEqual(places(true));
        expect(failed.sort()).toEqual(places(false).map((torrent) => `${torrent} storage/damaged`));
      }),
      { numRuns: 30 },
    );
  });

  it("that the browser cannot read at all keep no other away either", async () => {
    const whole = await openMemoryDatabase();
    for (const each of ["a", "b"]) await whole.put("torrents", good(each));
    const losing = withMethods(whole, {
      get: (store: "torrents", key: TorrentId) =>
        key === "a" ? Promise.reject(new DOMException("lost", "UnknownError")) : whole.get(store, key),
    });
    const { kept, failed } = await load(losing);
    expect(kept.map((each) => each.record.id)).toEqual(["b"]);
    expect(failed).toEqual(["a storage/damaged"]);
  });

  it("that say whose draft a share is are no draft's, and keep nothing away", async () => {
    const db = await openMemoryDatabase();
    await db.put("torrents", record);
    await db.put("drafts", [{ draft: 1 }] as never, record.id);
    await db.put("drafts", [{ draft: "draft", tab: "tab" }], "of no torrent");
    const { kept, failed, library } = await load(db);
    expect([kept.length, failed]).toEqual([1, []]);
    expect(library.draftShares.has(record.id)).toBe(false);
    expect(library.draftShares.of("draft")).toEqual([]);
  });

  it("are mended when the same torrent is saved again", async () => {
    const db = await openMemoryDatabase();
    await db.put("torrents", damages.field!(record.id) as TorrentRecord);
    const { library, failed } = await load(db);
    expect(failed).toEqual([`${record.id} storage/damaged`]);
    await library.save(record);
    expect((await load(db)).kept.map((each) => each.record.trackers)).toEqual([[]]);
  });
});

describe("a database of before", () => {
  it.each([1, 2, 3, 4])("as in version %i is taken up whole", async (version) => {
    const url = new URL(`../../fixtures/storage/version-${version}.json`, import.meta.url);
    const golden: Golden = JSON.parse(await readFile(url, "utf8"));
    clearDatabases();
    (await writeGolden(golden)).close();
    const { kept, failed } = await load(await reopenDatabase());
    expect(failed).toEqual([]);
    const rows = golden.rows.torrents!.map(({ value }) => value as TorrentRecord);
    expect(kept.map((each) => each.record)).toMatchObject(
      rows.map(({ id, trackers, addedAt, rendezvous = null, webSeeds = [], select = null }) => ({
        ...{ id, webSeeds, select, addedAt },
        // Before version 3, the first was the page's own.
        trackers: version >= 3 ? trackers : trackers.slice(1),
        rendezvous: rendezvous === null ? null : new Uint8Array(20).fill(3),
      })),
    );
  });
});
