/**
 * `npm run demo -- FILE…`: one browser shares the files, two others download them at the same time, from it and
 * from each other, and save them. What was saved is compared with what was shared by SHA-256. Prints who got how
 * much from whom, and exits with 1 when a byte differs. Keeps nothing afterwards.
 */
import { launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { startServer } from "../support/server.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { checkSaved } from "./saved-files.ts";
import { readSharedPaths, type SharedPaths } from "./shared-paths.ts";
import { formatTable, megabytes } from "./table.ts";

const usage =
  "Usage: npm run demo -- FILE… shares files (or one folder) and downloads them with two browsers.";

/** Milliseconds that a transfer or a save may take. */
const patience = 60 * 60_000;

interface Received {
  seconds: number;
  /** Payload bytes by the peer id that they came from. */
  from: Map<string, number>;
  /** What is wrong with the saved files; empty when they are equal. */
  differences: string[];
}

/** Downloads everything (empty files are there as soon as they are known), saves it and compares. */
async function receive(page: ShoalPage, shared: SharedPaths, downloads: string): Promise<Received> {
  const pressed = performance.now();
  if (shared.bytes > 0) await page.download();
  const share = await page.waitUntilComplete(patience);
  const seconds = (performance.now() - pressed) / 1000;
  const from = new Map(share.peers.map((peer) => [peer.peerId, peer.downloaded]));
  const saved = await page.save(
    downloads,
    share.singleFile ? share.name! : `${share.name}.zip`,
    share.singleFile ? share.size! : undefined,
    patience,
  );
  return { seconds, from, differences: await checkSaved(saved, share.singleFile, shared) };
}

/** The one peer that both receivers know: they know each other under different ids. */
function findSender([first, second]: readonly Received[]): string | undefined {
  return [...first!.from.keys()].find((peer) => second!.from.has(peer));
}

function printReport(shared: SharedPaths, link: string, received: readonly Received[]): void {
  const sender = findSender(received);
  const rows = received.map(({ seconds, from, differences }, index) => {
    const fromSender = from.get(sender ?? "") ?? 0;
    const all = [...from.values()].reduce((sum, bytes) => sum + bytes, 0);
    return [
      `receiver ${index + 1}`,
      shared.bytes.toLocaleString("en"),
      seconds.toFixed(2),
      (shared.bytes / 1e6 / seconds).toFixed(1),
      megabytes(fromSender),
      megabytes(all - fromSender),
      differences.length === 0 ? "equal" : "DIFFERENT",
    ];
  });
  const head = ["", "bytes", "seconds", "MB/s", "MB from sender", "MB from the other", "SHA-256"];
  console.log(`\n${shared.files.size === 1 ? "1 file" : `${shared.files.size} files`}, ${link}\n`);
  console.log(formatTable([head, ...rows]));
  for (const [index, { differences }] of received.entries())
    for (const difference of differences) console.log(`receiver ${index + 1}: ${difference}`);
}

async function demo(shared: SharedPaths): Promise<boolean> {
  const server = await startServer();
  const temporary: TemporaryDirectory = await temporaryDirectory("demo");
  const browsers: TestBrowser[] = [];
  const launch = async (downloads?: string) => {
    const browser = await launchBrowser("chromium", downloads === undefined ? {} : { downloads });
    browsers.push(browser);
    return browser;
  };
  try {
    console.log(`Shoal is at ${server.url}; hashing ${megabytes(shared.bytes)} MB…`);
    const sender = await ShoalPage.open(await launch(), server.url);
    const link = shared.folder
      ? await sender.shareFolder(shared.folder)
      : await sender.shareFiles(...shared.paths);
    const folders = [1, 2].map((number) => `${temporary.path}/receiver-${number}`);
    const pages = await Promise.all(
      folders.map(async (folder) => ShoalPage.open(await launch(folder), link)),
    );
    console.log("Two browsers download it…");
    await Promise.all(
      pages.map((page) =>
        page.waitForShare((share) => share.size !== null, { describe: "name and size known" }),
      ),
    );
    const received = await Promise.all(pages.map((page, index) => receive(page, shared, folders[index]!)));
    printReport(shared, link, received);
    return received.every(({ differences }) => differences.length === 0);
  } finally {
    await Promise.allSettled(browsers.map((browser) => browser.close()));
    await server.close();
    await temporary.remove();
  }
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error(usage);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = (await demo(await readSharedPaths(paths))) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
