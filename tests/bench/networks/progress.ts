/**
 * What a page received, by time. Every page of the benchmark leaves it in `window.progress`, from the moment it
 * asks; here it is waited for and cut into seconds.
 */
import type { Page } from "puppeteer-core";
import { waitFor } from "../../support/wait.ts";
import { LOOK_INTERVAL } from "../constants.ts";

/** Milliseconds since 1970 and payload bytes so far, in order; the first is when the page asked. */
export type Progress = [time: number, bytes: number][];

/** Bytes at a time, between two samples in proportion. */
function bytesAt(progress: Progress, time: number): number {
  const after = progress.findIndex((sample) => sample[0] >= time);
  if (after === -1) return progress.at(-1)![1];
  if (after === 0) return progress[0]![1];
  const [[fromTime, from], [toTime, to]] = [progress[after - 1]!, progress[after]!];
  return from + ((to - from) * (time - fromTime)) / (toTime - fromTime);
}

/** MB received in each of the first so many seconds, fewer when everything was there before. */
export function ratesBySecond(progress: Progress, seconds: number): number[] {
  const start = progress[0]![0];
  const whole = Math.min(seconds, Math.floor((progress.at(-1)![0] - start) / 1000));
  return Array.from({ length: whole }, (_, second) => {
    const [from, to] = [start + second * 1000, start + (second + 1) * 1000];
    return (bytesAt(progress, to) - bytesAt(progress, from)) / 1e6;
  });
}

/** MB/s over the first so many seconds, or until everything, all `bytes`, was there. */
export function overallRate(progress: Progress, seconds: number, bytes: number): number {
  const start = progress[0]![0];
  const done = progress.find((sample) => sample[1] >= bytes)?.[0] ?? Infinity;
  const end = Math.min(start + seconds * 1000, done, progress.at(-1)![0]);
  return bytesAt(progress, end) / 1e3 / (end - start);
}

/** Waits until a page's progress is so many seconds long, or has all `bytes`. */
export async function waitForProgress(
  page: Page,
  { seconds, bytes, errors }: { seconds: number; bytes: number; errors: readonly string[] },
): Promise<Progress> {
  const read = () => page.evaluate(() => Reflect.get(window, "progress") as Progress);
  await waitFor(
    () =>
      page.evaluate(
        (duration, all) => {
          const progress = Reflect.get(window, "progress") as Progress | undefined;
          if (!progress || progress.length === 0) return false;
          const [time, received] = progress.at(-1)!;
          return received >= all || time - progress[0]![0] >= duration * 1000 + 500;
        },
        seconds,
        bytes,
      ),
    {
      interval: LOOK_INTERVAL,
      timeout: (seconds + 30) * 1000,
      describe: async () =>
        `${seconds} s of a transfer; so far ${JSON.stringify((await read())?.at(-1))}; the page said ${errors.join(" | ") || "nothing"}`,
    },
  );
  return read();
}
