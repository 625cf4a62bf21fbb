/**
 * A publisher and the tabs that put its updates together. A tab shows what was told, whatever happens, whichever
 * updates are lost, and whenever tabs come.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { NodeSnapshot, ShareStatus } from "../../../app/bridge/commands.ts";
import type { NodeUpdate } from "../../../app/bridge/updates.ts";
import type { TorrentArrays } from "../../../app/engine/snapshot.ts";
import { SnapshotAssembler } from "../../../app/page/snapshot-assembler.ts";
import { Publisher } from "../../../app/worker/publisher.ts";
import { aPeer, aShare } from "../../support/ui-fixture/snapshots.ts";

beforeAll(() => {
  vi.useFakeTimers();
});

afterAll(() => {
  vi.useRealTimers();
});

/** Pieces of a share, so many that deltas have several runs. */
const PIECES = 80;

/** A share as its engine knows it. */
interface ModelShare {
  status: ShareStatus;
  arrays: TorrentArrays;
}

function newShare(id: string): ModelShare {
  const { have, availability, rates, ...status } = aShare({ id });
  return { status: { ...status, haveCount: 0, availabilityVersion: 0, filesVersion: 0 }, arrays: unknown() };
}

/** Of a torrent whose info dictionary is not known yet. */
function unknown(): TorrentArrays {
  return { have: new Uint8Array(0), availability: new Uint8Array(0) };
}

/** The worker with its node, and what it has told. */
class Model {
  readonly shares: Map<string, ModelShare>;
  readonly publisher: Publisher;
  /** Updates, each with what is known to who heard all of them. */
  readonly sent: { update: NodeUpdate; told: NodeSnapshot }[];
  /** The latest update. */
  told: NodeSnapshot | null;
  hashed: number;

  constructor() {
    this.shares = new Map();
    this.sent = [];
    this.told = null;
    this.hashed = 0;
    const source = {
      status: () => this.#status(),
      arrays: (id: string) => structuredClone(this.shares.get(id)!.arrays),
    };
    this.publisher = new Publisher(source, (update) => this.#handleUpdate(structuredClone(update)));
    this.publisher.start();
  }

  /** A tab asks for everything. */
  repeat(): void {
    this.publisher.repeat();
  }

  #status() {
    const progress = { hashed: this.hashed, size: 9, rate: 0 };
    const drafts = [
      {
        draft: "j",
        tab: "t",
        name: "n",
        otherEntries: 0,
        fileCount: 1,
        working: true,
        id: null,
        ...progress,
      },
    ];
    const shares = [...this.shares.values()].map(({ status }) => structuredClone(status));
    return { shares, drafts, saving: [], storage: null };
  }

  #handleUpdate(update: NodeUpdate): void {
    const isWhole = update.updates.every(({ kind }) => kind === "whole");
    if (isWhole && update.updates.length === update.latest.length) {
      this.told = new SnapshotAssembler().add(update);
      this.sent.push({ update, told: this.told! });
      return;
    }
    // A new tab is told the same as this tab makes of all that was told before.
    const at = this.sent.length;
    this.publisher.repeat();
    const [{ told }] = this.sent.splice(at) as [(typeof this.sent)[number]];
    this.sent.push({ update, told });
    this.check(told);
  }

  /** Everything is told as it is now. Rates are the publisher's own. */
  check(told: NodeSnapshot): void {
    const shares = told.shares.map(({ rates, ...share }) => share);
    expect(shares).toEqual([...this.shares.values()].map(({ status, arrays }) => ({ ...status, ...arrays })));
    expect(told.drafts).toEqual(this.#status().drafts);
  }
}

/** A tab, which shows the latest snapshot. */
class Tab {
  readonly #assembler: SnapshotAssembler;
  shown: NodeSnapshot | null;

  constructor() {
    this.#assembler = new SnapshotAssembler();
    this.shown = null;
  }

  /** False when it missed something. */
  handle(update: NodeUpdate): boolean {
    const snapshot = this.#assembler.add(structuredClone(update));
    if (snapshot !== null) this.shown = snapshot;
    return snapshot !== null;
  }
}

type Act = (model: Model) => void;

const ofShare = (change: (share: ModelShare) => void, id: string): Act => {
  return ({ shares, publisher }) => {
    const share = shares.get(id);
    if (share !== undefined) change(share);
    publisher.touch();
  };
};

const add: Act = ({ shares }) => {
  const id = ["a", "b", "c"].find((each) => !shares.has(each));
  if (id !== undefined) shares.set(id, newShare(id));
};

const remove = (id: string): Act => {
  return ({ shares, publisher }) => {
    if (shares.delete(id)) publisher.forget(id);
  };
};

const isKnown = ({ status }: ModelShare) => status.filesVersion > 0;

const learn = (share: ModelShare) => {
  if (isKnown(share)) return;
  const have = new Uint8Array(PIECES / 8);
  share.arrays = { have, availability: new Uint8Array(PIECES) };
  Object.assign(share.status, { filesVersion: 1, availabilityVersion: 1, pieceCount: PIECES });
};

const store = (piece: number) => (share: ModelShare) => {
  const { have } = share.arrays;
  const bit = 0x80 >> (piece & 7);
  if (!isKnown(share) || (have[piece >> 3]! & bit) !== 0) return;
  have[piece >> 3]! |= bit;
  Object.assign(share.status, { haveCount: share.status.haveCount + 1 });
};

const lose = (share: ModelShare) => {
  if (!isKnown(share)) return;
  share.arrays.have.fill(0);
  Object.assign(share.status, { haveCount: 0, filesVersion: share.status.filesVersion + 1 });
};

const countPeers = (from: number, to: number, by: number) => (share: ModelShare) => {
  if (!isKnown(share)) return;
  const { availability } = share.arrays;
  for (let piece = from; piece < Math.min(to, availability.length); piece++) availability[piece]! += by;
  Object.assign(share.status, { availabilityVersion: share.status.availabilityVersion + 1 });
};

const run = (downRate: number, uploaded: number) => (share: ModelShare) => {
  Object.assign(share.status, { downRate, uploaded });
};

const meet = (peers: number) => (share: ModelShare) => {
  const all = Array.from({ length: peers }, (_, link) => aPeer({ link }));
  Object.assign(share.status, {
    peers: all,
    routes: Object.fromEntries(all.map(({ link }) => [link, "direct"])),
  });
};

const piece = fc.nat(PIECES - 1);
const change = fc.oneof(
  fc.constant(learn),
  piece.map(store),
  fc.constant(lose),
  fc.tuple(piece, piece, fc.nat(3)).map(([from, length, by]) => countPeers(from, from + length, by)),
  fc.tuple(fc.nat(2), fc.nat(2)).map(([rate, uploaded]) => run(rate, uploaded)),
  fc.nat(2).map(meet),
);
const id = fc.constantFrom("a", "b", "c");
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant(add),
  { weight: 8, arbitrary: fc.tuple(change, id).map(([what, of]) => ofShare(what, of)) },
  id.map(remove),
  // A share that goes and comes again before anybody looks.
  id.map((of) => (model: Model) => {
    remove(of)(model);
    add(model);
  }),
  fc.constantFrom(null, "storage/full" as const).map(
    (code) =>
      ({ publisher }: Model) =>
        publisher.setFault(code),
  ),
  fc.constant((model: Model) => {
    model.hashed++;
  }),
);

/** An event, then how much time passes, whether a tab opens, and which tabs hear nothing of it. */
const step = fc.record({
  acts: fc.array(act, { maxLength: 4 }),
  time: fc.constantFrom(0, 250, 1000, 3000),
  opens: fc.boolean(),
  deaf: fc.array(fc.nat(5), { maxLength: 3 }),
});

/** Delivers what was sent to all tabs but the deaf; who missed something asks for everything. */
function deliver(model: Model, tabs: readonly Tab[], deaf: readonly number[] = []): void {
  while (model.sent.length > 0) {
    let isMissed = false;
    for (const { update, told } of model.sent.splice(0)) {
      for (const [at, tab] of tabs.entries()) {
        if (deaf.includes(at)) continue;
        if (tab.handle(update)) expect(tab.shown).toEqual(told);
        else isMissed = true;
      }
    }
    if (isMissed) model.repeat();
  }
}

test("a tab shows what was told, or notices that it missed something", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const model = new Model();
      // One share is known, of another only the link.
      for (const each of [add, ofShare(learn, "a"), add]) each(model);
      const tabs: Tab[] = [];
      for (const { acts, time, opens, deaf } of steps) {
        for (const each of acts) each(model);
        vi.advanceTimersByTime(time);
        if (opens) {
          tabs.push(new Tab());
          model.repeat();
        }
        deliver(model, tabs, deaf);
      }
      model.hashed++;
      vi.advanceTimersByTime(2000);
      deliver(model, tabs);
      for (const tab of tabs) model.check(tab.shown!);
      model.publisher.stop();
    }),
  );
});
