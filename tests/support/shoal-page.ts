/**
 * Shoal as a person uses it: one tab of a real browser, driven through what the page shows. Every browser test,
 * the demo and the benchmark go through here, so a change to the page is followed in one place.
 */
import { basename } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import type { NodeSnapshot, ShareSnapshot } from "../../app/bridge/commands.ts";
import type { TorrentFileSnapshot } from "../../app/engine/snapshot.ts";
import type { NodeClient } from "../../app/page/node-client.ts";
import type { TestBrowser } from "./browsers.ts";
import { waitForDownload } from "./downloads.ts";
import { chooseFolder } from "./uploads.ts";
import { waitFor } from "./wait.ts";

export interface ShoalPageOptions {
  /** Files come by inputs and saves are downloads, rather than by pickers, which no automation can answer. Default true. */
  withoutPickers?: boolean;
  /** Run in the page before its own scripts, one after the other. */
  prepare?: (() => void) | (() => void)[];
}

export class ShoalPage {
  readonly browser: TestBrowser;
  readonly page: Page;

  constructor(browser: TestBrowser, page: Page) {
    this.browser = browser;
    this.page = page;
  }

  /** Opens the app, or a share link, in a new tab. */
  static async open(browser: TestBrowser, url: string, options: ShoalPageOptions = {}): Promise<ShoalPage> {
    const page = await browser.newPage();
    if (options.withoutPickers ?? true) {
      await page.evaluateOnNewDocument(() => {
        Object.defineProperty(window, "showSaveFilePicker", { value: undefined });
        Object.defineProperty(window, "showDirectoryPicker", { value: undefined });
        Object.defineProperty(window, "showOpenFilePicker", { value: undefined });
      });
    }
    // A page's question before it goes is answered with yes, unless the test listens itself.
    page.on("dialog", (dialog) => {
      if (dialog.type() === "beforeunload" && page.listenerCount("dialog") === 1) void dialog.accept();
    });
    for (const prepare of [options.prepare ?? []].flat()) await page.evaluateOnNewDocument(prepare);
    // Chromium ends its requests when an address appears, as those of a network that was just made do for a while.
    await waitFor(() => page.goto(url).then(() => true), { describe: `${url} to open` });
    return new ShoalPage(browser, page);
  }

  /** An element by its `data-test`, wherever it is; waits until it is there. */
  async find(name: string, timeout = 60_000): Promise<ElementHandle<HTMLElement>> {
    const found = await this.page.waitForSelector(`>>> [data-test="${name}"]`, { timeout });
    return found as ElementHandle<HTMLElement>;
  }

  /** The element's words, in one line; null when it is not there. */
  async text(name: string): Promise<string | null> {
    const found = await this.page.$(`>>> [data-test="${name}"]`);
    return (
      (await found?.evaluate((element) => element.textContent?.replace(/\s+/g, " ").trim() ?? "")) ?? null
    );
  }

  /** Whether a control cannot be pressed. */
  async isDisabled(name: string): Promise<boolean> {
    const control = await this.find(name);
    return control.evaluate((element) => element.matches(":disabled"));
  }

  async click(name: string): Promise<void> {
    const element = await this.find(name);
    await element.evaluate((button) => button.click());
  }

  /** Puts an address into this tab's address bar: with only another fragment, nothing is loaded again. */
  async openAddress(url: string): Promise<void> {
    await this.page.evaluate((href) => {
      location.href = href.includes("#") ? href : `${href}#`;
    }, url);
  }

  /** Picks files on the home screen. */
  async pickFiles(...paths: string[]): Promise<void> {
    const input = (await this.find("file-input")) as unknown as ElementHandle<HTMLInputElement>;
    await input.uploadFile(...paths);
  }

  /** Shares files as if picked; returns the share's link once it is shown. */
  async shareFiles(...paths: string[]): Promise<string> {
    await this.pickFiles(...paths);
    return this.shareLink();
  }

  async shareFolder(path: string, timeout?: number): Promise<string> {
    const input = (await this.find("folder-input")) as unknown as ElementHandle<HTMLInputElement>;
    await chooseFolder(this.browser, input, path);
    return this.shareLink(timeout);
  }

  /** Gives a share that has lost its file the same one again. */
  async shareAgain(path: string): Promise<void> {
    const input = (await this.find("again-input")) as unknown as ElementHandle<HTMLInputElement>;
    await input.uploadFile(path);
    await this.waitForShare(({ needsFiles }) => !needsFiles, { describe: "the file again" });
  }

  /** Pastes a text into the field on the home screen, as the browser does, and presses Open. */
  async pasteLink(text: string): Promise<void> {
    const field = await this.find("link-field");
    await field.evaluate((element, pasted) => {
      const input = element as HTMLInputElement;
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      const paste = new Event("paste", { bubbles: true, composed: true, cancelable: true });
      // Firefox makes no clipboard event with data.
      Object.defineProperty(paste, "clipboardData", { value: clipboardData });
      input.select();
      if (input.dispatchEvent(paste)) input.value = pasted;
    }, text);
    await this.click("open");
  }

  /** Types a link into the field on the home screen and presses Open. */
  async openLink(link: string): Promise<void> {
    const field = await this.find("link-field");
    await field.evaluate((input, text) => {
      (input as HTMLInputElement).value = text;
    }, link);
    await this.click("open");
  }

  /**
   * The link that the share's screen shows. If what was picked is still under review, Show link ends that as soon as it
   * is prepared.
   */
  async shareLink(timeout = 120_000): Promise<string> {
    const either = ':is([data-test="share-link"], [data-test="show-link"]:not(:disabled))';
    // Asked again and again: one question may not take the minutes that very many files do.
    const found = await waitFor(async () => (await this.page.$(`>>> ${either}`)) ?? undefined, {
      describe: "the share link",
      timeout,
    });
    if ((await found.evaluate((element) => (element as HTMLElement).dataset.test)) === "show-link")
      await this.click("show-link");
    const field = await this.find("share-link", timeout);
    return waitFor(() => field.evaluate((input) => (input as HTMLInputElement).value), {
      describe: "the share link",
      timeout,
    });
  }

  /** What this tab knows of the node. */
  async snapshot(): Promise<NodeSnapshot | null> {
    return this.page.evaluate(() => {
      const app = document.querySelector("shoal-app") as unknown as {
        node: { snapshot: NodeSnapshot | null } | null;
      };
      const snapshot = app.node?.snapshot ?? null;
      // Typed arrays do not survive the way to the test.
      return JSON.parse(
        JSON.stringify(snapshot, (_, value) =>
          ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value,
        ),
      );
    });
  }

  /** The share that the tab shows; on other screens, the first one. */
  async share(): Promise<ShareSnapshot | undefined> {
    const shares = (await this.snapshot())?.shares ?? [];
    // What follows the content's own hash, such as a name, is not the same everywhere.
    const [hash = ""] = new URL(this.page.url()).hash.split("&");
    return shares.find(({ link }) => hash !== "" && link.includes(hash)) ?? shares[0];
  }

  /** Waits until the share answers to `condition`. */
  async waitForShare(
    condition: (share: ShareSnapshot) => boolean,
    { describe, timeout = 60_000 }: { describe: string; timeout?: number },
  ): Promise<ShareSnapshot> {
    let last: ShareSnapshot | undefined;
    await waitFor(
      async () => {
        last = await this.share();
        return last !== undefined && condition(last);
      },
      {
        timeout,
        describe: async () => {
          const { have, availability, rates, ...rest } = last ?? ({} as ShareSnapshot);
          return `${describe}; the share is ${JSON.stringify({ ...rest, have: have?.length })}; the consoles said ${this.browser.errors.join(" | ") || "nothing"}`;
        },
      },
    );
    return last!;
  }

  /** Presses Download once the share's content is known. */
  async download(timeout = 60_000): Promise<void> {
    await this.waitForShare((share) => share.phase === "ready", { describe: "name and size known", timeout });
    await this.press("download");
  }

  /** Presses the primary button once it is `action`. */
  async press(action: string): Promise<void> {
    const button = await this.page.waitForSelector(`>>> [data-test="primary"][data-action="${action}"]`);
    await button!.evaluate((element) => (element as HTMLElement).click());
  }

  async waitUntilComplete(timeout = 120_000): Promise<ShareSnapshot> {
    return this.waitForShare((share) => share.phase === "seeding", {
      describe: "everything downloaded",
      timeout,
    });
  }

  /** Saves everything and returns where the browser put it. */
  async save(downloads: string, name: string, bytes?: number, timeout = 120_000): Promise<string> {
    await this.press("save");
    return waitForDownload(downloads, basename(name), { ...(bytes === undefined ? {} : { bytes }), timeout });
  }

  /** The most bytes a second that this browser sends, or takes, from now on, of all shares together; null: any. */
  async limit({ up = null, down = null }: { up?: number | null; down?: number | null }): Promise<void> {
    await this.page.evaluate(
      async (limits) => {
        const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
        await node.call("limits", { id: null, ...limits });
      },
      { up, down },
    );
  }

  /** The shown share's files, in the torrent's order. */
  async files(): Promise<readonly TorrentFileSnapshot[]> {
    const { id, fileCount } = (await this.share())!;
    return this.page.evaluate(
      async (shown, to) => {
        const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
        return (await node.call("files", { id: shown, from: 0, to })).files;
      },
      id,
      fileCount,
    );
  }

  /** Presses a control in a file's row of the file tree, or in a folder's. */
  async clickInFile(path: string, selector: string): Promise<void> {
    const control = await this.page.waitForSelector(`>>> [data-path="${path}"] ${selector}`);
    await control!.evaluate((element) => (element as HTMLElement).click());
  }

  /** Ticks and unticks files in the tree until exactly `wanted` are selected. */
  async select(wanted: readonly string[]): Promise<void> {
    await this.page.waitForSelector('>>> [data-test="file"] input');
    const rows = await this.page.$$('>>> [data-test="file"]');
    for (const row of rows) {
      await row.evaluate((element, paths) => {
        const box = element.querySelector("input")!;
        if (box.checked !== paths.includes((element as HTMLElement).dataset.path!)) box.click();
      }, wanted);
    }
  }

  /** Saves one complete file of the tree and returns where the browser put it. */
  async saveFile(path: string, downloads: string, bytes: number): Promise<string> {
    await this.clickInFile(path, '[data-test="save-file"]');
    return waitForDownload(downloads, basename(path), { bytes });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
