/**
 * Saves of what is still being downloaded: the service worker's end reads storage and asks over the channel, the
 * worker's end has a real engine that downloads in virtual time.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WORKER_PATIENCE } from "../../../app/bridge/constants.ts";
import { PieceAnswers } from "../../../app/bridge/piece-requests.ts";
import type { SaveEvent } from "../../../app/bridge/service-worker.ts";
import type { TorrentId } from "../../../app/engine/host.ts";
import { Saves } from "../../../app/service-worker/saves.ts";
import { LOST_PATIENCE } from "../../../app/worker/constants.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { type SampleContent, sampleContent } from "../../support/sample-content.ts";
import { turnsUntil } from "../../support/turns.ts";
import { FAKED, WaitsStage } from "../worker/waits-stage.ts";

const PIECE = 32_768;
const film = sampleContent("hybrid", { "film.mp4": 12 * PIECE + 5 }, PIECE);
const folder = sampleContent("hybrid", {
  "a.bin": 2 * PIECE,
  "b/c.txt": 5,
  "skip.bin": PIECE,
  "z.bin": 3 * PIECE,
});

let stage: WaitsStage;
let workers: PieceAnswers[];
let events: SaveEvent[];
let saves: Saves;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: [...FAKED] });
  stage = new WaitsStage(await openMemoryDatabase(), 100);
  workers = [];
  events = [];
  saves = new Saves((event) => events.push(event));
});

afterEach(() => {
  for (const worker of workers) worker.close();
  vi.useRealTimers();
});

/** The node's worker leads from now on. */
function lead(epoch = "first"): PieceAnswers {
  const answers = new PieceAnswers(epoch, (request, signal) => stage.waits.wait(request, signal));
  workers.push(answers);
  return answers;
}

async function add(content: SampleContent, ...more: [("all" | "none")?, object?]): Promise<TorrentId> {
  const id = stage.add(content, ...more);
  await stage.library.settled();
  return id;
}

/** A save under way, with what has come of it. */
class RunningSave {
  readonly response: Promise<Response>;
  readonly parts: Uint8Array[];
  error: unknown;
  isDone: boolean;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null;

  constructor(torrent: TorrentId, file: number | null) {
    this.response = saves.start({ save: "s", torrent, file }).response;
    this.parts = [];
    this.error = null;
    this.isDone = false;
    this.#reader = null;
    void this.#read();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  /** As the person does in the browser's list of downloads. */
  cancel(): Promise<void> {
    return this.#reader!.cancel();
  }

  async #read(): Promise<void> {
    this.#reader = (await this.response).body!.getReader();
    try {
      for (let part = await this.#reader.read(); !part.done; part = await this.#reader.read())
        this.parts.push(part.value);
    } catch (error) {
      this.error = error;
    }
    this.isDone = true;
  }
}

const drive = (save: RunningSave) => stage.drive(() => save.isDone, "the end of the save");
/** The bytes of pieces `first` up to, not including, `end`. */
const bytesOf = (of: SampleContent, first = 0, end = of.info.pieceCount) =>
  Buffer.concat(Array.from({ length: end - first }, (_, at) => of.piece(first + at)));
/** How the save ended: "saved", or the error's code and detail. */
const outcomes = () =>
  events.flatMap((event) => {
    if (event.type !== "save-ended") return [];
    const { outcome } = event;
    return [outcome.end === "failed" ? `${outcome.code}: ${outcome.detail}` : outcome.end];
  });

describe("a save", () => {
  it("waits for the pieces of a file that are still to come", async () => {
    const id = await add(film);
    lead();
    const save = new RunningSave(id, 0);
    expect((await save.response).headers.get("content-length")).toBe(String(film.info.size));
    await stage.drive(() => stage.urgent(id).length > 0, "the first wait");
    expect([save.parts.length, outcomes()]).toEqual([0, []]);
    stage.addSeed(film);
    await drive(save);
    expect(outcomes()).toEqual(["saved"]);
    expect(save.bytes.equals(bytesOf(film))).toBe(true);
  });

  it("hands out what is there while it waits for what comes next", async () => {
    const id = await add(film);
    lead();
    stage.addSeed(film);
    const save = new RunningSave(id, 0);
    await stage.drive(() => save.parts.length > 0, "the first part");
    expect(stage.engine.snapshot(id).complete).toBe(false);
    await drive(save);
    expect(save.bytes.equals(bytesOf(film))).toBe(true);
  });

  it("waits for each selected file of a zip, and for no other", async () => {
    const wanted = folder.info.files.map(({ path }) => (path[0] === "skip.bin" ? 0 : 1));
    const id = await add(folder, "none", { wanted: Uint8Array.from(wanted) });
    lead();
    stage.addSeed(folder);
    const save = new RunningSave(id, null);
    await drive(save);
    expect(outcomes()).toEqual(["saved"]);
    expect(save.bytes.length).toBe(Number((await save.response).headers.get("content-length")));
    // Files are stored in it as they are.
    const held = folder.info.files.map(({ path }, file) => {
      const { first, end } = folder.map.piecesOf(file);
      return save.bytes.includes(bytesOf(folder, first, end)) ? path.join("/") : null;
    });
    expect(held).toEqual(["a.bin", "b/c.txt", null, "z.bin"]);
  });

  it("goes on when another tab's worker takes over", async () => {
    const id = await add(film);
    const first = lead();
    const save = new RunningSave(id, 0);
    await stage.drive(() => stage.urgent(id).length > 0, "the first wait");
    first.close();
    expect(stage.urgent(id), "nobody waits with the one that is gone").toEqual([]);
    stage.addSeed(film);
    lead("second");
    await drive(save);
    expect(outcomes()).toEqual(["saved"]);
    expect(save.bytes.equals(bytesOf(film))).toBe(true);
  });

  it("of what is whole asks nobody", async () => {
    const id = await add(film);
    stage.addSeed(film);
    await stage.drive(() => stage.engine.snapshot(id).complete, "the download");
    const save = new RunningSave(id, 0);
    await turnsUntil(() => save.isDone, "the save, without a worker");
    expect([outcomes(), save.bytes.length]).toEqual([["saved"], film.info.size]);
  });
});

describe("a save fails", () => {
  it("where the file is not being downloaded", async () => {
    const id = await add(film, "none", { paused: true });
    lead();
    const save = new RunningSave(id, 0);
    await drive(save);
    expect([outcomes(), save.isDone, save.bytes.length]).toEqual([["save/incomplete: film.mp4"], true, 0]);
    expect(save.error).toMatchObject({ code: "save/incomplete" });
  });

  it("when its share is removed meanwhile", async () => {
    const id = await add(film);
    lead();
    const save = new RunningSave(id, 0);
    await stage.drive(() => stage.urgent(id).length > 0, "the first wait");
    stage.engine.removeTorrent(id, true);
    await drive(save);
    expect(outcomes()).toEqual(["share/unknown: "]);
  });

  it("where no worker comes", async () => {
    const id = await add(film);
    const save = new RunningSave(id, 0);
    const begun = performance.now();
    await drive(save);
    expect(outcomes()).toEqual(["save/incomplete: film.mp4"]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(WORKER_PATIENCE);
  });

  it("where the engine has what storage has lost, and nobody else does", async () => {
    const id = await add(film, "all");
    lead();
    const save = new RunningSave(id, 0);
    const begun = performance.now();
    await drive(save);
    expect(outcomes()).toEqual(["storage/lost: 0"]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(LOST_PATIENCE);
    expect(stage.engine.status(id)).toMatchObject({ phase: "downloading", complete: false, error: null });
  });
});

it("a save that is cancelled while it waits ends once, and nobody waits for its pieces any more", async () => {
  const id = await add(film);
  lead();
  const save = new RunningSave(id, 0);
  await stage.drive(() => stage.urgent(id).length > 0, "the first wait");
  await save.cancel();
  await turnsUntil(() => stage.urgent(id).length === 0, "the end of the wait");
  expect(outcomes()).toEqual(["cancelled"]);
  saves.handleKeepAlive("s");
  expect(outcomes().at(-1), "it is not known any more").toBe("save/stopped: ");
});
