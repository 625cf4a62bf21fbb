/**
 * A share whose own files change and vanish under it while others have its link, and the tabs that they were picked in.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dialog, ElementHandle } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds } from "../support/browsers.ts";
import { makeTree } from "../support/files.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let people: People;
let chromium: Person;
let firefox: Person;

beforeAll(async () => {
  server = await startServer();
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await server?.close();
});

/** Closes the tab as a person does, is asked, and stays. */
async function closeAndStay({ page }: ShoalPage): Promise<void> {
  let handle = (_: Dialog) => {};
  const asked = new Promise<Dialog>((resolve) => {
    handle = resolve;
  });
  page.on("dialog", handle);
  const closing = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await closing;
  page.off("dialog", handle);
}

describe.each(browserKinds)("a folder shared by %s", (kind) => {
  it("goes out but for the file that changed, and that one too once it is put right and chosen alone", async () => {
    const [sender, receiver] = kind === "chromium" ? [chromium, firefox] : [firefox, chromium];
    const lengths = { "a.bin": 300_000, "b.bin": 200_000, "c.bin": 100_000 };
    const tree = await makeTree(lengths, { name: `sea of ${kind}`, seed: kind });
    const b = join(tree.directory, "b.bin");
    const right = await readFile(b);
    const page = await sender.open(ownOrigin(server.url));
    const link = await page.shareFolder(tree.directory);
    await writeFile(b, right.toReversed());

    const receiving = await receiver.open(link);
    await receiving.download();
    const part = await receiving.waitForShare(
      ({ storedBytes, stall }) => storedBytes > 0 && stall === "no-source",
      {
        describe: "all that can be had",
      },
    );
    expect(part.storedBytes).toBe(400_000);
    const phase = async () => (await page.text("phase"))?.replaceAll("\u00a0", " ");
    await waitFor(
      async () => (await phase()) === "Sharing 2 of 3 files. “b.bin” has changed: give it again.",
      {
        describe: async () => `the sentence of the sender, which is ${await phase()}`,
      },
    );

    const giveAgain = async () => {
      const input = (await page.find("again-input")) as unknown as ElementHandle<HTMLInputElement>;
      await input.uploadFile(b);
    };
    await giveAgain();
    await waitFor(async () => (await page.text("given"))?.includes("“b.bin” is not what was shared"), {
      describe: async () => `the answer to the wrong file, which is ${await page.text("given")}`,
    });
    await writeFile(b, right);
    await giveAgain();
    await page.waitForShare(({ ownFiles }) => ownFiles?.readable === 3, { describe: "the right file" });
    await receiving.waitUntilComplete();
    expect(await page.shareLink()).toBe(link);
    expect((await page.snapshot())!.shares.filter(({ fromFiles }) => fromFiles)).toHaveLength(1);
    await page.close();
    await receiving.close();
    await tree.remove();
  });

  it("is without the file that vanished before it was read", async () => {
    const sender = kind === "chromium" ? chromium : firefox;
    const tree = await makeTree(
      { "a.bin": 1_000, "b.bin": 90_000_000 },
      { name: `lake of ${kind}`, seed: kind },
    );
    const page = await sender.open(ownOrigin(server.url));
    await waitFor(() => page.snapshot(), { describe: "the node" });
    await page.page.evaluate(() => {
      // The worker is asked for nothing until the file is gone.
      const { node } = document.querySelector("shoal-app") as unknown as {
        node: { call(name: string, request: unknown): Promise<unknown> };
      };
      const call = node.call.bind(node);
      const gone = new Promise<void>((resolve) => Object.assign(window, { handleGone: resolve }));
      node.call = async (name, request) => {
        if (name === "share") await gone;
        return call(name, request);
      };
    });
    await page.pickFiles(join(tree.directory, "a.bin"), join(tree.directory, "b.bin"));
    await page.find("draft-name");
    await rm(join(tree.directory, "b.bin"));
    await page.page.evaluate(() => Reflect.get(window, "handleGone")());
    await page.shareLink();
    const share = await page.waitForShare(({ name }) => name === "a.bin", {
      describe: "the share of what is there",
    });
    expect(share).toMatchObject({ singleFile: true, size: 1_000, fromFiles: true });
    await page.close();
    await tree.remove();
  });

  it("goes out from the tab that it was picked in when the tab that led is closed, and closing that one is asked about", async () => {
    const [sender, receiver] = kind === "chromium" ? [chromium, firefox] : [firefox, chromium];
    const file = await makeTree({ "a.bin": 2_000_000 }, { name: `river of ${kind}`, seed: kind });
    const url = ownOrigin(server.url);
    const leading = await sender.open(url);
    await waitFor(() => leading.snapshot(), { describe: "the node" });
    const picking = await sender.open(url);
    const link = await picking.shareFiles(join(file.directory, "a.bin"));
    await leading.close();
    const receiving = await receiver.open(link);
    // Somebody can see the share only from the worker of this tab.
    await picking.waitForShare(({ peers }) => peers.some(({ state }) => state === "connected"), {
      describe: "somebody who looks at the share",
    });

    // Browsers ask only those who did something on the page.
    await (await picking.find("share-name")).click();
    await closeAndStay(picking);
    await receiving.download();
    await receiving.waitUntilComplete();
    await receiving.close();
    await picking.close();
    await file.remove();
  });
});
