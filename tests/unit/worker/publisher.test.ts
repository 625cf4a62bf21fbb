import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { NodeSnapshot } from "../../../app/bridge/commands.ts";
import { Publisher } from "../../../app/worker/publisher.ts";

const EMPTY: Omit<NodeSnapshot, "fault"> = { shares: [], hashing: [], saving: [], storage: null };

let written: number;
let told: NodeSnapshot[];
let publisher: Publisher;

beforeEach(() => {
  vi.useFakeTimers();
  written = 0;
  told = [];
  publisher = new Publisher(
    { snapshot: () => ({ ...EMPTY, saving: [{ id: "t", written, size: 9 }] }) },
    (snapshot) => told.push(snapshot),
  );
  publisher.start();
});

afterEach(() => {
  publisher.stop();
  vi.useRealTimers();
});

describe("Publisher", () => {
  it("tells at most four times a second, however much happens", () => {
    for (let time = 0; time < 1000; time += 10) {
      written++;
      publisher.touch();
      vi.advanceTimersByTime(10);
    }
    expect(told.length).toBe(4);
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
