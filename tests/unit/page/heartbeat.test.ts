/** Beats, counted: when the leader is replaced, and when it is not. */
import { beforeEach, describe, expect, it } from "vitest";
import { MISSED_BEATS, MISSED_OWN_BEATS, MISSED_STARTING_BEATS } from "../../../app/page/constants.ts";
import { Heartbeat } from "../../../app/page/heartbeat.ts";

const tab = { leads: false, isReady: true, holder: "A" as string | null };
let pings: number;
let replaced: string[];
let heartbeat: Heartbeat;

beforeEach(() => {
  Object.assign(tab, { leads: false, isReady: true, holder: "A" });
  pings = 0;
  replaced = [];
  heartbeat = new Heartbeat({
    get leads() {
      return tab.leads;
    },
    get isReady() {
      return tab.isReady;
    },
    ping: () => pings++,
    holder: async () => tab.holder,
    replace: (holder) => replaced.push(holder),
  });
});

/** So many beats, nothing being heard. */
async function miss(beats: number): Promise<void> {
  for (let beat = 0; beat < beats; beat++) await heartbeat.beat();
}

describe("a leader that is silent", () => {
  it.each([
    ["in another tab", false, true, MISSED_BEATS],
    ["in this tab", true, true, MISSED_OWN_BEATS],
    ["that has not said yet that it is there", false, false, MISSED_STARTING_BEATS],
  ])("%s is replaced after some beats, and again after as many", async (_, leads, isReady, limit) => {
    Object.assign(tab, { leads, isReady });
    // The first beat is the one after which something was heard.
    await miss(limit);
    expect(replaced).toEqual([]);
    await miss(1);
    expect(replaced).toEqual(["A"]);
    expect(pings).toBe(limit);
    await miss(limit - 1);
    expect(replaced).toEqual(["A"]);
    await miss(1);
    expect(replaced).toEqual(["A", "A"]);
  });

  it("has time to start when its tab says that it starts another worker", async () => {
    await miss(MISSED_BEATS);
    heartbeat.handleRestarting();
    await miss(MISSED_STARTING_BEATS - 1);
    expect(replaced).toEqual([]);
    await miss(1);
    expect(replaced).toEqual(["A"]);
  });

  it("is replaced by its own tab first", () => {
    expect(MISSED_OWN_BEATS).toBeLessThan(MISSED_BEATS);
  });

  it("has as many beats again once it was heard", async () => {
    await miss(MISSED_BEATS);
    heartbeat.handleAlive();
    await miss(MISSED_BEATS);
    expect(replaced).toEqual([]);
    await miss(1);
    expect(replaced).toEqual(["A"]);
  });

  it("is not replaced while another one begins, or when there is none", async () => {
    await miss(MISSED_BEATS);
    tab.holder = "B";
    await miss(MISSED_STARTING_BEATS - 1);
    expect(replaced).toEqual([]);
    heartbeat.handleAlive();
    await miss(MISSED_BEATS);
    tab.holder = null;
    await miss(3 * MISSED_STARTING_BEATS);
    expect(replaced).toEqual([]);
    tab.holder = "C";
    await miss(MISSED_STARTING_BEATS);
    expect(replaced).toEqual(["C"]);
  });

  it("that is heard while the lock is looked at is left alone", async () => {
    await miss(MISSED_BEATS);
    const beat = heartbeat.beat();
    heartbeat.handleAlive();
    await beat;
    expect(replaced).toEqual([]);
  });
});

describe("a leader that answers", () => {
  it("is asked at every second beat, and not at all while other tabs ask", async () => {
    for (let beat = 0; beat < 20; beat++) {
      const before = pings;
      await heartbeat.beat();
      if (pings > before) heartbeat.handleAlive();
    }
    expect(pings).toBe(10);
    for (let beat = 0; beat < 20; beat++) {
      heartbeat.handleAlive();
      await heartbeat.beat();
    }
    expect(pings).toBe(10);
    expect(replaced).toEqual([]);
  });
});

describe("a leader that is about to be frozen", () => {
  it("is replaced at once, but not by itself", async () => {
    await heartbeat.handleFrozen();
    expect(replaced).toEqual(["A"]);
    tab.leads = true;
    await heartbeat.handleFrozen();
    expect(replaced).toEqual(["A"]);
  });
});
