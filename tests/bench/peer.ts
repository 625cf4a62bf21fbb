/** What the benchmark does with a peer, whichever program it runs; one browser each, so one process a peer. */
import type { Page } from "puppeteer-core";
import type { TestBrowser } from "../support/browsers.ts";
import { waitFor } from "../support/wait.ts";
import { LOOK_INTERVAL, PATIENCE } from "./constants.ts";
import type { Timing } from "./timing.ts";

export interface Peer {
  readonly browser: TestBrowser;
  readonly page: Page;
  /** Seeds the file at `path`; resolves to its link. */
  seed(path: string): Promise<string>;
  /** Opens a link, up to the point where only the content is missing: metadata here, a peer connected. */
  open(link: string): Promise<void>;
  /** Begins to download what `open` opened; what comes is told in the page's `window.progress`. */
  ask(): Promise<void>;
  /** Downloads what `open` opened, from the press of the button to the last piece's being stored. */
  download(): Promise<Timing>;
  /** Payload bytes sent of what was seeded or opened last. */
  uploaded(): Promise<number>;
}

/** Waits for the page to leave a timing in `window.timing`, without keeping it busy meanwhile. */
export function waitForTiming(page: Page, errors: readonly string[]): Promise<Timing> {
  return waitFor(() => page.evaluate(() => Reflect.get(window, "timing") as Timing | undefined), {
    interval: LOOK_INTERVAL,
    timeout: PATIENCE,
    describe: () => `the end of a transfer; the page said ${errors.join(" | ") || "nothing"}`,
  });
}
