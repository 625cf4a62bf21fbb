/**
 * A folder of many small files between two fresh browsers: how long until the sender has the link, until everything
 * has arrived, and until the receiver has saved it into a folder. The longest tasks are of processor time, of the
 * pages' main threads and of their workers, from picking to the link at the sender, and from opening the link to the
 * last saved file at the receiver, whose list is opened, searched and scrolled meanwhile.
 */
import { makeTree } from "../support/files.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";
import { FILE_BYTES, PATIENCE } from "./constants.ts";
import { type Efforts, longestTaskEfforts } from "./long-tasks.ts";
import type { Stage } from "./stage.ts";
import { formatTable } from "./table.ts";

export interface FilesResult {
  count: number;
  /** Seconds. */
  link: number;
  arrived: number;
  saved: number;
  /** Files that were found in the chosen folder. */
  savedCount: number;
  /** Milliseconds of processor time. */
  sender: Efforts;
  receiver: Efforts;
}

/** The picker answers with the page's own private file system. */
function answerPickers(): void {
  const { storage } = navigator;
  Object.defineProperty(window, "showDirectoryPicker", { value: storage.getDirectory.bind(storage) });
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

/** Looks at the list as a person does: some of it, its end, and what a search finds. */
async function lookAround(shoal: ShoalPage): Promise<void> {
  const { page } = shoal;
  await shoal.find("folder");
  await page.$$eval('>>> [data-test="folder"] button', (buttons) => {
    for (const button of buttons.slice(0, 3)) button.click();
  });
  await shoal.find("file");
  for (let steps = 0; steps < 10; steps++) await page.mouse.wheel({ deltaY: 2_000 });
  await page.evaluate(() => scrollTo(0, 0));
}

async function saveToFolder(shoal: ShoalPage): Promise<void> {
  await shoal.click("save-folder");
  await shoal.find("saving");
  await waitFor(async () => (await shoal.snapshot())!.saving.length === 0, {
    describe: "all files saved",
    timeout: PATIENCE,
  });
}

/** Files in the private file system. */
function countSaved({ page }: ShoalPage): Promise<number> {
  return page.evaluate(async () => {
    let files = 0;
    const folders = [await navigator.storage.getDirectory()];
    for (const folder of folders) {
      for await (const handle of folder.values()) {
        if (handle instanceof FileSystemDirectoryHandle) folders.push(handle);
        else files++;
      }
    }
    return files;
  });
}

export async function benchFiles(
  stage: Stage,
  count: number,
  say: (line: string) => void,
): Promise<FilesResult> {
  const names = Array.from({ length: count }, (_, at) => `folder ${at % 40}/photo ${at}.jpg`);
  const tree = await makeTree(Object.fromEntries(names.map((name) => [name, FILE_BYTES])));
  try {
    return await stage.withBrowsers(2, async ([sending, receiving]) => {
      const sender = await ShoalPage.open(sending!, stage.server.url);
      let url = "";
      let link = 0;
      const senderEfforts = await longestTaskEfforts(sender.page, async () => {
        link = await timed(async () => {
          url = await sender.shareFolder(tree.directory, PATIENCE);
        });
      });
      say(`files: the link of ${count} files after ${link.toFixed(1)} s`);
      const receiver = await ShoalPage.open(receiving!, stage.server.url, {
        withoutPickers: false,
        prepare: answerPickers,
      });
      let [arrived, saved] = [0, 0];
      const receiverEfforts = await longestTaskEfforts(receiver.page, async () => {
        await receiver.openAddress(url);
        await receiver.waitForShare(({ phase }) => phase === "ready", {
          describe: "the list of files",
          timeout: PATIENCE,
        });
        await lookAround(receiver);
        arrived = await timed(async () => {
          await receiver.download();
          await receiver.waitUntilComplete(PATIENCE);
        });
        say(`files: arrived after ${arrived.toFixed(1)} s`);
        saved = await timed(() => saveToFolder(receiver));
        say(`files: saved after ${saved.toFixed(1)} s`);
      });
      const savedCount = await countSaved(receiver);
      return { count, link, arrived, saved, savedCount, sender: senderEfforts, receiver: receiverEfforts };
    });
  } finally {
    await tree.remove();
  }
}

export function formatFiles(result: FilesResult): string {
  const { count, link, arrived, saved, savedCount, sender, receiver } = result;
  const efforts = ({ page, worker }: Efforts) => `${page.toFixed(0)} / ${worker.toFixed(0)}`;
  return formatTable([
    [
      "Many files",
      "link, s",
      "arrived, s",
      "saved, s",
      "saved files",
      "longest task, page / worker: sender",
      "receiver",
    ],
    [
      String(count),
      ...[link, arrived, saved].map((seconds) => seconds.toFixed(1)),
      String(savedCount),
      efforts(sender),
      efforts(receiver),
    ],
  ]);
}
