/** What a line's samples say: rates by second, waits, shares, and the picture of both over time. */
import { HEADERS, PAYLOAD } from "./constants.ts";
import type { Link } from "./link.ts";
import type { Sample } from "./shared-line.ts";

const LEVELS = " ▁▂▃▄▅▆▇█";

/** Payload bytes a second that the link carries in full packets. */
export function capacityOf({ shape }: Link): number {
  return (shape.rate * PAYLOAD) / (PAYLOAD + HEADERS);
}

/** The samples of a time, milliseconds, both ends included. */
export function between(samples: readonly Sample[], from: number, to: number): Sample[] {
  return samples.filter(({ at }) => at >= from && at <= to);
}

function all({ received }: Sample): number {
  return received.reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes a second of all downloads over the samples, or of one. */
export function rateOf(samples: readonly Sample[], download?: number): number {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const bytes = (sample: Sample) => (download === undefined ? all(sample) : (sample.received[download] ?? 0));
  return ((bytes(last) - bytes(first)) * 1000) / (last.at - first.at);
}

/** Bytes of all downloads in each whole second. */
export function bySecond(samples: readonly Sample[]): number[] {
  const start = samples[0]!.at;
  const seconds = Math.floor((samples.at(-1)!.at - start) / 1000);
  return Array.from({ length: seconds }, (_, second) =>
    rateOf(between(samples, start + second * 1000, start + (second + 1) * 1000)),
  );
}

/** Milliseconds that so many percent of the samples did not exceed. */
export function waitOf(samples: readonly Sample[], percent: number): number {
  const waits = samples.map(({ wait }) => wait).toSorted((a, b) => a - b);
  return waits[Math.max(0, Math.ceil((waits.length * percent) / 100) - 1)]!;
}

/** Seconds, but for the first, that brought less than a tenth of the middle one. */
export function collapsedSeconds(samples: readonly Sample[]): number {
  const rates = bySecond(samples);
  const middle = rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)]!;
  return rates.slice(1).filter((rate) => rate < middle / 10).length;
}

/** Two rows, four characters a second: the rate as a part of `capacity`, the wait as one of `queue` milliseconds. */
export function picture(samples: readonly Sample[], capacity: number, queue: number): string {
  const end = samples.at(-1)!.at;
  const columns = Array.from({ length: Math.floor(end / 250) }, (_, at) =>
    between(samples, at * 250, (at + 1) * 250 + 50),
  ).filter(({ length }) => length > 1);
  const draw = (shares: number[]) =>
    shares.map((share) => LEVELS[Math.round(Math.min(1, share) * (LEVELS.length - 1))]).join("");
  const rates = columns.map((column) => rateOf(column) / capacity);
  const waits = columns.map((column) => Math.max(...column.map(({ wait }) => wait)) / queue);
  const seconds = `${(end / 1000).toFixed(0)} s`;
  return [
    `  rate  ${draw(rates)}│ ${(capacity / 1e6).toFixed(1)} MB/s`,
    `  wait  ${draw(waits)}│ ${queue} ms`,
    `        0 s${seconds.padStart(Math.max(0, columns.length - 3))}`,
  ].join("\n");
}
