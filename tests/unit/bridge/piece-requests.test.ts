/** Both ends of the channel on which pieces are waited for, with workers that come, answer, fail and are replaced. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WORKER_PATIENCE } from "../../../app/bridge/constants.ts";
import { PieceAnswers, type PieceRequest, PieceRequests } from "../../../app/bridge/piece-requests.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { turnsUntil } from "../../support/turns.ts";

const workers: FakeWorker[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  for (const { answers } of workers.splice(0)) answers.close();
  vi.useRealTimers();
});

/** A worker that keeps what it was asked, and answers when it is told to. */
class FakeWorker {
  readonly answers: PieceAnswers;
  readonly asked: {
    readonly range: string;
    readonly milliseconds: number;
    readonly signal: AbortSignal;
    resolve(): void;
    reject(error: unknown): void;
  }[];

  constructor(epoch: string) {
    this.asked = [];
    this.answers = new PieceAnswers(epoch, (request, signal) => this.#wait(request, signal));
    workers.push(this);
  }

  /** "t/0 5-9" for each request, in the order in which they came. */
  get ranges(): string[] {
    return this.asked.map(({ range }) => range);
  }

  /** Resolves when it was asked for all of these, and for nothing else. */
  async heard(...ranges: string[]): Promise<void> {
    await turnsUntil(
      () => this.asked.length >= ranges.length,
      () => `${ranges}, not only ${this.ranges}`,
    );
    expect(this.ranges).toEqual(ranges);
  }

  #wait({ torrent, file, start, end, milliseconds }: PieceRequest, signal: AbortSignal): Promise<void> {
    const range = `${torrent}/${file} ${start}-${end}`;
    return new Promise((resolve, reject) =>
      this.asked.push({ range, milliseconds, signal, resolve, reject }),
    );
  }
}

const range = (start: number, end: number, milliseconds = 1000): PieceRequest => ({
  torrent: "t",
  file: 0,
  start,
  end,
  milliseconds,
});

/** Resolves when whatever was posted before has been heard by everybody. */
async function settle(): Promise<void> {
  const [from, to] = [new BroadcastChannel("settle"), new BroadcastChannel("settle")];
  await new Promise((resolve) => {
    to.onmessage = resolve;
    from.postMessage(null);
  });
  from.close();
  to.close();
  await new Promise(setImmediate);
}

describe("a wait", () => {
  it("is asked of the worker that is there, and ends with its answer", async () => {
    const worker = new FakeWorker("first");
    const requests = new PieceRequests();
    const wait = requests.wait({ torrent: "t", file: 3, start: 5, end: 9, milliseconds: 700 });
    await worker.heard("t/3 5-9");
    expect(worker.asked[0]!.milliseconds).toBe(700);
    worker.asked[0]!.resolve();
    expect(await wait).toBe(true);
  });

  it("finds its own answer among many, whoever else asks", async () => {
    const worker = new FakeWorker("first");
    const [one, other] = [new PieceRequests(), new PieceRequests()];
    const ended: string[] = [];
    const waits = [
      one.wait(range(0, 1)),
      one.wait(range(1, 2)),
      other.wait(range(2, 3)),
      other.wait(range(3, 4)),
    ];
    for (const [at, wait] of waits.entries()) void wait.then(() => ended.push(`wait ${at}`));
    await turnsUntil(() => worker.asked.length === 4, "all requests");
    for (const at of [2, 0, 3, 1]) {
      worker.asked.find((each) => each.range === `t/0 ${at}-${at + 1}`)!.resolve();
      await turnsUntil(() => ended.length > 0 && ended.at(-1) === `wait ${at}`, `the end of wait ${at}`);
    }
    expect(ended).toHaveLength(4);
  });

  it.each<[string, unknown, { code: string; detail: string }]>([
    ["its code", new ShoalError("save/incomplete", "a.mp4"), { code: "save/incomplete", detail: "a.mp4" }],
    [
      "the worker's failure, if it is none of Shoal's own",
      new RangeError("no bytes 5 to 9"),
      { code: "connection/worker-failed", detail: "RangeError: no bytes 5 to 9" },
    ],
  ])("that fails does so with %s", async (_, error, expected) => {
    const worker = new FakeWorker("first");
    const wait = new PieceRequests().wait(range(5, 9));
    await worker.heard("t/0 5-9");
    worker.asked[0]!.reject(error);
    await expect(wait).rejects.toMatchObject(expected);
  });

  it("holds until a worker comes, which is told how much time is left", async () => {
    const wait = new PieceRequests().wait(range(5, 9, 3000));
    vi.advanceTimersByTime(2500);
    const late = new FakeWorker("late");
    await late.heard("t/0 5-9");
    expect(late.asked[0]!.milliseconds).toBe(500);
    vi.advanceTimersByTime(10 * WORKER_PATIENCE);
    late.asked[0]!.resolve();
    expect(await wait).toBe(true);
  });

  it("ends where no worker comes, and the next one looks for one again", async () => {
    const requests = new PieceRequests();
    const ended: boolean[] = [];
    const waits = [requests.wait(range(0, 1)), requests.wait(range(1, 2))];
    for (const wait of waits) void wait.then((isStored) => ended.push(isStored));
    vi.advanceTimersByTime(WORKER_PATIENCE - 1);
    await settle();
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(await Promise.all(waits)).toEqual([false, false]);

    const worker = new FakeWorker("late");
    const again = requests.wait(range(2, 3));
    await worker.heard("t/0 2-3");
    worker.asked[0]!.resolve();
    expect(await again).toBe(true);
  });

  it("ends at once where the browser refuses channels", async () => {
    vi.stubGlobal("BroadcastChannel", function refuse() {
      throw new DOMException("refused", "SecurityError");
    });
    try {
      expect(await new PieceRequests().wait(range(5, 9))).toBe(false);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("a worker that another one replaces", () => {
  it("is noticed by the epoch: what it did not answer is asked again, with the time that is left", async () => {
    const first = new FakeWorker("first");
    const requests = new PieceRequests();
    const [answered, open] = [requests.wait(range(0, 1, 900)), requests.wait(range(1, 2, 900))];
    await first.heard("t/0 0-1", "t/0 1-2");
    first.asked[0]!.resolve();
    expect(await answered).toBe(true);
    first.answers.close();
    vi.advanceTimersByTime(600);

    const second = new FakeWorker("second");
    await second.heard("t/0 1-2");
    expect(second.asked[0]!.milliseconds).toBe(300);
    vi.advanceTimersByTime(600);
    const third = new FakeWorker("third");
    await third.heard("t/0 1-2");
    expect(third.asked[0]!.milliseconds, "overdue").toBe(0);
    third.asked[0]!.resolve();
    expect(await open).toBe(true);
  });

  it("is not heard any more, though it answers", async () => {
    const first = new FakeWorker("first");
    const wait = new PieceRequests().wait(range(5, 9));
    await first.heard("t/0 5-9");
    const second = new FakeWorker("second");
    await second.heard("t/0 5-9");
    let ended = false;
    void wait.then(() => {
      ended = true;
    });
    first.asked[0]!.resolve();
    await settle();
    expect(ended).toBe(false);
    first.answers.close();
    second.asked[0]!.resolve();
    expect(await wait).toBe(true);
  });

  it("gives up what it was asked when it closes, and answers none of it", async () => {
    const first = new FakeWorker("first");
    const controller = new AbortController();
    const wait = new PieceRequests().wait(range(5, 9), controller.signal);
    await first.heard("t/0 5-9");
    first.answers.close();
    expect(first.asked[0]!.signal.aborted).toBe(true);
    first.asked[0]!.reject(first.asked[0]!.signal.reason);
    await settle();
    controller.abort("enough");
    await expect(wait, "it still waited").rejects.toBe("enough");
  });
});

describe("cancelling", () => {
  it("ends the wait here and there, and nothing else", async () => {
    const worker = new FakeWorker("first");
    const requests = new PieceRequests();
    const controller = new AbortController();
    const [cancelled, other] = [requests.wait(range(0, 1), controller.signal), requests.wait(range(1, 2))];
    await worker.heard("t/0 0-1", "t/0 1-2");
    controller.abort("enough");
    await expect(cancelled).rejects.toBe("enough");
    await turnsUntil(() => worker.asked[0]!.signal.aborted, "the worker to hear of it");
    expect(worker.asked[1]!.signal.aborted).toBe(false);
    worker.asked[1]!.resolve();
    expect(await other).toBe(true);
  });

  it("is heard by the worker even when nothing else is waited for", async () => {
    const worker = new FakeWorker("first");
    const controller = new AbortController();
    const wait = new PieceRequests().wait(range(0, 1), controller.signal);
    await worker.heard("t/0 0-1");
    controller.abort("enough");
    await expect(wait).rejects.toBe("enough");
    await turnsUntil(() => worker.asked[0]!.signal.aborted, "the worker to hear of it");
  });

  it("needs no worker: neither before one has come, nor before anything was asked", async () => {
    const controller = new AbortController();
    const requests = new PieceRequests();
    const wait = requests.wait(range(0, 1), controller.signal);
    controller.abort("enough");
    await expect(wait).rejects.toBe("enough");
    await expect(requests.wait(range(0, 1), controller.signal)).rejects.toBe("enough");
    const worker = new FakeWorker("late");
    await settle();
    expect(worker.ranges).toEqual([]);
  });
});

it("what is no message is passed over by both ends", async () => {
  const worker = new FakeWorker("first");
  const wait = new PieceRequests().wait(range(5, 9));
  const stranger = new BroadcastChannel("shoal-pieces");
  for (const message of [null, undefined, 5, "text", [], {}]) stranger.postMessage(message);
  stranger.close();
  await worker.heard("t/0 5-9");
  worker.asked[0]!.resolve();
  expect(await wait).toBe(true);
});

it("the channel is open only while something is waited for", async () => {
  const close = vi.spyOn(BroadcastChannel.prototype, "close");
  const worker = new FakeWorker("first");
  const requests = new PieceRequests();
  const waits = [requests.wait(range(0, 1)), requests.wait(range(1, 2))];
  await worker.heard("t/0 0-1", "t/0 1-2");
  worker.asked[0]!.resolve();
  await waits[0];
  expect(close).not.toHaveBeenCalled();
  worker.asked[1]!.resolve();
  await waits[1];
  expect(close).toHaveBeenCalledTimes(1);
  close.mockRestore();
});
