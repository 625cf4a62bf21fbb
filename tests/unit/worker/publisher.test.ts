import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { NodeSnapshot, ShareStatus } from "../../../app/bridge/commands.ts";
import type { NodeUpdate, ShareChange } from "../../../app/bridge/updates.ts";
import type { TorrentArrays } from "../../../app/engine/snapshot.ts";
import { SnapshotAssembler } from "../../../app/page/snapshot-assembler.ts";
import { RATE_SAMPLES } from "../../../app/worker/constants.ts";
import { Publisher } from "../../../app/worker/publisher.ts";
import { aPeer, aShare } from "../../support/ui-fixture/snapshots.ts";

let written: number;
let saving: string[];
let shares: ShareStatus[];
let arrays: TorrentArrays;
/** How often arrays were asked for. */
let reads: number;
let told: NodeUpdate[];
let publisher: Publisher;

beforeEach(() => {
  vi.useFakeTimers();
  written = 0;
  saving = ["t"];
  shares = [];
  arrays = { have: new Uint8Array(2), availability: new Uint8Array(10) };
  reads = 0;
  told = [];
  publisher = new Publisher(
    {
      status: () => ({
        shares,
        drafts: [],
        saving: saving.map((id) => ({ id, written, size: 9 })),
        storage: null,
      }),
      arrays: () => {
        reads++;
        return arrays;
      },
    },
    (update) => told.push(structuredClone(update)),
  );
  publisher.start();
});

afterEach(() => {
  publisher.stop();
  vi.useRealTimers();
});

function status(changes: Partial<ShareStatus> = {}): ShareStatus {
  const { have, availability, rates, ...rest } = aShare({ id: "a", ...changes });
  return rest;
}

/** The snapshot of a tab that heard everything. */
function shown(): NodeSnapshot {
  const assembler = new SnapshotAssembler();
  return told.map((update) => assembler.add(update)).at(-1)!;
}

/** The changes of the only share, one for each telling. */
function changes(): (ShareChange | "whole" | "nothing")[] {
  return told.map(({ updates: [update] }) => {
    if (update === undefined) return "nothing";
    return update.kind === "whole" ? "whole" : update.change;
  });
}

/** Time passes until everything there is was told. */
function settle(): void {
  vi.advanceTimersByTime(2_000);
  told = [];
}

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
    settle();
    saving = [];
    publisher.touch();
    vi.advanceTimersByTime(250);
    saving = ["t"];
    publisher.touch();
    vi.advanceTimersByTime(250);
    expect(told.map((update) => update.saving.length)).toEqual([0, 1]);
  });

  it("tells as soon that a peer is connected, and by which route", () => {
    shares = [status()];
    vi.advanceTimersByTime(1000);
    for (const [state, route] of [
      ["connecting", "unknown"],
      ["connected", "unknown"],
      ["connected", "relayed"],
      ["connected", "direct"],
    ] as const) {
      shares = [status({ peers: [aPeer({ state })], routes: { 1: route } })];
      publisher.touch();
      vi.advanceTimersByTime(250);
      const [share] = shown().shares;
      expect([share!.peers[0]!.state, share!.routes[1]]).toEqual([state, route]);
    }
  });

  it("is silent while nothing changes, even when something happened", () => {
    shares = [status()];
    settle();
    for (let second = 0; second < 10; second++) {
      shares = [status()];
      publisher.touch();
      vi.advanceTimersByTime(1000);
    }
    expect(told).toEqual([]);
  });

  it("notices within a second what moves by itself", () => {
    settle();
    written = 5;
    vi.advanceTimersByTime(1000);
    expect(told.map(({ saving }) => saving[0]?.written)).toEqual([5]);
  });

  it("tells a fault at once, and once", () => {
    publisher.setFault("storage/refused", "private window");
    expect(told.map(({ fault }) => fault)).toEqual([{ code: "storage/refused", detail: "private window" }]);
    publisher.setFault("storage/refused", "private window");
    expect(told).toHaveLength(1);
    publisher.setFault(null);
    expect(told.at(-1)!.fault).toBeNull();
  });

  it("is as punctual when its timer is not", () => {
    const now = vi.spyOn(performance, "now");
    let time = 0;
    let late = 0;
    now.mockImplementation(() => time + late);
    for (let look = 1; look <= 40; look++) {
      time = look * 250;
      late = (look * 7) % 20;
      written++;
      publisher.touch();
      vi.advanceTimersByTime(250);
    }
    now.mockRestore();
    expect(told).toHaveLength(10);
  });
});

describe("a share's arrays", () => {
  it("are neither asked for nor told again while the status says that they are the same", () => {
    shares = [status()];
    settle();
    reads = 0;
    for (let second = 1; second <= 5; second++) {
      shares = [status({ uploaded: second })];
      publisher.touch();
      vi.advanceTimersByTime(1000);
    }
    expect(reads).toBe(0);
    expect(changes().map((change) => typeof change === "object" && change.have)).toEqual(Array(5).fill(null));
    expect(shown).not.toThrow();
  });

  it.each([
    ["stored pieces", { haveCount: 1 }, ["have"]],
    ["other peers", { availabilityVersion: 2 }, ["availability"]],
    ["a selection, with which pieces may be lost", { filesVersion: 2 }, ["have"]],
  ])("are told as what changed: after %s", (_, changed, names) => {
    shares = [status()];
    settle();
    arrays = { have: Uint8Array.of(128, 0), availability: new Uint8Array(10).fill(1) };
    shares = [status(changed)];
    publisher.touch();
    vi.advanceTimersByTime(1000);
    const [change] = changes() as [ShareChange];
    const runs = { have: [0, 1], availability: [0, 10] };
    for (const name of ["have", "availability"] as const) {
      const delta = change[name];
      expect(delta && [...delta.runs]).toEqual(names.includes(name) ? runs[name] : null);
    }
  });
});

describe("a new tab", () => {
  it("is told everything that the others know, and then what they are told", () => {
    shares = [status({ id: "a" }), status({ id: "b" })];
    vi.advanceTimersByTime(1000);
    shares = [status({ id: "a" }), status({ id: "b", uploaded: 5 })];
    publisher.touch();
    vi.advanceTimersByTime(1000);
    const others = shown();
    told = [];
    publisher.repeat();
    expect(shown()).toEqual(others);
    shares = [status({ id: "a", uploaded: 1 }), status({ id: "b", uploaded: 5 })];
    publisher.touch();
    vi.advanceTimersByTime(1000);
    expect(shown().shares.map(({ uploaded }) => uploaded)).toEqual([1, 5]);
  });

  it("is told what there is when nobody was told yet", () => {
    shares = [status()];
    publisher.repeat();
    expect(shown().shares).toHaveLength(1);
  });

  it("is told nothing of a share that has just been removed", () => {
    shares = [status({ id: "a" }), status({ id: "b" })];
    settle();
    publisher.forget("a");
    publisher.repeat();
    expect(shown().shares.map(({ id }) => id)).toEqual(["b"]);
  });
});

describe("a share that comes again under the same id", () => {
  it("is told whole, as its versions begin anew", () => {
    shares = [status({ haveCount: 1 })];
    arrays = { ...arrays, have: Uint8Array.of(1, 0) };
    settle();
    publisher.forget("a");
    arrays = { ...arrays, have: Uint8Array.of(2, 0) };
    vi.advanceTimersByTime(1000);
    expect(changes()).toEqual(["whole"]);
    expect(shown().shares[0]!.have).toEqual(Uint8Array.of(2, 0));
  });
});

describe("the rates of the last minute", () => {
  const drawn = () => [...shown().shares[0]!.rates.down].join("").replaceAll("0", ".");
  const minute = (end: string) => end.padStart(RATE_SAMPLES, ".");

  // From here on a look comes a quarter of a second after each change.
  beforeEach(() => {
    vi.advanceTimersByTime(2000);
  });

  /** A second at each rate. */
  function pass(...rates: number[]): void {
    for (const downRate of rates) {
      shares = [status({ downRate, phase: downRate === 0 ? "paused" : "downloading" })];
      publisher.touch();
      vi.advanceTimersByTime(1000);
    }
  }

  it("are told to a new tab whole, and to the others as they come", () => {
    pass(1, 2, 3);
    expect(drawn()).toBe(minute("123"));
    const news = changes().map((change) => typeof change === "object" && [...change.rates!.down]);
    expect(news.slice(-2)).toEqual([[2], [3]]);
    told = [];
    publisher.repeat();
    expect(drawn()).toBe(minute("123"));
  });

  it("fall to zero after a pause, and are told until nothing but zeros is left", () => {
    pass(4, 5, 0);
    expect(drawn()).toBe(minute("45."));
    vi.advanceTimersByTime(10_000);
    expect(drawn()).toBe(minute("45..........."));
    vi.advanceTimersByTime(RATE_SAMPLES * 1000);
    expect(drawn()).toBe(minute(""));
    told = [];
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });

  it("are sampled once a second, whether anything happens or not, also while other things are told sooner", () => {
    shares = [status({ downRate: 1, phase: "downloading" })];
    vi.advanceTimersByTime(3000);
    for (let quarter = 0; quarter < 12; quarter++) {
      saving = saving.length === 0 ? ["t"] : [];
      publisher.touch();
      vi.advanceTimersByTime(250);
    }
    vi.advanceTimersByTime(1000);
    expect(drawn()).toBe(minute("11111111"));
  });

  it("count the seconds in which the worker stood still", () => {
    pass(1);
    const now = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 4_000);
    pass(2);
    now.mockRestore();
    expect(drawn()).toBe(minute("122222"));
  });

  it("are forgotten with their share", () => {
    pass(1, 2);
    publisher.forget("a");
    shares = [];
    vi.advanceTimersByTime(1000);
    expect(shown().shares).toEqual([]);
    pass(3);
    expect(drawn()).toBe(minute("3"));
  });
});
