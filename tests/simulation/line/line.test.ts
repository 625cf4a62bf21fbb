/**
 * The engine's request window on simulated lines, over associations that behave as browsers' do. Every expectation
 * shows the rate and the wait over time when it fails.
 */
import { describe, expect, it } from "vitest";
import { RequestWindow } from "../../../app/engine/swarm/flow/request-window.ts";
import { FixedWindow, type Window } from "./download.ts";
import { between, capacityOf, collapsedSeconds, picture, rateOf, waitOf } from "./figures.ts";
import { type LineName, lineOf, lines } from "./lines.ts";
import { SharedLine } from "./shared-line.ts";

const KIB = 1024;

function start(name: LineName, window?: Window, seed = 1): SharedLine {
  const line = new SharedLine(lines[name], seed);
  line.add(window);
  return line;
}

function draw(line: SharedLine): string {
  return `\n${picture(line.samples, capacityOf(line.there), line.there.shape.queue)}\n`;
}

/** The share of its capacity that the line carried from one second to another. */
function share(line: SharedLine, from: number, to: number): number {
  return rateOf(between(line.samples, from * 1000, to * 1000)) / capacityOf(line.there);
}

describe("an association on a home line", () => {
  it("collapses once its sender's buffer is kept full", () => {
    const line = start("home", new FixedWindow(4096 * KIB));
    line.run(12_000);
    expect(draw(line)).toMatchInlineSnapshot(`
      "
        rate  ▃█▂                             ▁▇█████████████│ 2.3 MB/s
        wait  ▂██                              ▁▁▂▂▂▂▂▂▂▃▃▃▃▃│ 100 ms
              0 s                                        12 s
      "
    `);
    expect(share(line, 2, 7)).toBeLessThan(0.1);
    expect(line.there.dropped).toBeGreaterThan(100);
  });

  it("carries the line's rate with 256 KiB under way, and not with 512", () => {
    const [small, large] = [
      start("home", new FixedWindow(256 * KIB)),
      start("home", new FixedWindow(512 * KIB)),
    ];
    for (const line of [small, large]) line.run(12_000);
    expect(share(small, 1, 12), draw(small)).toBeGreaterThan(0.95);
    expect(share(large, 1, 12), draw(large)).toBeLessThan(0.6);
  });

  it("is bound by chance losses whatever is under way", () => {
    const [small, large] = [
      start("loss", new FixedWindow(256 * KIB)),
      start("loss", new FixedWindow(4096 * KIB)),
    ];
    for (const line of [small, large]) line.run(20_000);
    const ratio = small.downloads[0]!.received / large.downloads[0]!.received;
    expect(ratio, draw(small) + draw(large)).toBeCloseTo(1, 0);
    expect(share(large, 0, 20), draw(large)).toBeLessThan(0.1);
  });
});

describe("the request window", () => {
  it.each(["home", "fast"] as const)("fills a %s line and keeps its queue short", (name) => {
    const line = start(name);
    line.run(20_000);
    expect(share(line, 0, 20), draw(line)).toBeGreaterThan(0.9);
    // Until the queue was let run empty, the first blocks' own wait for a cold association counts as the path's.
    expect(waitOf(line.samples, 95), draw(line)).toBeLessThan(80);
    expect(waitOf(between(line.samples, 12_000, 20_000), 95), draw(line)).toBeLessThan(50);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
    expect(line.there.dropped, draw(line)).toBe(0);
  });

  // Over long paths blocks come in bursts: the quickest of a round met no queue until it overflowed, and the association
  // stood for the rest of the time at 10 mbit/s and 120 ms, 50 and 120, 100 and 80, 150 and 200.
  describe.each([10, 20, 50, 100])("at %i mbit/s", (mbit) => {
    it.each([80, 120, 150])("finds the rate of a path of %i ms before its queue overflows", (roundTrip) => {
      const line = new SharedLine(lineOf({ rate: mbit * 125_000 }, roundTrip));
      line.add();
      line.run(12_000);
      expect(line.there.dropped, draw(line)).toBe(0);
      expect(share(line, 4, 12), draw(line)).toBeGreaterThan(0.95);
    });
  });

  it.each([1, 2, 3, 4, 5])("does not collapse where one packet in a thousand is lost, seed %i", (seed) => {
    const line = start("home", undefined, seed);
    line.there.change({ loss: 0.001 });
    line.run(30_000);
    expect(share(line, 0, 30), draw(line)).toBeGreaterThan(0.35);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
  });

  it("makes use of several connections where losses bound each", () => {
    const [one, four] = [new SharedLine(lines.loss), new SharedLine(lines.loss)];
    one.add(undefined, 1);
    four.add(undefined, 4);
    for (const line of [one, four]) line.run(20_000);
    expect(share(four, 5, 20) / share(one, 5, 20), draw(one) + draw(four)).toBeGreaterThan(3);
  });

  it("keeps a line's queue short over several connections too", () => {
    const line = new SharedLine(lines.home);
    line.add(undefined, 4);
    line.run(20_000);
    expect(share(line, 1, 20), draw(line)).toBeGreaterThan(0.95);
    expect(waitOf(between(line.samples, 12_000, 20_000), 95), draw(line)).toBeLessThan(60);
  });

  it("recovers from a burst of losses", () => {
    const line = start("home");
    line.run(8_000);
    line.there.change({ loss: 0.2 });
    line.run(300);
    line.there.change({ loss: 0 });
    line.run(12_000);
    expect(share(line, 15, 20), draw(line)).toBeGreaterThan(0.9);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
  });

  // What is sent again over eight associations is no queue: taken for one, it had the drain leave a ninth of the window,
  // all of it on connections that stood.
  it.each([1, 2, 3])("goes on when a drain meets losses over a long path, seed %i", (seed) => {
    for (const lead of [0, 100, 200, 300]) {
      const line = new SharedLine(lines.long, seed);
      const window = new RequestWindow(line.clock.now);
      line.add(window, 8);
      line.run(8_000 + seed * 70);
      const lossAt = line.clock.now;
      line.there.change({ loss: 1 });
      line.run(60);
      line.there.change({ loss: 0 });
      line.run(lead);
      window.probeBase(line.clock.now);
      line.run(5_000);
      const before = rateOf(between(line.samples, lossAt - 4_000, lossAt));
      for (let from = lossAt; from < lossAt + 4_000; from += 100) {
        const second = rateOf(between(line.samples, from - 50, from + 1_050));
        expect(second / before, draw(line)).toBeGreaterThan(0.15);
      }
    }
  });

  it.each([
    ["home", 30],
    ["home", -15],
    ["fast", 30],
    ["fast", -15],
  ] as const)("finds a %s line's path again after its delay changes by %i ms", (name, change) => {
    const line = start(name);
    line.run(8_000);
    line.there.change({ delay: line.there.shape.delay + change });
    line.run(20_000);
    expect(share(line, 22, 28), draw(line)).toBeGreaterThan(0.9);
    expect(waitOf(between(line.samples, 22_000, 28_000), 95), draw(line)).toBeLessThan(60);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
  });

  it("follows a line that gets slower, and faster again", () => {
    const line = start("home");
    line.run(6_000);
    line.there.change({ rate: lines.home.there.rate / 2 });
    line.run(8_000);
    expect(share(line, 10, 14), draw(line)).toBeGreaterThan(0.9);
    line.there.change({ rate: lines.home.there.rate });
    line.run(8_000);
    expect(share(line, 16, 22), draw(line)).toBeGreaterThan(0.9);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
  });
});

// A queue may be no longer than what a browser's socket holds, and one association then stands for seconds.
describe("lanes that open while the first association still begins", () => {
  const mbits = [10, 20, 50, 100];
  const all = mbits.flatMap((mbit) => [20, 40, 80].map((roundTrip) => [mbit, roundTrip] as const));

  /** With lanes from six round trips after the first block on: that long it takes to make them. */
  function begin(mbit: number, roundTrip: number, queue: number, lanes: number): SharedLine {
    const line = new SharedLine(lineOf({ rate: mbit * 125_000, queue }, roundTrip));
    const { upload } = line.add();
    line.run(9 * roundTrip);
    upload.open(lanes);
    line.run(12_000 - 9 * roundTrip);
    return line;
  }

  it.each([16, 40])("carry more where the queue is of %i ms, and never collapse", (queue) => {
    const [without, lanes] = [0, 3].map((count) =>
      all.map(([mbit, roundTrip]) => begin(mbit, roundTrip, queue, count)),
    );
    const carried = (lines: SharedLine[]) =>
      lines.reduce((sum, line) => sum + share(line, 0, 12), 0) / lines.length;
    const drawn = lanes!.map(draw).join("");
    expect(carried(lanes!) / carried(without!), drawn).toBeGreaterThan(1.1);
    expect(
      lanes!.map((line) => collapsedSeconds(line.samples)),
      drawn,
    ).toEqual(lanes!.map(() => 0));
  });

  it("overflow nothing and fill the line where it is long", () => {
    for (const [mbit, roundTrip] of all) {
      const line = begin(mbit, roundTrip, 100, 3);
      expect(line.there.dropped, draw(line)).toBe(0);
      expect(share(line, 4, 10), draw(line)).toBeGreaterThan(0.97);
    }
  });
});

describe("the request window in pictures", () => {
  it.each(["home", "fast", "slow", "far"] as const)("%s", (name) => {
    const line = start(name);
    line.run(12_000);
    expect(draw(line)).toMatchSnapshot();
  });

  it("home, shared after three seconds", () => {
    const line = start("home");
    line.run(3_000);
    line.add();
    line.run(9_000);
    expect(draw(line)).toMatchSnapshot();
  });
});
