/** Own files that a tab keeps for the next worker, over the worker's own commands. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandName, NodeSnapshot, SharedFile, ShareSnapshot } from "../../../app/bridge/commands.ts";
import { HeldFiles } from "../../../app/page/held-files.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { openMemoryDatabase, reopenDatabase } from "../../support/memory-database.ts";
import { sampleBytes } from "../../support/torrents.ts";
import { CommandStage } from "../worker/command-stage.ts";

/** A tab's client. Another worker takes over when the test says so, and tells of its shares when it is told to. */
class Tab {
  stage: CommandStage;
  epoch: string;
  snapshot: NodeSnapshot | null;
  readonly tab: string;
  readonly calls: CommandName[];
  readonly #listeners: Set<() => void>;

  constructor(stage: CommandStage) {
    this.stage = stage;
    this.epoch = "0";
    this.snapshot = null;
    this.tab = "tab";
    this.calls = [];
    this.#listeners = new Set();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async call(name: CommandName, request: never): Promise<unknown> {
    this.calls.push(name);
    return this.stage.run(name, request);
  }

  /** The worker tells of what it has, or of these shares. */
  tell(ids = this.stage.engine.torrents()): void {
    const shares = ids.map((id) => ({ id, ownFiles: this.stage.shared.status(id) }));
    this.snapshot = {
      ...{ drafts: [], saving: [], storage: null, fault: null },
      shares: shares as ShareSnapshot[],
    };
    this.#changed();
  }

  /** Another tab's worker leads. Until it tells of its shares, the tab shows what the last one told. */
  async takeOver(): Promise<void> {
    await this.stage.library.settled();
    this.stage = new CommandStage(await reopenDatabase());
    await this.stage.load();
    this.epoch += "+";
    this.calls.length = 0;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function aFile(path: string, length: number, content: number): SharedFile {
  const bytes = new Uint8Array(sampleBytes(length, content));
  const name = path.split("/").at(-1)!;
  return { file: new File([bytes], name, { lastModified: 1_000 }), path: path.split("/"), handle: null };
}

const files = [aFile("sea/a.txt", 100_000, 1), aFile("sea/b.txt", 10, 2)];
let tab: Tab;
let held: HeldFiles;
let id: string;

beforeEach(async () => {
  tab = new Tab(new CommandStage(await openMemoryDatabase()));
  held = new HeldFiles(tab as unknown as NodeClient);
  ({ id } = await tab.stage.share(files));
  held.hold(id, files);
  tab.tell();
});

const state = () =>
  `${tab.stage.engine.status(id).phase}, ${tab.stage.shared.status(id)!.readable} of 2 files`;

describe("when another tab's worker takes over", () => {
  it("it gets the files of this tab, and the share goes on", async () => {
    await tab.takeOver();
    expect(state()).toBe("paused, 0 of 2 files");
    expect(tab.calls).toEqual([]);
    tab.tell();
    await vi.waitFor(() => expect(state()).toBe("seeding, 2 of 2 files"));
    await vi.waitFor(() => expect(tab.calls.at(-1)).toBe("discard"));
    expect(tab.calls.filter((name) => name === "giveFiles")).toHaveLength(1);
  });

  it("it gets them again from the next one, too", async () => {
    for (let turn = 0; turn < 3; turn++) {
      await tab.takeOver();
      tab.tell();
      await vi.waitFor(() => expect(state()).toBe("seeding, 2 of 2 files"));
    }
  });

  it("a share that the person paused stays paused, with its files", async () => {
    await tab.stage.run("pause", { id });
    await tab.takeOver();
    tab.tell();
    await vi.waitFor(() => expect(state()).toBe("paused, 2 of 2 files"));
    await tab.stage.library.settled();
    expect(await tab.stage.db.get("torrents", id)).toMatchObject({ active: true, paused: true });
    await tab.stage.run("start", { id });
    expect(state()).toBe("seeding, 2 of 2 files");
  });

  it("files that were added later are held beside the first ones", async () => {
    tab = new Tab(tab.stage);
    held = new HeldFiles(tab as unknown as NodeClient);
    held.hold(id, files.slice(0, 1));
    held.hold(id, files.slice(1));
    await tab.takeOver();
    tab.tell();
    await vi.waitFor(() => expect(state()).toBe("seeding, 2 of 2 files"));
  });
});

it("one worker is not given again what it failed to read", async () => {
  tab.stage.shared.source(id)!.give(1, aFile("sea/b.txt", 10, 9).file);
  const failure = await tab.stage.shared
    .source(id)!
    .readPiece(2)
    .catch((error) => error);
  tab.stage.engine.inspect(id).handleUnreadable(2, failure);
  tab.tell();
  tab.tell();
  expect(tab.stage.shared.status(id)!.readable).toBe(1);
  expect(tab.calls).toEqual([]);
});

it("what is removed is held no more, and what is not told of yet still is", async () => {
  await tab.takeOver();
  tab.tell([]);
  tab.tell();
  await vi.waitFor(() => expect(state()).toBe("seeding, 2 of 2 files"));
  await tab.stage.run("remove", { id, data: true });
  tab.tell();
  ({ id } = await tab.stage.share(files, { draft: "2" }));
  await tab.takeOver();
  tab.tell();
  await tab.stage.library.settled();
  expect(tab.calls).toEqual([]);
  expect(state()).toBe("paused, 0 of 2 files");
});
