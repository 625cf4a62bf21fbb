/** The longest task on a page's main thread. Chromium tells of tasks of 50 ms and more. */
import type { Page } from "puppeteer-core";

/** From now on the page remembers its longest task. */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map((entry) => entry.duration));
    });
    observer.observe({ type: "longtask" });
    Object.assign(window, { longTasks: { tasks, observer } });
  });
}

/** Milliseconds; 0 when no task since `watchLongTasks` took 50 ms. */
export function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { tasks, observer } = Reflect.get(window, "longTasks") as {
      tasks: number[];
      observer: PerformanceObserver;
    };
    const late = observer.takeRecords().map((entry) => entry.duration);
    return Math.max(0, ...tasks, ...late);
  });
}

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread's own processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of processor time of the longest task, of all main threads of a browser and of all workers. */
export interface Efforts {
  readonly page: number;
  readonly worker: number;
}

/** As `longestTaskEfforts` tells it of the main threads. */
export async function longestTaskEffort(page: Page, run: () => Promise<unknown>): Promise<number> {
  return (await longestTaskEfforts(page, run)).page;
}

/**
 * The longest tasks while `run` went on, of the page's browser. What a task waits for a core that others hold is not
 * in it: on a full machine that wait is most of what `longestTask` tells. Tracing slows everything down, so nothing
 * else is to be measured closely meanwhile.
 */
export async function longestTaskEfforts(page: Page, run: () => Promise<unknown>): Promise<Efforts> {
  await page.tracing.start({ categories: ["toplevel"] });
  await run();
  const trace = await page.tracing.stop();
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const tasks = traceEvents.filter(({ ph, tdur }) => ph === "X" && tdur !== undefined);
  const longestOf = (kind: string) => {
    const threads = new Set(
      traceEvents
        .filter(({ ph, name, args }) => ph === "M" && name === "thread_name" && args?.name === kind)
        .map(thread),
    );
    const efforts = tasks.filter((event) => threads.has(thread(event))).map(({ tdur }) => tdur!);
    if (efforts.length === 0) throw new Error(`the trace holds no task of ${kind}`);
    return efforts.reduce((longest, effort) => Math.max(longest, effort)) / 1000;
  };
  return { page: longestOf("CrRendererMain"), worker: longestOf("DedicatedWorker thread") };
}
