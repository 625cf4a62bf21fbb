/**
 * Gives a page's file inputs what a person would choose. Files go through the browser's own automation in both
 * browsers, a folder only in Chromium: WebDriver BiDi refuses directories.
 */
import { readdir } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { ElementHandle } from "puppeteer-core";
import type { TestBrowser } from "./browsers.ts";

/** Chooses a folder in an `<input type="file" webkitdirectory>`: its change event fires with the files inside. */
export async function chooseFolder(
  { kind }: TestBrowser,
  input: ElementHandle<HTMLInputElement>,
  folder: string,
): Promise<void> {
  if (kind === "chromium") {
    await input.uploadFile(folder);
    return;
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const paths = files.map((file) => relative(dirname(folder), file).split(sep).join("/"));
  // Firefox is given the files one by one; the page hears of them once each knows its path in the folder.
  await input.evaluate((element) => {
    const hold = (event: Event) => event.stopImmediatePropagation();
    // Inside a shadow root: change does not leave it.
    const root = element.getRootNode();
    root.addEventListener("input", hold, { capture: true, once: true });
    root.addEventListener("change", hold, { capture: true, once: true });
    element.multiple = true;
  });
  await input.uploadFile(...files);
  await input.evaluate((element, relativePaths) => {
    relativePaths.forEach((path, index) => {
      Object.defineProperty(element.files?.[index], "webkitRelativePath", { value: path });
    });
    element.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }, paths);
}
