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
