/**
 * Request windows over a tiny simulated line, which has a rate, a delay, and a queue that drops what does not fit.
 * Requests travel one way, and blocks come back through the queue.
 */
import { describe, expect, test } from "vitest";
import {
  REFILL_TIME,
  WINDOW_BASE_LIFETIME,
  WINDOW_FIRST_PROBE,
  WINDOW_INITIAL,
  WINDOW_MAX,
  WINDOW_MIN,
  WINDOW_NEAR,
  WINDOW_TARGET_DELAY,
  WINDOW_TARGET_NEAR,
} from "../../../../app/engine/swarm/flow/constants.ts";
import { RequestWindow } from "../../../../app/engine/swarm/flow/request-window.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

interface Line {
  /** Bytes a millisecond. */
  rate: number;
  /** Milliseconds of the path itself, both ways. */
  delay: number;
  /** Bytes that its queue holds. */
  queue: number;
}

const BLOCK = 16_384;

describe("the first look for the path's delay", () => {
  /** Blocks that take so long each, until the window has settled. */
  const settled = (...delays: number[]) => {
    const window = new RequestWindow(0);
    let now = 0;
    for (const delay of [...delays, ...Array.from({ length: 40 }, () => 200)]) {
      now += 50;
      window.handleBlock(delay, BLOCK, window.limit, now);
    }
    expect(window.isSettled).toBe(true);
    return { window, soon: now + WINDOW_FIRST_PROBE, late: now + WINDOW_BASE_LIFETIME };
  };

  test.each([
    ["a block waited longer than a ping did", [100, 100], 60, true],
    ["the quickest block took hardly longer than a ping", [100, 65], 60, false],
    ["a ping took much longer than the quickest block", [100, 65], 120, true],
    ["nobody knows how far the peer is", [100, 65], Infinity, true],
  ])("where %s", (_, delays, roundTrip, looks) => {
    const { window, soon, late } = settled(...delays);
    expect(window.wantsBaseProbe(soon, roundTrip)).toBe(looks);
    expect(window.wantsBaseProbe(late, roundTrip)).toBe(true);
  });
});

/** A line that one or several transfers share, and that may change. */
class Stage {
  readonly clock: VirtualClock;
  readonly line: Line;
  readonly transfers: Transfer[];
  /** When everything in the queue will have left. */
  freeAt: number;

  constructor(line: Line, transfers = 1) {
    this.clock = new VirtualClock();
    this.line = { ...line };
    this.transfers = [];
    this.freeAt = 0;
    for (let at = 0; at < transfers; at++) this.join();
    this.#drain();
  }

  join(): Transfer {
    const transfer = new Transfer(this);
    this.transfers.push(transfer);
    return transfer;
  }

  /** Has all look for the path's delay at the same time, as base-probes.ts does. */
  #drain(): void {
    const { now } = this.clock;
    if (this.transfers.some(({ window }) => window.wantsBaseProbe(now)))
      for (const { window } of this.transfers) window.probeBase(now);
    this.clock.after(100, () => this.#drain());
  }

  get dropped(): number {
    return this.transfers.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** Shares of the line's rate that the transfers use during so many seconds. */
  shares(seconds: number): number[] {
    const before = this.transfers.map(({ received }) => received);
    this.clock.run(seconds * 1000);
    const most = seconds * 1000 * this.line.rate;
    return this.transfers.map(({ received }, at) => (received - before[at]!) / most);
  }

  use(seconds: number): number {
    return this.shares(seconds).reduce((sum, share) => sum + share, 0);
  }

  /** Milliseconds that what comes now waits in the queue. */
  get queueing(): number {
    return Math.max(0, this.freeAt - this.clock.now);
  }

  /** The most that anything waits within so many seconds. */
  mostQueueing(seconds: number): number {
    let most = 0;
    for (let at = 0; at < seconds * 100; at++) {
      this.clock.run(10);
      most = Math.max(most, this.queueing);
    }
    return most;
  }
}

/** A peer that always has the next block. */
class Transfer {
  readonly window: RequestWindow;
  readonly #stage: Stage;
  received: number;
  dropped: number;
  #underWay: number;
  #lateAt: number;

  constructor(stage: Stage) {
    this.window = new RequestWindow(stage.clock.now);
    this.#stage = stage;
    this.received = 0;
    this.dropped = 0;
    this.#underWay = 0;
    this.#lateAt = -Infinity;
    this.#fill();
  }

  #fill(): void {
    if (this.#underWay > this.window.refillBelow) return;
    while (this.#underWay < this.window.limit) {
      this.#underWay += BLOCK;
      const request = { sentAt: this.#stage.clock.now, underWay: this.#underWay };
      this.#stage.clock.after(this.#stage.line.delay / 2, () => this.#serve(request));
    }
  }

  #serve(request: { sentAt: number; underWay: number }): void {
    const { clock, line, queueing } = this.#stage;
    if (queueing * line.rate > line.queue) {
      // Lost at the full queue: known only after a time-out.
      this.dropped++;
      clock.after(2000, () => {
        this.#underWay -= BLOCK;
        // As downloads.ts does: what is late at the same time says no more than one of it.
        if (clock.now - this.#lateAt >= 2000) this.window.handleTimeout(clock.now);
        this.#lateAt = clock.now;
        this.#fill();
      });
      return;
    }
    this.#stage.freeAt = clock.now + queueing + BLOCK / line.rate;
    clock.after(this.#stage.freeAt - clock.now + line.delay / 2, () => {
      this.received += BLOCK;
      this.window.handleBlock(clock.now - request.sentAt, BLOCK, request.underWay, clock.now);
      this.#underWay -= BLOCK;
      this.#fill();
    });
  }
}

const home = { rate: 2500, delay: 40, queue: 250_000 };

describe.each([
  ["a home line, 20 mbit/s, 40 ms", home],
  ["100 mbit/s, 50 ms", { rate: 12_500, delay: 50, queue: 1_250_000 }],
  ["100 mbit/s, 5 ms", { rate: 12_500, delay: 5, queue: 2_500_000 }],
  ["a far line, 50 mbit/s, 200 ms", { rate: 6250, delay: 200, queue: 625_000 }],
])("over %s", (_, line) => {
  const target = line.delay < WINDOW_NEAR ? WINDOW_TARGET_NEAR : WINDOW_TARGET_DELAY;

  test("fills the line after the first seconds, and keeps it filled", () => {
    const stage = new Stage(line);
    stage.use(5);
    expect(stage.use(20)).toBeGreaterThan(0.9);
  });

  test("once it has found the line, loses nothing and holds its delay near the target", () => {
    const stage = new Stage(line);
    stage.use(8);
    const { dropped } = stage;
    // Requests go out several at a time, and their blocks come in bursts.
    expect(stage.mostQueueing(30)).toBeLessThan(1.5 * target + 2 * REFILL_TIME + 6 * (BLOCK / line.rate));
    expect(stage.dropped).toBe(dropped);
  });

  test("finds the line without more queueing than it takes to see it", () => {
    const stage = new Stage({ ...line, queue: Infinity });
    expect(stage.mostQueueing(3)).toBeLessThan(1.25 * line.delay + 1.5 * target + 4 * (BLOCK / line.rate));
  });
});

describe("when the line changes", () => {
  test("to a tenth: the window follows within seconds instead of filling the queue", () => {
    const stage = new Stage({ rate: 12_500, delay: 50, queue: 3_000_000 });
    stage.use(10);
    stage.line.rate = 1250;
    stage.use(5);
    expect(stage.use(10)).toBeGreaterThan(0.9);
    expect(stage.queueing).toBeLessThan(WINDOW_MIN / 1250 + 2.5 * WINDOW_TARGET_DELAY);
  });

  test("to tenfold: the window grows again", () => {
    const stage = new Stage({ rate: 1250, delay: 50, queue: 1_000_000 });
    stage.use(10);
    stage.line.rate = 12_500;
    stage.use(5);
    expect(stage.use(10)).toBeGreaterThan(0.85);
  });

  test("to a longer path: once giving way was in vain, the new delay counts as the path's own", () => {
    const stage = new Stage({ rate: 5000, delay: 20, queue: 2_000_000 });
    stage.use(14);
    stage.line.delay = 120;
    stage.use(4);
    expect(stage.use(10)).toBeGreaterThan(0.85);
  });

  test("with a small queue that drops: it recovers, and there is no collapse", () => {
    const stage = new Stage({ ...home, queue: 120_000 });
    stage.use(10);
    expect(stage.use(20)).toBeGreaterThan(0.8);
  });
});

describe("while the queue runs empty", () => {
  /** Over a path of 100 ms: settled, then a round of blocks that took so long. */
  function draining(delay: number): { window: RequestWindow; before: number } {
    const window = new RequestWindow(0);
    for (let now = 100; now < 2_000; now += 10)
      window.handleBlock(now < 1_000 ? 100 : 130, BLOCK, window.limit, now);
    expect(window.isSettled).toBe(true);
    for (let at = 0; at < 10; at++) window.handleBlock(delay, BLOCK, 0, 2_000 + delay + at);
    const before = window.limit;
    window.probeBase(3_000);
    expect(window.isProbingBase).toBe(true);
    return { window, before };
  }

  test("half of what the path holds is asked for: the longer the queue, the less of the window", () => {
    const [none, some] = [draining(100), draining(150)];
    expect(none.window.limit / none.before).toBeCloseTo(1 / 2, 2);
    expect(some.window.limit / some.before).toBeCloseTo(1 / 3, 2);
  });

  test("a wait far beyond the target, as when lost packets are sent again, does not leave less and less", () => {
    const { window, before } = draining(900);
    expect(window.limit / before).toBeCloseTo(100 / (2 * (200 + WINDOW_TARGET_DELAY)), 2);
  });
});

describe("when several share a line", () => {
  test("three that begin together have about a third each, and a queue as short as one's", () => {
    const stage = new Stage(home, 3);
    stage.use(10);
    for (const share of stage.shares(20)) expect(share).toBeGreaterThan(0.15);
    expect(stage.mostQueueing(5)).toBeLessThan(2 * WINDOW_TARGET_DELAY + 8 * (BLOCK / home.rate));
  });

  test("one that comes later takes the others' queue for the path, until all look together", () => {
    const stage = new Stage({ rate: 12_500, delay: 50, queue: 1_250_000 });
    stage.use(5);
    const late = stage.join();
    stage.use(0.4);
    expect(late.window.base).toBeGreaterThan(60);
    stage.use(5);
    expect(late.window.base).toBeLessThan(60);
    for (const share of stage.shares(20)) expect(share).toBeGreaterThan(0.15);
    expect(stage.mostQueueing(5)).toBeLessThan(3 * WINDOW_TARGET_DELAY);
  });
});

describe("bounds", () => {
  test("it starts at the first window, and time-outs halve it down to the least", () => {
    const window = new RequestWindow(0);
    expect(window.limit).toBe(WINDOW_INITIAL);
    for (let at = 0; at < 10; at++) window.handleTimeout(0);
    expect(window.limit).toBe(WINDOW_MIN);
  });

  test("it never exceeds the most", () => {
    const window = new RequestWindow(0);
    for (let at = 0; at < 5000; at++) window.handleBlock(10, BLOCK, window.limit, at);
    expect(window.limit).toBe(WINDOW_MAX);
  });

  test("it does not grow on what it did not use", () => {
    const window = new RequestWindow(0);
    for (let at = 0; at < 100; at++) window.handleBlock(10, BLOCK, BLOCK, at);
    expect(window.limit).toBe(WINDOW_INITIAL);
  });

  test("block times are smoothed as RFC 6298 does", () => {
    const window = new RequestWindow(0);
    expect(window.blockTime).toBeNull();
    window.handleBlock(100, BLOCK, BLOCK, 0);
    expect([window.blockTime, window.deviation]).toEqual([100, 50]);
    window.handleBlock(200, BLOCK, BLOCK, 1);
    expect([window.blockTime, window.deviation]).toEqual([112.5, 62.5]);
  });
});
