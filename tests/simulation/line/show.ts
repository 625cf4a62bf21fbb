/** `npm run simulate -- --line home`: one download on a line, under the engine's window and under fixed ones. */
import { FixedWindow, type Window } from "./download.ts";
import { capacityOf, collapsedSeconds, picture, rateOf, waitOf } from "./figures.ts";
import { type LineName, lines } from "./lines.ts";
import { SharedLine } from "./shared-line.ts";

/** Milliseconds. */
const DURATION = 20_000;
/** KiB under way. The last one keeps the sender's buffer full. */
const FIXED = [256, 512, 4096];

interface LineFigures {
  window: string;
  /** Bytes a second, and as a share of what the line carries. */
  rate: number;
  ofCapacity: number;
  /** Milliseconds that a packet waited for the line: the middle one, and one in twenty. */
  wait: number;
  waitWorst: number;
  collapsedSeconds: number;
  /** Packets that found the queue full. */
  dropped: number;
  picture: string;
}

interface Way {
  words: string;
  window?: Window;
  connections?: number;
  /** Of one sender, that begin together. */
  downloads?: number;
}

function follow(
  name: LineName,
  seed: number,
  { words, window, connections = 1, downloads = 1 }: Way,
): LineFigures {
  const line = new SharedLine(lines[name], seed);
  for (let at = 0; at < downloads; at++) line.add(window, connections);
  line.run(DURATION);
  const { samples, there } = line;
  const [rate, capacity] = [rateOf(samples), capacityOf(there)];
  return {
    window: words,
    rate,
    ofCapacity: rate / capacity,
    wait: waitOf(samples, 50),
    waitWorst: waitOf(samples, 95),
    collapsedSeconds: collapsedSeconds(samples),
    dropped: there.dropped,
    picture: picture(samples, capacity, there.shape.queue),
  };
}

/** @throws Error when there is no such line */
export function showLine(text: string, seed: number, json: boolean): void {
  const name = (Object.keys(lines) as LineName[]).find((key) => key === text);
  if (name === undefined)
    throw new Error(`There is no line ${text}; there are ${Object.keys(lines).join(", ")}.`);
  const ways: Way[] = [
    { words: "the engine's window" },
    { words: "the engine's window over four connections", connections: 4 },
    { words: "four downloads from one sender", downloads: 4 },
    ...FIXED.map((size) => ({ words: `${size} KiB`, window: new FixedWindow(size * 1024) })),
  ];
  const runs = ways.map((way) => follow(name, seed, way));
  if (json) {
    console.log(
      JSON.stringify({ line: name, runs: runs.map(({ picture: _, ...figures }) => figures) }, null, 2),
    );
    return;
  }
  for (const { window, rate, ofCapacity, wait, waitWorst, dropped, picture: drawn, ...run } of runs) {
    console.log(
      `\n${name}, ${window}: ${(rate / 1e6).toFixed(2)} MB/s, ${(ofCapacity * 100).toFixed(0)} % of the line, ` +
        `waits of ${wait.toFixed(0)} ms, one in twenty over ${waitWorst.toFixed(0)}, ` +
        `${dropped} packets dropped, collapsed for ${run.collapsedSeconds} s\n${drawn}`,
    );
  }
}
