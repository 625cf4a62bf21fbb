/** Several tabs of one person: they show the same shares, and a download outlives the tab that began it. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeClient } from "../../app/page/node-client.ts";
import { browserKinds } from "../support/browsers.ts";
import { makeFile, sha256OfFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { outlasting } from "../support/outlasting.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let sender: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("tabs");
  people = await People.gather();
  [sender] = (await people.join(["chromium"])) as [Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

/** Where the graph's line of what came stands as soon as the tab shows it; y grows downwards. */
async function heights(tab: ShoalPage): Promise<number[]> {
  const line = await tab.page.waitForSelector(">>> polyline.down");
  const points = await line!.evaluate((element) => element.getAttribute("points") ?? "");
  return points.split(" ").map((point) => Number(point.split(",")[1]));
}

/** Asks the leading tab to save the share's file into one of the origin's own file system. */
function beginSaving({ page }: ShoalPage): Promise<void> {
  return page.evaluate(async () => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle("saved.bin", { create: true });
    const { id } = node.snapshot!.shares[0]!;
    const saving = node.call("saveToHandle", { id, file: 0, handle });
    Reflect.set(window, "saving", saving);
  });
}

/** The SHA-256 of the saved file, in hexadecimal, once the save has ended. */
function savedHash({ page }: ShoalPage): Promise<string> {
  return page.evaluate(async () => {
    await Reflect.get(window, "saving");
    const root = await navigator.storage.getDirectory();
    const file = await (await root.getFileHandle("saved.bin")).getFile();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  });
}

describe.each(browserKinds)("two tabs of %s", (kind) => {
  it("show the same download and its rates so far, and the second goes on with it when the first is closed", async () => {
    const name = `for two tabs of ${kind}.bin`;
    const file = await makeFile(join(temporary.path, name), 16_000_001, kind);
    const sending = await sender.open(server.url);
    const link = await sending.shareFiles(file.path);

    const [receiver] = (await people.join([kind])) as [Person];
    const first = await receiver.open(link);
    await first.waitForShare(({ phase }) => phase === "ready", { describe: "name and size" });
    const second = await receiver.open(link);
    await sending.limit({ up: outlasting(file.bytes) });
    await second.download();
    await first.waitForShare(({ phase }) => phase === "downloading", {
      describe: "the other tab's download",
    });
    const before = await second.waitForShare(({ storedBytes }) => storedBytes > 200_000, {
      describe: "a part",
    });

    await second.waitForShare(({ rates }) => [...rates.down].some((rate) => rate > 0), {
      describe: "rates in the graph",
    });
    const third = await receiver.open(link);
    const drawn = await heights(third);
    expect(Math.min(...drawn)).toBeLessThan(Math.max(...drawn));
    await third.close();

    await first.close();
    await sending.limit({ up: null });
    const done = await second.waitUntilComplete();
    expect(done.downloaded).toBeLessThanOrEqual(file.bytes - before.storedBytes);
    expect(done.downloaded).toBeGreaterThan(0);
    expect(await sha256OfFile(await second.save(receiver.downloads, name, file.bytes))).toBe(file.sha256);

    const asking = await receiver.open(link);
    await asking.waitForShare(({ complete }) => complete, { describe: "the share in the third tab" });
    await beginSaving(asking);
    await second.close();
    expect(await savedHash(asking), "of what the closed tab was asked to save").toBe(file.sha256);
    await sending.close();
  });
});
