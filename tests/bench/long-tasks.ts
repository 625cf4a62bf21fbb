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
  if (trace === undefined) throw new Error("there is no trace");
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  /** The kind of each thread, and its longest task. */
  const kinds = new Map<string, string>();
  const longest = new Map<string, number>();
  for (const event of eventsOf(trace)) {
    const of = thread(event);
    if (event.ph === "M" && event.name === "thread_name") kinds.set(of, event.args?.name ?? "");
    else if (event.ph === "X" && event.tdur !== undefined)
      longest.set(of, Math.max(longest.get(of) ?? 0, event.tdur));
  }
  const longestOf = (kind: string) => {
    const efforts = [...longest].filter(([of]) => kinds.get(of) === kind).map(([, effort]) => effort);
    if (efforts.length === 0) throw new Error(`the trace holds no task of ${kind}`);
    return Math.max(...efforts) / 1000;
  };
  return { page: longestOf("CrRendererMain"), worker: longestOf("DedicatedWorker thread") };
}

/** The events of a trace, each of which has a line of its own: as one text, a long trace is too long. */
function* eventsOf(trace: Uint8Array): Generator<TraceEvent, void, undefined> {
  const bytes = Buffer.from(trace.buffer, trace.byteOffset, trace.byteLength);
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf("\n", start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.toString("utf8", start, end).replace(/,$/, "");
    start = end + 1;
    if (!line.includes('"tdur"') && !line.includes('"thread_name"')) continue;
    try {
      yield JSON.parse(line) as TraceEvent;
    } catch {
      // The last line closes the list as well.
    }
  }
}
