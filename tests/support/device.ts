/**
 * A device is a browser whose profile outlives it: it is killed as by a power cut, and started again with what it had
 * on the disk. At most one browser runs on it at a time.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserKind, type BrowserOptions, launchBrowser, type TestBrowser } from "./browsers.ts";
import { isRunning, signalTree } from "./process-tree.ts";
import { ShoalPage, type ShoalPageOptions } from "./shoal-page.ts";
import { waitFor } from "./wait.ts";

export class Device {
  readonly kind: BrowserKind;
  /** What this device saved. */
  readonly downloads: string;
  readonly #profile: string;
  readonly #options: BrowserOptions;
  #browser: TestBrowser | null;

  /** `directory`: where the profile and the downloads are; made at the first start. */
  constructor(kind: BrowserKind, directory: string, options: BrowserOptions = {}) {
    this.kind = kind;
    this.downloads = join(directory, "downloads");
    this.#profile = join(directory, "profile");
    this.#options = options;
    this.#browser = null;
  }

  /** The browser that runs now. */
  get browser(): TestBrowser {
    if (this.#browser === null) throw new Error(`no ${this.kind} runs on this device`);
    return this.#browser;
  }

  async start(): Promise<void> {
    await mkdir(this.#profile, { recursive: true });
    const { downloads } = this;
    this.#browser = await launchBrowser(this.kind, { ...this.#options, downloads, profile: this.#profile });
  }

  /** Opens the app, or a share link, in a new tab. */
  open(url: string, options: ShoalPageOptions = {}): Promise<ShoalPage> {
    return ShoalPage.open(this.browser, url, options);
  }

  /** SIGKILL to the browser and all its processes: nothing is written any more. Resolves when they are gone. */
  async kill(): Promise<void> {
    const root = this.browser.browser.process()?.pid;
    if (root === undefined) throw new Error(`the ${this.kind} of this device has no process of its own`);
    this.#browser = null;
    const pids = signalTree(root, "SIGKILL");
    await waitFor(() => !pids.some(isRunning), { describe: `the processes of ${this.kind} to be gone` });
  }

  /** Ends the browser as a person does. The profile stays. */
  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = null;
    await browser?.close();
  }
}
