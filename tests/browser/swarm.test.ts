/** Many receivers of one share: they feed each other, and finish without the sender what they hold together. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BrowserKind } from "../support/browsers.ts";
import {
  compareTrees,
  makeFile,
  makeTree,
  sha256OfFile,
  type TemporaryDirectory,
  type TestTree,
  temporaryDirectory,
} from "../support/files.ts";
import { outlasting } from "../support/outlasting.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { unzip } from "../support/unzip.ts";
import { waitFor } from "../support/wait.ts";

const kinds: readonly BrowserKind[] = ["chromium", "firefox", "chromium"];

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let sender: Person;
let receivers: Person[];

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("swarm");
  people = await People.gather();
  // It is killed, and leaves its temporary files behind.
  [sender] = (await people.join(["chromium"], { env: { TMPDIR: temporary.path } })) as [Person];
  receivers = await people.join(kinds);
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

/** The same link in a tab of every receiver, each knowing name and size and linked to all the others. */
async function openEverywhere(link: string): Promise<ShoalPage[]> {
  const pages = await Promise.all(receivers.map((person) => person.open(link)));
  for (const page of pages) {
    await page.waitForShare(
      ({ phase, peers }) =>
        phase === "ready" && peers.filter(({ state }) => state === "connected").length === kinds.length,
      { describe: "name, size and everyone else" },
    );
  }
  return pages;
}

describe("one sender, three receivers", () => {
  const bytes = 20_000_001;

  it("every receiver also uploads, and every copy is whole", async () => {
    const file = await makeFile(join(temporary.path, "for three.bin"), bytes);
    const sending = await sender.open(server.url);
    const pages = await openEverywhere(await sending.shareFiles(file.path));
    // Until each has something that another lacks, the sender cannot have sent everything.
    await sending.limit({ up: outlasting(bytes) });
    await Promise.all(pages.map((page) => page.download()));
    for (const page of pages)
      await page.waitForShare(({ uploaded }) => uploaded > 0, { describe: "each receiver to upload" });
    await sending.limit({ up: null });
    await Promise.all(pages.map((page) => page.waitUntilComplete()));

    // All that arrived was sent by somebody; numbers are told a little later than they change.
    const uploadedBy = async (page: ShoalPage) => (await page.share())?.uploaded ?? 0;
    const sent = await waitFor(
      async () => {
        const [sent, ...uploaded] = await Promise.all([sending, ...pages].map(uploadedBy));
        const sum = uploaded.reduce((total, each) => total + each, sent!);
        return sum >= bytes * kinds.length ? sent : undefined;
      },
      { describe: "every byte to be accounted for" },
    );
    // The sender did not send it all three times.
    expect(sent).toBeLessThan(bytes * kinds.length);

    await Promise.all(
      pages.map(async (page, at) => {
        const saved = await page.save(receivers[at]!.downloads, "for three.bin", bytes);
        expect(await sha256OfFile(saved)).toBe(file.sha256);
      }),
    );
    await Promise.all([sending, ...pages].map((page) => page.close()));
  });
});

describe("the sender is killed midway", () => {
  const size = 5_000_003;
  const folder = "in thirds";
  let tree: TestTree;

  beforeAll(async () => {
    tree = await makeTree({ "first.bin": size, "second.bin": size, "third.bin": size }, { name: folder });
  });

  afterAll(() => tree?.remove());

  it("the others finish among themselves from what they hold together", async () => {
    const sending = await sender.open(server.url);
    const pages = await openEverywhere(await sending.shareFolder(tree.directory));
    // Each fetches another third, so that all three together hold everything.
    const paths = [...tree.files.keys()];
    await Promise.all(pages.map((page, at) => page.select([paths[at]!])));
    await Promise.all(pages.map((page) => page.download()));
    await Promise.all(pages.map((page) => page.waitUntilComplete()));
    const held = await Promise.all(
      pages.map(async (page) => (await page.files()).map(({ stored }) => stored)),
    );
    expect(held).toEqual([
      [size, 0, 0],
      [0, size, 0],
      [0, 0, size],
    ]);

    // Now everyone wants everything, and while it comes the sender's browser is gone from one moment to the next. Each
    // lacks two thirds, and has three others to get them from.
    for (const page of [sending, ...pages]) await page.limit({ up: outlasting(2 * size) / 3 });
    await Promise.all(pages.map((page) => page.select(paths)));
    for (const page of pages)
      await page.waitForShare(({ storedBytes }) => storedBytes > size, {
        describe: "more than a third at each of them",
      });
    sender.browser.browser.process()!.kill("SIGKILL");
    for (const page of pages) {
      expect((await page.share())!.phase).toBe("downloading");
      await page.limit({ up: null });
    }

    await Promise.all(pages.map((page) => page.waitUntilComplete()));
    await Promise.all(
      pages.map(async (page, at) => {
        const unpacked = join(temporary.path, `unpacked-${at}`);
        await unzip(await page.save(receivers[at]!.downloads, `${folder}.zip`), unpacked);
        expect(await compareTrees(tree.directory, join(unpacked, folder))).toEqual([]);
      }),
    );
  });
});

it("nothing is said on any console", () => {
  expect(people.errors).toEqual([]);
});
