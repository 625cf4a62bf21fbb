import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { NodeSnapshot } from "../../../app/bridge/commands.ts";
import { Publisher } from "../../../app/worker/publisher.ts";

const EMPTY: Omit<NodeSnapshot, "fault"> = { shares: [], hashing: [], saving: [], storage: null };

let written: number;
let saving: string[];
let shares: NodeSnapshot["shares"];
let told: NodeSnapshot[];
let publisher: Publisher;

beforeEach(() => {
  vi.useFakeTimers();
  written = 0;
  saving = ["t"];
  shares = [];
  told = [];
  publisher = new Publisher(
    { snapshot: () => ({ ...EMPTY, shares, saving: saving.map((id) => ({ id, written, size: 9 })) }) },
    (snapshot) => told.push(snapshot),
  );
  publisher.start();
});

afterEach(() => {
  publisher.stop();
  vi.useRealTimers();
});

describe("Publisher", () => {
  it("tells mere numbers once a second, however much happens", () => {
    for (let time = 0; time < 2000; time += 10) {
      written++;
      publisher.touch();
      vi.advanceTimersByTime(10);
    }
    expect(told.length).toBe(2);
  });

  it("tells within a quarter of a second what begins or ends", () => {
    vi.advanceTimersByTime(1000);
    told = [];
    saving = [];
    publisher.touch();
    vi.advanceTimersByTime(250);
    saving = ["t"];
    publisher.touch();
    vi.advanceTimersByTime(250);
    expect(told.map((snapshot) => snapshot.saving.length)).toEqual([0, 1]);
  });

  it("tells as soon that a peer is connected, and by which route", () => {
    const share = (state: string, route: string) =>
      [{ peers: [{ link: 1, state }], routes: { 1: route } }] as unknown as NodeSnapshot["shares"];
    vi.advanceTimersByTime(1000);
    told = [];
    for (const [state, route] of [
      ["connecting", "unknown"],
      ["connected", "unknown"],
      ["connected", "relayed"],
      ["connected", "direct"],
    ] as const) {
      shares = share(state, route);
      publisher.touch();
      vi.advanceTimersByTime(250);
    }
    expect(told.map((snapshot) => snapshot.shares[0]?.routes[1])).toEqual([
      "unknown",
      "unknown",
      "relayed",
      "direct",
    ]);
  });

  it("is silent while nothing changes, even when something happened", () => {
    vi.advanceTimersByTime(1000);
    told = [];
    for (let second = 0; second < 10; second++) {
      publisher.touch();
      vi.advanceTimersByTime(1000);
    }
    expect(told).toEqual([]);
  });

  it("notices within a second what moves by itself", () => {
    vi.advanceTimersByTime(1000);
    told = [];
    written = 5;
    vi.advanceTimersByTime(1250);
    expect(told.map(({ saving }) => saving[0]?.written)).toEqual([5]);
  });

  it("tells a fault at once, and everything to a new tab", () => {
    publisher.setFault("storage/refused", "private window");
    expect(told.at(-1)?.fault).toEqual({ code: "storage/refused", detail: "private window" });
    publisher.publish();
    expect(told).toHaveLength(2);
  });
});
