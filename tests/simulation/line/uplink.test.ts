/**
 * Several downloads from one sender: its uplink is one line, and the engine's uplink window keeps its queue short, as
 * each download's own window does for a single one. Every expectation shows the rate and the wait over time when it
 * fails.
 */
import { describe, expect, it } from "vitest";
import { between, capacityOf, collapsedSeconds, picture, rateOf, waitOf } from "./figures.ts";
import { lineOf, lines } from "./lines.ts";
import { SharedLine } from "./shared-line.ts";

/** Bytes a second. */
const mbit = 125_000;

function draw(line: SharedLine): string {
  return `\n${picture(line.samples, capacityOf(line.there), line.there.shape.queue)}\n`;
}

function share(line: SharedLine, from: number, to: number): number {
  return rateOf(between(line.samples, from * 1000, to * 1000)) / capacityOf(line.there);
}

function homeLine(): SharedLine {
  const line = new SharedLine(lines.home);
  line.add();
  return line;
}

/** What each had of all bytes since, as shares of an equal part. */
function fairness(line: SharedLine, from: number, to: number): number[] {
  const since = between(line.samples, from * 1000, to * 1000);
  const { downloads } = line;
  return downloads.map((_, at) => (rateOf(since, at) / rateOf(since)) * downloads.length);
}

describe("downloads from one sender that begin together", () => {
  // Each with a window of its own and nothing else: 240 to 1,300 packets lost in these, waits of 70 to 95 ms.
  it.each([
    [10, 2],
    [10, 4],
    [10, 8],
    [20, 4],
    [20, 8],
    [50, 4],
    [50, 8],
  ])("fill an uplink of %i mbit/s, %i of them, and keep its queue short", (rate, count) => {
    const line = new SharedLine(lineOf({ rate: rate * mbit }, 40));
    for (let at = 0; at < count; at++) line.add();
    line.run(4_000);
    const droppedFirst = line.there.dropped;
    line.run(16_000);
    expect(share(line, 1, 20), draw(line)).toBeGreaterThan(0.93);
    expect(droppedFirst, draw(line)).toBeLessThan(180);
    expect(line.there.dropped - droppedFirst, draw(line)).toBeLessThan(30);
    expect(waitOf(between(line.samples, 4_000, 20_000), 50), draw(line)).toBeLessThan(60);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
    expect(Math.min(...fairness(line, 8, 20)), draw(line)).toBeGreaterThan(0.6);
  });

  // The last, from 20 to 180 ms: what the far ones were sent is heard of long after the near one said that all is well,
  // and once in the 20 s the queue overflows for a moment. Without the uplink's window: 290, 890 and 500 packets lost.
  it.each([
    { farther: [0, 0, 130], lost: 10 },
    { farther: [0, 130, 130, 130], lost: 10 },
    { farther: [0, 40, 80, 160], lost: 400 },
  ])("do so over paths that are $farther ms longer", ({ farther, lost }) => {
    const line = new SharedLine(lineOf({ rate: 20 * mbit }, 20));
    for (const each of farther) line.add(undefined, 1, each);
    line.run(20_000);
    expect(share(line, 6, 20), draw(line)).toBeGreaterThan(0.92);
    expect(waitOf(between(line.samples, 6_000, 20_000), 50), draw(line)).toBeLessThan(50);
    expect(line.there.dropped, draw(line)).toBeLessThan(lost);
    expect(Math.min(...fairness(line, 8, 20)), draw(line)).toBeGreaterThan(0.5);
  });
});

describe("downloads from one sender that come one after the other", () => {
  it.each([10, 20, 50])("share an uplink of %i mbit/s evenly, and nothing overflows", (rate) => {
    const line = new SharedLine(lineOf({ rate: rate * mbit }, 40));
    for (let at = 0; at < 8; at++) {
      line.add();
      line.run(2_000);
    }
    line.run(12_000);
    expect(share(line, 2, 28), draw(line)).toBeGreaterThan(0.93);
    expect(line.there.dropped, draw(line)).toBeLessThan(40);
    expect(waitOf(between(line.samples, 4_000, 28_000), 50), draw(line)).toBeLessThan(60);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
    const each = fairness(line, 18, 28);
    expect(Math.min(...each), draw(line)).toBeGreaterThan(0.7);
    expect(Math.max(...each), draw(line)).toBeLessThan(1.4);
  });

  it("two of them: one is there for six seconds", () => {
    const line = homeLine();
    line.run(6_000);
    line.add();
    line.run(20_000);
    const since = between(line.samples, 12_000, 26_000);
    expect(share(line, 12, 26), draw(line)).toBeGreaterThan(0.9);
    for (const download of [0, 1])
      expect(rateOf(since, download) / rateOf(since), draw(line)).toBeGreaterThan(0.3);
    expect(waitOf(since, 95), draw(line)).toBeLessThan(80);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
  });

  it("four of them: three join one", () => {
    const line = homeLine();
    for (const _ of [1, 2, 3]) line.add();
    line.run(20_000);
    const since = between(line.samples, 8_000, 20_000);
    expect(share(line, 8, 20), draw(line)).toBeGreaterThan(0.9);
    for (const download of [0, 1, 2, 3])
      expect(rateOf(since, download) / rateOf(since), draw(line)).toBeGreaterThan(0.15);
    expect(waitOf(since, 95), draw(line)).toBeLessThan(100);
    expect(collapsedSeconds(line.samples), draw(line)).toBe(0);
  });
});

describe("the uplink in pictures", () => {
  it.each([5, 20])("four that begin together on %i mbit/s", (rate) => {
    const line = new SharedLine(lineOf({ rate: rate * mbit }, 40));
    for (let at = 0; at < 4; at++) line.add();
    line.run(12_000);
    expect(draw(line)).toMatchSnapshot();
  });
});
