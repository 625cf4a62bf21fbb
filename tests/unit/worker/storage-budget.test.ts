import { afterEach, expect, it, vi } from "vitest";
import { StorageBudget } from "../../../app/worker/storage-budget.ts";

afterEach(() => vi.unstubAllGlobals());

/** A browser that gives so many bytes; undefined: it does not tell. */
function browserThatGives(usage: number | undefined, quota: number | undefined): void {
  const storage = { estimate: async () => ({ usage, quota }), persisted: async () => false };
  vi.stubGlobal("navigator", { storage });
}

it("refuses what does not fit, and tells how many bytes are missing", async () => {
  browserThatGives(400, 1_000);
  const budget = new StorageBudget();
  await expect(budget.check(601)).rejects.toMatchObject({ code: "storage/too-large", detail: "1" });
  await expect(budget.check(600)).resolves.toBeUndefined();
});

it("refuses nothing where the browser does not tell", async () => {
  browserThatGives(undefined, undefined);
  await expect(new StorageBudget().check(Number.MAX_SAFE_INTEGER)).resolves.toBeUndefined();
});
