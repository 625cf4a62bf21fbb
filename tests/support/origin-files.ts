/**
 * Files of the origin's private file system, which pages read by handles without asking the person, in every browser
 * and after every start. They stand in for files of the disk whose reading a person has allowed for good: no
 * automation answers that question in a headless browser.
 */
import { basename } from "node:path";
import type { ElementHandle } from "puppeteer-core";
import type { ShoalPage } from "./shoal-page.ts";

/** Copies a file of the disk there, and drops it onto the page with its handle. */
export async function dropOriginFile({ page }: ShoalPage, path: string): Promise<void> {
  const input = await page.evaluateHandle(() => {
    const made = Object.assign(document.createElement("input"), { type: "file", hidden: true });
    document.body.append(made);
    return made;
  });
  await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
  await page.evaluate(
    async (given, name) => {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle(name, { create: true });
      await given.files![0]!.stream().pipeTo(await handle.createWritable());
      given.remove();
      const file = await handle.getFile();
      // Functions in lists, as scripts that tsx runs give named ones a helper that the page does not have.
      const item = Object.fromEntries([
        ["kind", "file"],
        ["webkitGetAsEntry", () => null],
        ["getAsFile", () => file],
        ["getAsFileSystemHandle", () => Promise.resolve(handle)],
      ]);
      const dataTransfer = Object.fromEntries([
        ["types", ["Files"]],
        ["items", [item]],
        ["files", [file]],
        ["getData", () => ""],
      ]);
      for (const type of ["dragenter", "dragover", "drop"]) {
        const event = new Event(type, { bubbles: true, cancelable: true, composed: true });
        document.body.dispatchEvent(Object.defineProperty(event, "dataTransfer", { value: dataTransfer }));
      }
    },
    input as ElementHandle<HTMLInputElement>,
    basename(path),
  );
}
