import { afterEach, expect, it, vi } from "vitest";
import { OtherTabs } from "../../../app/page/other-tabs.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("knows as of its last look whether another tab is open", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  let held = [{ name: "shoal-leader" }, { name: "shoal-tab-own" }];
  const query = vi.fn(async () => ({ held }));
  vi.stubGlobal("navigator", { locks: { query } });
  const others = new OtherTabs("own");
  others.look();
  await Promise.resolve();
  expect(others.some).toBe(false);
  held = [...held, { name: "shoal-tab-other" }];
  others.look();
  expect(query).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  others.look();
  await Promise.resolve();
  expect(others.some).toBe(true);
});

it("knows of none where locks are refused", async () => {
  vi.stubGlobal("navigator", {});
  const others = new OtherTabs("own");
  others.look();
  expect(others.some).toBe(false);
});
