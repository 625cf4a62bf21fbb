/**
 * The window over a tiny simulated line: a rate, a delay, and a queue that drops what does not fit. Requests travel
 * one way, blocks come back through the queue. What the window does is drawn as one number a second.
 */
import { describe, expect, test } from "vitest";
import {
  WINDOW_INITIAL,
  WINDOW_MAX,
  WINDOW_MIN,
  WINDOW_SPAN,
  WINDOW_TARGET_DELAY,
} from "../../../app/engine/constants.ts";
import { RequestWindow } from "../../../app/engine/swarm/request-window.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

interface Line {
  /** Bytes a millisecond. */
  rate: number;
  /** Milliseconds of the path itself, both ways. */
  delay: number;
  /** Bytes that its queue holds. */
  queue: number;
}

const BLOCK = 16_384;

/** A peer that always has the next block, behind a line that may change. */
class Transfer {
  readonly clock: VirtualClock;
  readonly window: RequestWindow;
  readonly line: Line;
  received: number;
  dropped: number;
  #underWay: number;
  #freeAt: number;

  constructor(line: Line) {
    this.clock = new VirtualClock();
    this.window = new RequestWindow(0);
    this.line = line;
    this.received = 0;
    this.dropped = 0;
    this.#underWay = 0;
    this.#freeAt = 0;
    this.#fill();
  }

  #fill(): void {
    while (this.#underWay < this.window.limit) {
      this.#underWay += BLOCK;
      this.#request(this.clock.now, this.#underWay);
    }
  }

  #request(sentAt: number, underWay: number): void {
    const { rate, delay, queue } = this.line;
    const arrives = this.clock.now + delay / 2;
    const starts = Math.max(arrives, this.#freeAt);
    if ((starts - arrives) * rate > queue) {
      // Lost at the full queue: known only after a time-out.
      this.dropped++;
      this.clock.after(2000, () => {
        this.#underWay -= BLOCK;
        this.window.handleTimeout();
        this.#fill();
      });
      return;
    }
    this.#freeAt = starts + BLOCK / rate;
    this.clock.after(this.#freeAt + delay / 2 - this.clock.now, () => {
      this.received += BLOCK;
      this.window.handleBlock(this.clock.now - sentAt, BLOCK, underWay, this.clock.now);
      this.#underWay -= BLOCK;
      this.#fill();
    });
  }

  /** Share of the line's rate that is used during so many seconds. */
  use(seconds: number): number {
    const before = this.received;
    this.clock.run(seconds * 1000);
    return (this.received - before) / (seconds * 1000 * this.line.rate);
  }

  /** Milliseconds that a block waits in the line's queue now. */
  get queueing(): number {
    return Math.max(0, this.#freeAt - this.clock.now - this.line.delay / 2);
  }
}

describe.each([
  ["a home line, 20 mbit/s, 40 ms", { rate: 2500, delay: 40, queue: 400_000 }],
  ["100 mbit/s, 50 ms", { rate: 12_500, delay: 50, queue: 1_500_000 }],
  ["100 mbit/s, 5 ms", { rate: 12_500, delay: 5, queue: 1_500_000 }],
  ["a far line, 50 mbit/s, 200 ms", { rate: 6250, delay: 200, queue: 2_000_000 }],
])("over %s", (_, line) => {
  test("fills the line after the first seconds, and keeps it filled", () => {
    const transfer = new Transfer({ ...line });
    transfer.use(10);
    expect(transfer.use(20)).toBeGreaterThan(0.9);
  });

  test("once it has found the line, loses nothing and holds its delay near the target", () => {
    const transfer = new Transfer({ ...line });
    transfer.use(15);
    const { dropped } = transfer;
    let most = 0;
    for (let at = 0; at < 200; at++) {
      transfer.use(0.1);
      most = Math.max(most, transfer.queueing);
    }
    expect(transfer.dropped).toBe(dropped);
    // What the least window takes by itself is not the window's doing.
    const least = Math.max(0, WINDOW_MIN / line.rate - line.delay);
    expect(most).toBeLessThan(Math.max(3 * WINDOW_TARGET_DELAY, 2 * least) + 20);
  });

  test("finds the line without more queueing than it takes to see it: two spans and a round trip", () => {
    const transfer = new Transfer({ ...line, queue: Infinity });
    let most = 0;
    for (let at = 0; at < 500; at++) {
      transfer.use(0.01);
      most = Math.max(most, transfer.queueing);
    }
    expect(most).toBeLessThan(2 * WINDOW_SPAN + line.delay + 2 * WINDOW_TARGET_DELAY);
  });
});

describe("when the line changes", () => {
  test("to a tenth: the window follows within seconds instead of filling the queue", () => {
    const transfer = new Transfer({ rate: 12_500, delay: 50, queue: 3_000_000 });
    transfer.use(10);
    transfer.line.rate = 1250;
    transfer.use(15);
    expect(transfer.use(10)).toBeGreaterThan(0.9);
    expect(transfer.queueing).toBeLessThan(WINDOW_MIN / 1250 + 2 * WINDOW_TARGET_DELAY);
  });

  test("to tenfold: the window grows again", () => {
    const transfer = new Transfer({ rate: 1250, delay: 50, queue: 1_000_000 });
    transfer.use(10);
    transfer.line.rate = 12_500;
    transfer.use(30);
    expect(transfer.use(10)).toBeGreaterThan(0.85);
  });

  test("to a longer path: after a minute the new delay counts as the path's own", () => {
    const transfer = new Transfer({ rate: 5000, delay: 20, queue: 2_000_000 });
    transfer.use(10);
    transfer.line.delay = 120;
    transfer.use(75);
    expect(transfer.use(10)).toBeGreaterThan(0.85);
  });

  test("with a small queue that drops: it recovers, and there is no collapse", () => {
    const transfer = new Transfer({ rate: 2500, delay: 40, queue: 120_000 });
    transfer.use(10);
    expect(transfer.use(20)).toBeGreaterThan(0.5);
  });
});

describe("bounds", () => {
  test("it starts at the first window, and time-outs halve it down to the least", () => {
    const window = new RequestWindow(0);
    expect(window.limit).toBe(WINDOW_INITIAL);
    for (let at = 0; at < 10; at++) window.handleTimeout();
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
