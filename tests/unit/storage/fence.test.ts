/** Two workers over one database, of which only the one that claimed it last may write. */
import { beforeEach, describe, expect, it } from "vitest";
import { claim, fence, isClaimed } from "../../../app/storage/fence.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { openMemoryDatabase, reopenDatabase } from "../../support/memory-database.ts";

let db: ShoalDatabase;
let lost: string[];

beforeEach(async () => {
  db = await openMemoryDatabase();
  lost = [];
});

async function begin(epoch: string): Promise<ShoalDatabase> {
  const own = await reopenDatabase();
  await claim(own, epoch);
  return fence(own, epoch, () => lost.push(epoch));
}

const totals = { downloaded: 1, uploaded: 2 };

describe("the worker that leads", () => {
  it("writes by every way, and reads", async () => {
    const own = await begin("first");
    expect(await own.put("statistics", totals, "a")).toBe("a");
    expect(await own.add("statistics", totals, "b")).toBe("b");
    await own.delete("statistics", "b");
    const transaction = own.transaction("statistics", "readwrite", { durability: "relaxed" });
    await Promise.all([transaction.store.put(totals, "c"), transaction.done]);
    await writeBatch(own, "t", [{ piece: 4, data: Uint8Array.of(1, 2) }]);
    expect(await own.getAllKeys("statistics")).toEqual(["a", "c"]);
    expect(await own.transaction("pieces").store.count()).toBe(1);
    await own.clear("statistics");
    expect(await db.count("statistics")).toBe(0);
    expect(await isClaimed(own, "first")).toBe(true);
    expect(lost).toEqual([]);
  });

  it("is told the errors of its own writes as they are", async () => {
    const own = await begin("first");
    await own.add("statistics", totals, "a");
    await expect(own.add("statistics", totals, "a")).rejects.toMatchObject({ name: "ConstraintError" });
    expect(lost).toEqual([]);
  });
});

describe("a worker that another has taken the place of", () => {
  const writes: Record<string, (own: ShoalDatabase) => Promise<unknown>> = {
    put: (own) => own.put("statistics", totals, "a"),
    add: (own) => own.add("statistics", totals, "b"),
    delete: (own) => own.delete("statistics", "kept"),
    clear: (own) => own.clear("statistics"),
    batch: (own) => writeBatch(own, "t", [{ piece: 4, data: Uint8Array.of(1, 2) }]),
    transaction: async (own) => {
      const { store, done } = own.transaction("statistics", "readwrite");
      await Promise.all([store.put(totals, "c"), done]);
    },
  };

  it.each(Object.keys(writes))("writes nothing by %s, and is told so", async (way) => {
    const old = await begin("old");
    await old.put("statistics", totals, "kept");
    const young = await begin("young");
    await expect(writes[way]!(old)).rejects.toThrow();
    expect(lost).toContain("old");
    expect(await db.getAllKeys("statistics")).toEqual(["kept"]);
    expect(await db.count("pieces")).toBe(0);
    expect(await old.get("statistics", "kept")).toEqual(totals);
    expect([await isClaimed(old, "old"), await isClaimed(young, "young")]).toEqual([false, true]);
    await young.put("statistics", totals, "new");
    expect(lost).not.toContain("young");
  });

  it("writes nothing either that it began before, when its turn comes after", async () => {
    const old = await begin("old");
    const claiming = claim(db, "young");
    await expect(old.put("statistics", totals, "a")).rejects.toThrow();
    await claiming;
    expect(await db.getAllKeys("statistics")).toEqual([]);
  });
});
