import { describe, expect, it } from "vitest";
import type { NodeUpdate, ShareChange, ShareUpdate } from "../../../app/bridge/updates.ts";
import { SnapshotAssembler } from "../../../app/page/snapshot-assembler.ts";
import { aShare } from "../../support/ui-fixture/snapshots.ts";

const unchanged: ShareChange = {
  status: null,
  have: null,
  availability: null,
  rates: null,
};

const whole = (id: string, number: number, downloaded = 0): ShareUpdate => ({
  kind: "whole",
  id,
  number,
  share: aShare({ id, downloaded }),
});

const change = (id: string, since: number, number: number, what: Partial<ShareChange> = {}): ShareUpdate => ({
  kind: "change",
  id,
  number,
  since,
  change: { ...unchanged, ...what },
});

/** "a1 b2": share a as of update 1, b as of 2. */
function told(latest: string, ...updates: ShareUpdate[]): NodeUpdate {
  const shares = latest
    .split(" ")
    .flatMap((word) => (word === "" ? [] : [[word[0]!, word.slice(1)] as const]));
  return {
    latest: shares.map(([id, number]) => ({ id, number: Number(number) })),
    updates,
    drafts: [],
    saving: [],
    storage: null,
    fault: null,
  };
}

describe("snapshots", () => {
  it("have all shares in their order, whichever of them an update is of", () => {
    const assembler = new SnapshotAssembler();
    const ids = (update: NodeUpdate) => assembler.add(update)?.shares.map(({ id }) => id);
    expect(ids(told("a1 b2", whole("b", 2), whole("a", 1)))).toEqual(["a", "b"]);
    expect(ids(told("c4 a1 b3", change("b", 2, 3), whole("c", 4)))).toEqual(["c", "a", "b"]);
    expect(ids(told("b3"))).toEqual(["b"]);
    expect(ids(told(""))).toEqual([]);
  });

  it("have the parts of an update that are of the whole node", () => {
    const fault = { code: "storage/full", detail: "" } as const;
    const saving = [{ id: "a", written: 1, size: 2 }];
    expect(new SnapshotAssembler().add({ ...told(""), fault, saving })).toEqual({
      shares: [],
      drafts: [],
      saving,
      storage: null,
      fault,
    });
  });

  it("are made of the same objects where nothing changed, and of new ones where something did", () => {
    const assembler = new SnapshotAssembler();
    const before = assembler.add(told("a1 b2", whole("a", 1), whole("b", 2)))!.shares;
    const have = { length: 2, runs: Uint32Array.of(1, 2), values: Uint8Array.of(7) };
    const after = assembler.add(told("a1 b3", change("b", 2, 3, { have })))!.shares;
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect([after[1]!.have, before[1]!.have]).toEqual([Uint8Array.of(0, 7), Uint8Array.of(0, 0)]);
    expect(after[1]!.availability).toBe(before[1]!.availability);
    expect(after[1]!.rates).toBe(before[1]!.rates);
  });

  it("have the samples that came at the end, and lose as many of the oldest", () => {
    const assembler = new SnapshotAssembler();
    const rates = { down: Float32Array.of(1, 2, 3), up: Float32Array.of(4, 5, 6) };
    assembler.add(told("a1", { kind: "whole", id: "a", number: 1, share: aShare({ id: "a", rates }) }));
    const came = { down: Float32Array.of(7, 8), up: Float32Array.of(0, 9) };
    expect(assembler.add(told("a2", change("a", 1, 2, { rates: came })))!.shares[0]!.rates).toEqual({
      down: Float32Array.of(3, 7, 8),
      up: Float32Array.of(6, 0, 9),
    });
  });
});

describe("what was missed", () => {
  it.each([
    ["the first update", told("a2", change("a", 1, 2))],
    ["an update between", told("a3", change("a", 2, 3))],
    ["the latest update", told("a2")],
    ["a share", told("a1 b2")],
  ])("shows: %s", (what, update) => {
    const assembler = new SnapshotAssembler();
    if (what !== "the first update") assembler.add(told("a1", whole("a", 1)));
    expect(assembler.add(update)).toBeNull();
  });

  it("is made up for by everything told again", () => {
    const assembler = new SnapshotAssembler();
    assembler.add(told("a1 b2", whole("a", 1), whole("b", 2)));
    expect(assembler.add(told("a1 b4", change("b", 3, 4)))).toBeNull();
    const again = assembler.add(told("a1 b4", whole("a", 1), whole("b", 4, 99)))!;
    expect(again.shares.map(({ downloaded }) => downloaded)).toEqual([0, 99]);
  });

  it("is made up for by what another tab asked for", () => {
    const assembler = new SnapshotAssembler();
    assembler.add(told("a1", whole("a", 1)));
    expect(assembler.add(told("a3", whole("a", 3, 5)))!.shares[0]!.downloaded).toBe(5);
  });

  it("by another tab changes nothing for one that missed nothing", () => {
    const assembler = new SnapshotAssembler();
    const before = assembler.add(told("a1", whole("a", 1)))!;
    expect(assembler.add(told("a1", whole("a", 1)))!.shares[0]).toBe(before.shares[0]);
  });

  it("of a share that went and came again under the same id shows as well", () => {
    const assembler = new SnapshotAssembler();
    assembler.add(told("a1", whole("a", 1)));
    expect(assembler.add(told("a3", change("a", 2, 3)))).toBeNull();
    expect(assembler.add(told("a3", whole("a", 3, 5)))!.shares[0]!.downloaded).toBe(5);
  });
});
