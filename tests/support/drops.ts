/**
 * Drops onto a page, and folders that are picked, as the browser itself gives them. In Chromium they are dragged by its
 * protocol, with entries, handles and files. Firefox gives its real entries and files to an input by a privileged script
 * (privileged-firefox.ts), and only the event that brings dropped entries to the page is scripted.
 */
import { statSync } from "node:fs";
import type { ElementHandle, Page } from "puppeteer-core";
import type { TestBrowser } from "./browsers.ts";
import { runPrivileged } from "./privileged-firefox.ts";

/** Drops files and folders of the disk onto the page. */
export async function dropPaths(browser: TestBrowser, page: Page, paths: readonly string[]): Promise<void> {
  if (browser.kind === "chromium") {
    const session = await page.createCDPSession();
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    await session.detach();
    return;
  }
  await page.evaluate(() => {
    const input = Object.assign(document.createElement("input"), {
      type: "file",
      id: "dropped",
      hidden: true,
    });
    document.body.append(input);
  });
  const giveEntries = `
    const items = given.map(({ path, isFolder }) =>
      isFolder ? new content.Directory(path) : content.File.createFromFileName(path));
    content.document.querySelector("#dropped").mozSetDndFilesAndDirectories(await Promise.all(items));`;
  const given = paths.map((path) => ({ path, isFolder: statSync(path).isDirectory() }));
  await runPrivileged(browser, page, giveEntries, given);
  await page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>("#dropped")!;
    const items = [...input.webkitEntries].map((entry) => ({
      ...{ kind: "file", type: "", getAsFile: () => null },
      webkitGetAsEntry: () => entry,
    }));
    input.remove();
    const dataTransfer = { types: ["Files"], items, files: [], getData: () => "" };
    for (const type of ["dragenter", "dragover", "drop"]) {
      const event = new Event(type, { bubbles: true, cancelable: true, composed: true });
      document.body.dispatchEvent(Object.defineProperty(event, "dataTransfer", { value: dataTransfer }));
    }
  });
}

/** Picks a folder in a folder input. */
export async function pickFolder(
  browser: TestBrowser,
  page: Page,
  input: ElementHandle<HTMLInputElement>,
  folder: string,
): Promise<void> {
  if (browser.kind === "chromium") {
    await input.uploadFile(folder);
    return;
  }
  // A privileged script looks into no shadow root.
  await page.evaluate(() => {
    const given = Object.assign(document.createElement("input"), {
      type: "file",
      id: "picked",
      hidden: true,
    });
    document.body.append(Object.assign(given, { multiple: true }));
  });
  const giveFiles = `
    const files = await new content.Directory(given).getFiles(true);
    content.document.querySelector("#picked").mozSetFileArray(files);`;
  await runPrivileged(browser, page, giveFiles, folder);
  await input.evaluate((element) => {
    const given = document.querySelector<HTMLInputElement>("#picked")!;
    Object.defineProperty(element, "files", { value: given.files, configurable: true });
    given.remove();
    element.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
