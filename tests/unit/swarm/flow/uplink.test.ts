import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  UPLINK_ACTIVE,
  UPLINK_FORGOTTEN,
  UPLINK_LATE,
  WINDOW_NEAR,
} from "../../../../app/engine/swarm/flow/constants.ts";
import { Uplink } from "../../../../app/engine/swarm/flow/uplink.ts";

const BLOCK = 16_384;
/** Milliseconds that a block takes without a queue. */
const PATH = 50;

/**
 * A line of so many bytes a millisecond, with a queue that never overflows: each block arrives after those before it
 * have left, and its peer says so at once. Peers always want more.
 */
class Line {
  readonly uplink: Uplink<string>;
  readonly paths: Map<string, number>;
  readonly #rate: number;
  readonly #arrivals: { at: number; name: string; key: number }[];
  now: number;
  #freeAt: number;
  #next: number;

  constructor(rate: number) {
    this.uplink = new Uplink(0);
    this.paths = new Map();
    this.#rate = rate;
    this.#arrivals = [];
    this.now = 0;
    this.#freeAt = 0;
    this.#next = 0;
  }

  send(name: string): void {
    this.uplink.handleSent(name, this.#next, BLOCK, this.now);
    this.#freeAt = Math.max(this.#freeAt, this.now) + BLOCK / this.#rate;
    this.#arrivals.push({ at: this.#freeAt + this.paths.get(name)!, name, key: this.#next++ });
  }

  /** For so many milliseconds; each of the names has at most so many blocks of its own under way. */
  run(milliseconds: number, names: readonly string[], each: number): number[] {
    const waits: number[] = [];
    for (const end = this.now + milliseconds; this.now < end; this.now++) {
      for (let at = 0; at < this.#arrivals.length; ) {
        const { at: time, name, key } = this.#arrivals[at]!;
        if (time > this.now) at++;
        else {
          this.#arrivals.splice(at, 1);
          this.uplink.handleReceived(name, key, this.now);
        }
      }
      for (const name of names) {
        const own = this.#arrivals.filter((arrival) => arrival.name === name).length;
        if (own < each && this.uplink.hasRoomFor(name)) this.send(name);
      }
      if (this.now % 100 === 0) this.uplink.handleTick(this.now);
      waits.push(Math.max(0, this.#freeAt - this.now));
    }
    return waits;
  }
}

function lineTo(rate: number, paths: Record<string, number>): Line {
  const line = new Line(rate);
  for (const [name, path] of Object.entries(paths)) line.paths.set(name, path);
  return line;
}

const largest = (numbers: readonly number[]) => Math.max(...numbers);

describe("an uplink that several share", () => {
  // Windows of 20 blocks each, as peers that each found the line empty may have: 1.3 s of its rate.
  test("has a short queue, however much they ask for", () => {
    const line = lineTo(1000, { A: PATH, B: PATH, C: PATH, D: PATH });
    const waits = line.run(10_000, ["A", "B", "C", "D"], 20);
    expect(largest(waits.slice(4_000))).toBeLessThan(120);
    // And is never idle: something is queued at all times but in drains.
    const idle = waits.slice(4_000).filter((wait) => wait === 0).length;
    expect(idle / 6_000).toBeLessThan(0.1);
  });

  test("is the peers' own matter while nobody else is served", () => {
    const line = lineTo(1000, { A: PATH });
    const waits = line.run(5_000, ["A"], 40);
    expect(largest(waits)).toBeGreaterThan(500);
    expect(line.uplink.hasRoom).toBe(true);
  });

  test("is not held back by what its own computer's lateness looks like", () => {
    const line = lineTo(1000, { A: PATH, B: PATH });
    line.run(6_000, ["A", "B"], 20);
    expect(line.uplink.hasRoom).toBe(false);
    const { limit } = line.uplink;
    // The ticks of 2 s come together at its end, and so does the word of everything that arrived meanwhile.
    line.now += 2_000;
    line.uplink.handleTick(line.now);
    expect(line.uplink.hasRoom).toBe(true);
    line.run(200, ["A", "B"], 1);
    expect(line.uplink.limit).toBe(limit);
    line.run(4_000, ["A", "B"], 20);
    expect(line.uplink.hasRoom).toBe(false);
  });

  test("is not left to a client that never says what came", () => {
    const line = lineTo(1000, { A: PATH, B: PATH });
    line.run(6_000, ["A", "B"], 20);
    expect(line.uplink.hasRoom).toBe(false);
    line.uplink.handleSentBlindly(line.now);
    line.uplink.handleTick(line.now);
    expect(line.uplink.hasRoom).toBe(true);
    line.now += UPLINK_ACTIVE;
    line.run(200, [], 0);
    expect(line.uplink.isShared).toBe(false);
    line.run(4_000, ["A", "B"], 20);
    expect(line.uplink.hasRoom).toBe(false);
  });

  test("goes on when the peer with the shortest path is served no more", () => {
    const line = lineTo(1000, { A: PATH, B: 4 * PATH, C: 4 * PATH });
    line.run(6_000, ["A", "B", "C"], 20);
    const waits = line.run(6_000, ["B", "C"], 20);
    const idle = waits.slice(UPLINK_ACTIVE + 2_000).filter((wait) => wait === 0).length;
    expect(idle / waits.length).toBeLessThan(0.15);
  });
});

describe("what counts as under way", () => {
  const served = (names: string) => {
    const uplink = new Uplink<string>(0);
    for (const [at, name] of [...names].entries()) uplink.handleSent(name, at, BLOCK, 0);
    return uplink;
  };

  test("is what was sent and has not come", () => {
    const uplink = served("AAB");
    expect(uplink.underWay).toBe(3 * BLOCK);
    uplink.handleReceived("A", 1, 60);
    expect(uplink.underWay).toBe(2 * BLOCK);
    for (const [name, key] of [
      ["A", 1],
      ["A", 2],
      ["C", 0],
    ] as const)
      uplink.handleReceived(name, key, 61);
    expect(uplink.underWay).toBe(2 * BLOCK);
  });

  test("is not what went to a peer that is gone", () => {
    const uplink = served("AAB");
    uplink.handleGone("A");
    expect(uplink.underWay).toBe(BLOCK);
    uplink.handleReceived("A", 0, 60);
    expect(uplink.underWay).toBe(BLOCK);
  });

  test("is what is late no more: one peer whose computer stands keeps nobody waiting", () => {
    const uplink = served("AAB");
    uplink.handleReceived("A", 0, 60);
    uplink.handleTick(60 + UPLINK_LATE - 1);
    expect(uplink.underWay).toBe(2 * BLOCK);
    uplink.handleTick(60 + UPLINK_LATE);
    // Of B nothing is known: it may be far.
    expect(uplink.underWay).toBe(BLOCK);
    uplink.handleReceived("A", 1, 400);
    expect(uplink.underWay).toBe(BLOCK);
    uplink.handleTick(UPLINK_FORGOTTEN);
    expect(uplink.underWay).toBe(0);
  });

  test("is not what went to a peer on our own network, which never waits", () => {
    const uplink = served("AB");
    uplink.handleReceived("A", 0, WINDOW_NEAR);
    uplink.handleReceived("B", 1, 60);
    uplink.handleSent("A", 2, BLOCK, 100);
    expect(uplink.underWay).toBe(0);
    uplink.handleTick(200);
    expect(uplink.isShared).toBe(false);
  });

  test("the same block sent again counts once", () => {
    const uplink = served("AB");
    uplink.handleSent("A", 0, BLOCK, 10);
    expect(uplink.underWay).toBe(2 * BLOCK);
  });

  test("is nothing in the end, whatever comes, late, twice or never", () => {
    const event = fc.record({
      kind: fc.constantFrom("sent", "received", "gone", "tick"),
      name: fc.constantFrom("A", "B", "C"),
      key: fc.nat(5),
      later: fc.nat(300),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const uplink = new Uplink<string>(0);
        let now = 0;
        for (const { kind, name, key, later } of events) {
          now += later;
          if (kind === "sent") uplink.handleSent(name, key, BLOCK, now);
          else if (kind === "received") uplink.handleReceived(name, key, now);
          else if (kind === "gone") uplink.handleGone(name);
          else uplink.handleTick(now);
          expect(uplink.underWay).toBeGreaterThanOrEqual(0);
          expect(uplink.underWay).toBeLessThanOrEqual(18 * BLOCK);
          expect(uplink.limit).toBeGreaterThan(0);
        }
        uplink.handleTick(now + UPLINK_FORGOTTEN);
        expect(uplink.underWay).toBe(0);
        expect(uplink.hasRoom).toBe(true);
      }),
    );
  });
});
