/** Browsers' answers when they are asked for room, and the budget's reading of them. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { StorageBudget } from "../../../app/worker/storage-budget.ts";

const GIB = 1024 ** 3;

afterEach(() => vi.unstubAllGlobals());

interface Answers {
  estimate: () => Promise<{ usage?: number; quota?: number; usageDetails?: object }>;
  persisted?: () => Promise<boolean>;
}

function browserThatAnswers(answers: Answers): void {
  vi.stubGlobal("navigator", { storage: { persisted: async () => false, ...answers } });
}

/** A browser that tells a quota; as Chromium does, with what uses it. */
function browserThatGives(usage: number, quota: number, usageDetails?: object): void {
  browserThatAnswers({ estimate: async () => ({ usage, quota, ...(usageDetails && { usageDetails }) }) });
}

const missing = (bytes: number) => ({ code: "storage/too-large", detail: String(bytes) });

describe("a quota that is meant", () => {
  it.each([
    ["small", 400, 1_000, 600],
    ["Firefox's 10 GiB", 52_431, 10 * GIB, 10 * GIB - 52_431],
    ["Firefox's 10 GiB before anything is stored", 0, 10 * GIB, 10 * GIB],
    ["half of a disk, once it is persistent", 3 * GIB + 17, 126.5 * GIB, 123.5 * GIB - 17],
    ["whole GiB, and more than Chromium ever adds", 5 * GIB, 64 * GIB, 59 * GIB],
    ["60 % of a disk, as in older Chromium", 9_000_000, 151_234_567_890, 151_225_567_890],
    ["used up", 1_000, 1_000, 0],
    ["exceeded", 1_200, 1_000, 0],
  ])("is taken at its word: %s", async (_, used, quota, free) => {
    browserThatGives(used, quota);
    const budget = new StorageBudget();
    await expect(budget.check(free)).resolves.toBeUndefined();
    expect(budget.use).toEqual({ used, free, persisted: false });
    await expect(budget.check(free + 1)).rejects.toMatchObject(missing(1));
  });
});

describe("a quota that says nothing", () => {
  it.each([
    ["10 GiB more than is used", 123_456_789, 123_456_789 + 10 * GIB],
    ["the size of a smaller disk", 77, 77 + 8 * GIB],
    ["after much was stored", 40 * GIB, 50 * GIB],
  ])("refuses nothing: %s", async (_, used, quota) => {
    browserThatGives(used, quota);
    const budget = new StorageBudget();
    await expect(budget.check(Number.MAX_SAFE_INTEGER)).resolves.toBeUndefined();
    expect(budget.use).toEqual({ used, free: null, persisted: false });
  });

  it("is known as that before anything is stored, where the browser tells what is used by what", async () => {
    browserThatGives(0, 10 * GIB, {});
    const budget = new StorageBudget();
    await expect(budget.check(12e9)).resolves.toBeUndefined();
    expect(budget.use).toEqual({ used: 0, free: null, persisted: false });
  });
});

describe("a browser that does not tell", () => {
  it.each<[string, () => void]>([
    ["a usage", () => browserThatAnswers({ estimate: async () => ({ quota: 10 }) })],
    ["a quota", () => browserThatAnswers({ estimate: async () => ({ usage: 10 }) })],
    ["anything", () => browserThatAnswers({ estimate: () => Promise.reject(new TypeError("no")) })],
    [
      "anything, and throws",
      () =>
        browserThatAnswers({
          estimate: () => {
            throw new TypeError("no");
          },
        }),
    ],
    ["and has no estimates", () => vi.stubGlobal("navigator", { storage: { persisted: async () => true } })],
    ["and has no storage", () => vi.stubGlobal("navigator", {})],
  ])("%s is refused nothing", async (_, answer) => {
    answer();
    const budget = new StorageBudget();
    await expect(budget.check(Number.MAX_SAFE_INTEGER)).resolves.toBeUndefined();
    expect(budget.use).toBeNull();
  });

  it.each<[string, Partial<Answers>]>([
    ["does not", { persisted: undefined }],
    ["fails to", { persisted: () => Promise.reject(new TypeError("no")) }],
  ])("whether storage lasts, and %s, still gives what it gives", async (_, persisted) => {
    browserThatAnswers({ estimate: async () => ({ usage: 1, quota: 3 }), ...persisted } as Answers);
    const budget = new StorageBudget();
    await expect(budget.check(3)).rejects.toMatchObject(missing(1));
    expect(budget.use).toEqual({ used: 1, free: 2, persisted: false });
  });
});

it("follows the browser: more room after the storage was made persistent", async () => {
  let isPersistent = false;
  browserThatAnswers({
    estimate: async () => ({ usage: GIB + 1, quota: isPersistent ? 100 * GIB : 10 * GIB }),
    persisted: async () => isPersistent,
  });
  const budget = new StorageBudget();
  await expect(budget.check(12e9)).rejects.toMatchObject(missing(12e9 - (9 * GIB - 1)));
  isPersistent = true;
  await expect(budget.check(12e9)).resolves.toBeUndefined();
  expect(budget.use).toEqual({ used: GIB + 1, free: 99 * GIB - 1, persisted: true });
});
