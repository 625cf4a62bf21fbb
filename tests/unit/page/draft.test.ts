/** A draft in a tab, over the worker's own commands: what it shares, however it is changed and whoever leads. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommandName, SharedFile } from "../../../app/bridge/commands.ts";
import { layOutShare } from "../../../app/engine/content/share-layout.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { FILES_PER_BATCH } from "../../../app/page/constants.ts";
import { Draft } from "../../../app/page/draft.ts";
import type { LeftOut } from "../../../app/page/intake/left-out.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { openMemoryDatabase, reopenDatabase } from "../../support/memory-database.ts";
import { sampleBytes } from "../../support/torrents.ts";
import { CommandStage } from "../worker/command-stage.ts";

/** A tab's client, whose worker may change. As over the bus, calls that are not answered are sent to the next one. */
class Tab {
  stage: CommandStage;
  epoch: string;
  readonly calls: CommandName[];
  readonly tab: string;
  snapshot: null;
  #taken: () => void;
  #takeover: Promise<void>;

  constructor(stage: CommandStage) {
    this.stage = stage;
    this.epoch = "0";
    this.tab = "tab";
    this.calls = [];
    this.snapshot = null;
    this.#taken = () => {};
    this.#takeover = new Promise((resolve) => {
      this.#taken = resolve;
    });
  }

  get node(): NodeClient {
    return this as unknown as NodeClient;
  }

  subscribe(): () => void {
    return () => {};
  }

  async call(name: CommandName, request: never): Promise<unknown> {
    this.calls.push(name);
    for (;;) {
      const { epoch } = this;
      const takeover = this.#takeover.then(() => null);
      const answer = this.stage.run(name, request).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      const first = await Promise.race([answer, takeover]);
      if (first === null || epoch !== this.epoch) continue;
      if ("error" in first) throw first.error;
      return first.value;
    }
  }

  /** Another tab's worker leads from now on, and has what was kept. */
  async takeOver(): Promise<void> {
    const next = new CommandStage(await reopenDatabase());
    await next.load();
    this.stage = next;
    this.epoch = `${Number(this.epoch) + 1}`;
    const taken = this.#taken;
    this.#takeover = new Promise((resolve) => {
      this.#taken = resolve;
    });
    taken();
  }
}

let tab: Tab;
let draft: Draft;

beforeEach(async () => {
  tab = new Tab(new CommandStage(await openMemoryDatabase()));
  draft = new Draft(tab.node);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function aFile(path: string, length = 10, content = 1): SharedFile {
  const bytes = new Uint8Array(sampleBytes(length, content));
  return {
    file: new File([bytes], path.split("/").at(-1)!, { lastModified: content }),
    path: path.split("/"),
    handle: null,
  };
}

const intake = (files: SharedFile[], leftOut: LeftOut[] = []) => ({ files, leftOut });
const sea = () => [aFile("sea/b"), aFile("sea/a"), aFile("sea/deep/c")];
const settled = (each = draft) =>
  vi.waitFor(() => expect(["ready", "failed", "empty"]).toContain(each.state), {
    timeout: 10_000,
    interval: 5,
  });
const paths = () => draft.files.map(({ path }) => path.join("/"));
const shared = (id = draft.share!) => tab.stage.engine.files(id).map(({ path }) => path.join("/"));

describe("a draft", () => {
  it("is hashed at once, and tells what it is before", async () => {
    const states: string[] = [];
    draft.subscribe(() => {
      if (states.at(-1) !== draft.state) states.push(draft.state);
    });
    draft.add(intake(sea()));
    expect([draft.name, draft.otherEntries, draft.state]).toEqual(["sea", 0, "gathering"]);
    expect(paths()).toEqual(["sea/a", "sea/b", "sea/deep/c"]);
    await settled();
    expect(states).toEqual(["gathering", "hashing", "ready"]);
    expect([draft.size, draft.hashed, draft.known]).toEqual([30, 30, false]);
    expect(shared()).toEqual(["a", "b", "deep/c"]);
  });

  it("is in torrent order, which is not that of UTF-16", async () => {
    draft.add(intake([aFile("\u{1F41F}"), aFile("\uFF5E"), aFile("z"), aFile("a/z"), aFile("a.txt")]));
    await settled();
    expect(paths()).toEqual(["a/z", "a.txt", "z", "\uFF5E", "\u{1F41F}"]);
    expect(shared()).toEqual(paths());
    expect([draft.name, draft.otherEntries]).toEqual(["a", 4]);
    expect(tab.stage.engine.status(draft.share!)).toMatchObject({ name: "a", otherEntries: 4 });
  });

  it("sends only what changed, many files in several messages", async () => {
    const many = Array.from({ length: 2 * FILES_PER_BATCH + 1 }, (_, at) => aFile(`sea/${at}`, 1, at));
    draft.add(intake(many));
    await settled();
    const count = () => tab.calls.splice(0).filter((name) => name === "gather" || name === "takeOut").length;
    expect(count()).toBe(1 + 3);
    draft.add(intake([aFile("sea/new")]));
    await settled();
    expect(count()).toBe(1);
    draft.takeOut([
      ["sea", "0"],
      ["sea", "1"],
      ["sea", "unknown"],
    ]);
    await settled();
    expect(count()).toBe(1);
    expect(shared()).toHaveLength(many.length - 1);
  });

  it("takes in what was left out", async () => {
    const left: LeftOut = { path: ["sea", ".DS_Store"], reason: "system", file: aFile("sea/.DS_Store") };
    const unnamed: LeftOut = { path: ["sea", "\uFFFD"], reason: "name", file: null };
    draft.add(intake(sea(), [left, unnamed]));
    await draft.takeIn(draft.leftOut);
    await settled();
    expect(draft.leftOut).toEqual([unnamed]);
    expect(shared()).toEqual([".DS_Store", "a", "b", "deep/c"]);
  });

  it("leaves out what cannot be read, and takes it in when the person tries again", async () => {
    const bad = aFile("sea/bad", 70_000);
    const read = vi.spyOn(bad.file, "slice").mockImplementation(() => {
      throw new DOMException("no", "NotFoundError");
    });
    vi.spyOn(bad.file, "arrayBuffer").mockRejectedValue(new DOMException("no", "NotFoundError"));
    // Read with the others, it fails with them.
    vi.spyOn(Blob.prototype, "arrayBuffer").mockRejectedValueOnce(new DOMException("no", "NotFoundError"));
    draft.add(intake([...sea(), bad]));
    await settled();
    expect(draft.leftOut).toEqual([{ path: bad.path, reason: "unreadable", file: bad }]);
    expect([paths(), draft.size]).toEqual([["sea/a", "sea/b", "sea/deep/c"], 30]);
    expect(shared()).toEqual(["a", "b", "deep/c"]);
    const handle = { getFile: async () => aFile("sea/bad", 70_000).file } as unknown as FileSystemFileHandle;
    Object.assign(draft.leftOut[0]!.file!, { handle });
    read.mockRestore();
    // A handle made here is not copied into a database in memory.
    vi.spyOn(tab.stage.shared, "keep").mockResolvedValue();
    await draft.takeIn(draft.leftOut);
    await settled();
    expect([draft.leftOut, shared()]).toEqual([[], ["a", "b", "bad", "deep/c"]]);
  });

  it("without files makes no share, and takes back the one that it made", async () => {
    draft.add(intake(sea()));
    await settled();
    draft.takeOut(sea().map(({ path }) => path));
    expect([draft.state, draft.share, draft.name, draft.size]).toEqual(["empty", null, "", 0]);
    await vi.waitFor(() => expect(tab.stage.engine.torrents()).toEqual([]));
    const [file] = [aFile("x")];
    draft.add(intake([file]));
    await settled();
    expect([shared(), draft.size]).toEqual([["x"], 10]);
    draft.takeOut([file.path]);
    draft.putBack([file]);
    await settled();
    expect([shared(), draft.size]).toEqual([["x"], 10]);
  });

  it("says why it cannot be shared, and may be tried again", async () => {
    const run = vi.spyOn(tab.stage, "run").mockRejectedValue(new ShoalError("storage/full", "x"));
    draft.add(intake(sea()));
    await settled();
    expect([draft.state, draft.error]).toEqual(["failed", { code: "storage/full", detail: "x" }]);
    run.mockRestore();
    await draft.retry();
    await settled();
    expect([draft.state, draft.error]).toEqual(["ready", null]);
  });

  it("reads a file as it is by now when it is tried again", async () => {
    const { file, path } = aFile("log", 10);
    vi.spyOn(file, "arrayBuffer").mockRejectedValue(new DOMException("written to", "NotReadableError"));
    const handle = { getFile: async () => new File(["it is longer by now"], "log") };
    // A handle made here is not copied into a database in memory.
    vi.spyOn(tab.stage.shared, "keep").mockResolvedValue();
    draft.add(intake([{ file, path, handle: handle as unknown as FileSystemFileHandle }]));
    await settled();
    expect([draft.state, draft.error]).toEqual(["failed", { code: "source/changed", detail: "log" }]);
    await draft.retry();
    await settled();
    expect([draft.state, draft.error]).toEqual(["ready", null]);
    expect([draft.size, shared()]).toEqual([19, ["log"]]);
  });

  it.each(["gone", "without a handle"])("reads a file again that is %s", async (how) => {
    const shared = aFile("log", 10);
    const read = vi
      .spyOn(shared.file, "arrayBuffer")
      .mockRejectedValue(new DOMException("", "NotFoundError"));
    const getFile = () => Promise.reject(new DOMException("", "NotFoundError"));
    vi.spyOn(tab.stage.shared, "keep").mockResolvedValue();
    const handle = how === "gone" ? ({ getFile } as unknown as FileSystemFileHandle) : null;
    draft.add(intake([{ ...shared, handle }]));
    await settled();
    expect([draft.state, draft.error?.code]).toEqual(["failed", "source/gone"]);
    read.mockRestore();
    await draft.retry();
    await settled();
    expect([draft.state, shared.file.size]).toEqual(["ready", draft.size]);
  });

  it("is not tried again when it was changed meanwhile", async () => {
    const { file, path } = aFile("log", 10);
    const read = vi.spyOn(file, "arrayBuffer").mockRejectedValue(new DOMException("", "NotReadableError"));
    draft.add(intake([{ file, path, handle: null }]));
    await settled();
    const retried = draft.retry();
    draft.takeOut([path]);
    read.mockRestore();
    await retried;
    expect([draft.state, paths()]).toEqual(["empty", []]);
  });

  it.each([
    ["a file where a folder is by now", "notes", "notes/x", ["notes/x", "notes (1)", "y"]],
    ["a file below what is a file by now", "notes/x", "notes", ["notes", "notes (1)/x", "y"]],
    ["a file where another one is", "notes", "notes", ["notes", "notes (1)", "y"]],
    ["a file deep in a folder", "sea/notes", "sea/notes/x", ["sea/notes/x", "sea (1)/notes", "y"]],
  ])("puts back %s beside it", async (_, path, other, all) => {
    const one = aFile(path);
    draft.add(intake([one, aFile("y")]));
    draft.takeOut([one.path]);
    draft.add(intake([aFile(other, 20, 2)]));
    draft.putBack([one]);
    await settled();
    expect([draft.state, draft.error, paths()]).toEqual(["ready", null, all]);
  });

  it("sends everything once more when the worker says that it lacks some, and no third time", async () => {
    const run = tab.stage.run.bind(tab.stage);
    let answers: (ShoalError | null)[] = [new ShoalError("share/unknown-draft"), null];
    vi.spyOn(tab.stage, "run").mockImplementation((async (name: CommandName, request: never) => {
      const error = name === "share" ? answers.shift() : null;
      if (error) throw error;
      return run(name, request);
    }) as typeof tab.stage.run);
    draft.add(intake(sea()));
    await settled();
    expect([draft.state, shared()]).toEqual(["ready", ["a", "b", "deep/c"]]);
    answers = [new ShoalError("share/unknown-draft"), new ShoalError("share/unknown-draft"), null];
    draft.add(intake([aFile("sea/d")]));
    await settled();
    expect([draft.state, draft.error?.code, answers.length]).toEqual(["failed", "share/unknown-draft", 1]);
  });

  it("ends when its link is passed on: its share stays", async () => {
    draft.add(intake(sea()));
    await settled();
    const id = draft.share!;
    await draft.passOn();
    expect(draft.state).toBe("ended");
    draft.add(intake([aFile("x")]));
    await draft.discard();
    expect([draft.state, tab.stage.engine.torrents()]).toEqual(["ended", [id]]);
    expect(tab.stage.drafts.snapshots()).toEqual([]);
  });

  it("takes its share with it when it is discarded, also in the middle", async () => {
    draft.add(intake(sea()));
    await settled();
    draft.add(intake([aFile("sea/d")]));
    await draft.discard();
    await vi.waitFor(() => expect(tab.stage.engine.torrents()).toEqual([]));
    expect(tab.stage.drafts.snapshots()).toEqual([]);
  });

  it("takes its share with it although the worker that made it went before it answered", async () => {
    const { stage } = tab;
    const run = stage.run.bind(stage);
    vi.spyOn(stage, "run").mockImplementation((async (name: CommandName, request: never) => {
      const reply = await run(name, request);
      if (name !== "share") return reply;
      await tab.takeOver();
      return new Promise(() => {});
    }) as never);
    draft.setNote("Hello");
    draft.add(intake(sea()));
    await settled();
    expect([draft.state, draft.known]).toEqual(["ready", false]);
    expect(tab.stage.engine.about(draft.share!)!.note).toBe("Hello");
    await draft.discard();
    expect(tab.stage.engine.torrents()).toEqual([]);
  });

  it("leaves no former share behind that it had not heard of when another worker took over", async () => {
    const { stage } = tab;
    draft.add(intake(sea()));
    await vi.waitFor(() => expect(stage.engine.torrents()).toHaveLength(1), { interval: 1 });
    // That worker hears of nothing more.
    vi.spyOn(stage, "run").mockReturnValue(new Promise(() => {}));
    draft.takeOut([["sea", "a"]]);
    await stage.library.settled();
    await tab.takeOver();
    await settled();
    expect(tab.stage.engine.torrents()).toEqual([draft.share]);
    expect(shared()).toEqual(["b", "deep/c"]);
  });

  it("has the name that the person gives it, before and after it is ready", async () => {
    draft.rename("  Holiday ");
    draft.add(intake(sea()));
    await settled();
    const title = () => tab.stage.engine.status(draft.share!).title;
    expect([draft.title, title(), draft.name]).toEqual(["Holiday", "Holiday", "sea"]);
    draft.rename(" ");
    await vi.waitFor(() => expect(title()).toBeNull());
    expect(draft.title).toBeNull();
  });

  it("offers the link of the same content, or one of its own", async () => {
    draft.add(intake(sea()));
    await settled();
    const id = draft.share!;
    await draft.passOn();
    draft = new Draft(tab.node);
    draft.add(intake(sea()));
    await settled();
    expect([draft.share, draft.known]).toEqual([id, true]);
    draft.anew();
    await settled();
    expect([draft.share === id, draft.known, draft.isAnew]).toEqual([false, false, true]);
    await draft.discard();
    expect(tab.stage.engine.torrents()).toEqual([id]);
  });

  it("tells how it differs from a share that waits for its files, and gives them", async () => {
    draft.add(intake(sea()));
    await settled();
    const id = draft.share!;
    await draft.passOn();
    await tab.takeOver();
    draft = new Draft(tab.node);
    draft.add(intake([...sea().slice(1), aFile("sea/b", 11), aFile("sea/d")]));
    await settled();
    expect(draft.differences).toEqual([
      {
        id,
        same: 2,
        sameTimes: 2,
        missing: { count: 0, first: [] },
        changed: { count: 1, first: [["b"]] },
        extra: { count: 1, first: [["sea", "d"]] },
      },
    ]);
    const given = await draft.giveTo(id);
    expect(given.taken.first).toEqual([["a"], ["deep", "c"]]);
    expect([draft.state, tab.stage.engine.torrents()]).toEqual(["ended", [id]]);
    expect(tab.stage.shared.status(id)).toMatchObject({ readable: 2, total: 3 });
  });
});

/** What a person and their browser do to a draft. `wait`: until it is settled. */
const act = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), names: fc.uniqueArray(fc.nat(5), { maxLength: 3 }) }),
  fc.record({ kind: fc.constant("take out" as const), names: fc.uniqueArray(fc.nat(5), { maxLength: 3 }) }),
  fc.record({ kind: fc.constantFrom("take in", "take over", "rename", "anew", "wait", "turn") }),
);

it("has, after whatever was done, exactly the share that its files make", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 10 }), async (acts) => {
      tab = new Tab(new CommandStage(await openMemoryDatabase()));
      draft = new Draft(tab.node);
      const left: LeftOut = { path: ["sea", "left"], reason: "system", file: aFile("sea/left") };
      let wasCutOff = false;
      for (const [at, each] of acts.entries()) {
        if (each.kind === "add") {
          const files = each.names.map((name) => aFile(`sea/${name}`, 70_000 * (name % 2) + name, name));
          draft.add(intake(files, at === 0 ? [left] : []));
        } else if (each.kind === "take out") {
          draft.takeOut(each.names.map((name) => ["sea", `${name}`]));
        } else if (each.kind === "take in") await draft.takeIn(draft.leftOut);
        else if (each.kind === "take over") {
          // Whoever hears no answer does not know that there is a share by now: it stays, rather than one of another's.
          wasCutOff ||= draft.state === "gathering" || draft.state === "hashing";
          await tab.takeOver();
        } else if (each.kind === "rename") draft.rename(`name ${at}`);
        else if (each.kind === "anew") draft.anew();
        else if (each.kind === "wait") await settled();
        else await new Promise((resolve) => setImmediate(resolve));
      }
      await settled();
      const { engine } = tab.stage;
      if (draft.state === "empty") {
        if (!wasCutOff) await vi.waitFor(() => expect(engine.torrents()).toEqual([]));
        return;
      }
      expect(draft.state).toBe("ready");
      if (wasCutOff) expect(engine.torrents()).toContain(draft.share);
      else expect([engine.torrents(), draft.known]).toEqual([[draft.share], false]);
      const { depth } = layOutShare(draft.files);
      expect(shared()).toEqual(draft.files.map(({ path }) => path.slice(depth).join("/")));
      await vi.waitFor(() => expect(engine.status(draft.share!).title).toBe(draft.title));
      if (draft.isAnew) return;
      const fresh = new CommandStage(await openMemoryDatabase());
      expect(await fresh.share(draft.files)).toMatchObject({ id: draft.share });
    }),
    { numRuns: 100 },
  );
});
