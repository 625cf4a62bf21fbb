/** Room for downloads: what browsers say of it and what they mean, how more is had, and what they delete. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeBencode } from "../../app/engine/content/bencode.ts";
import { makeFile, sha256OfFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

const MIB = 1024 * 1024;

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let sender: Person;
let receiver: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("room");
  people = await People.gather();
  [sender, receiver] = (await people.join(["chromium", "chromium"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

/** The .torrent of a file that nobody has. */
async function torrentOf(name: string, length: number): Promise<string> {
  const pieceLength = MIB;
  const pieces = randomBytes(20 * Math.ceil(length / pieceLength));
  const info = { length, name, "piece length": pieceLength, pieces };
  const path = join(temporary.path, `${name}.torrent`);
  await writeFile(path, encodeBencode({ info }));
  return path;
}

async function openTorrent(page: ShoalPage, path: string): Promise<void> {
  await page.pickFiles(path);
  await page.waitForShare(({ phase }) => phase === "ready", { describe: "the torrent" });
}

async function waitForText(page: ShoalPage, name: string, text: RegExp): Promise<void> {
  await waitFor(async () => text.test(((await page.text(name)) ?? "").replaceAll("\u00a0", " ")), {
    describe: async () => `${name} to say ${text}; it says “${await page.text(name)}”`,
  });
}

describe("a browser that does not tell how much is free", () => {
  it("starts a download of 12 GB, and the person is warned", async () => {
    const page = await receiver.open(server.url);
    await openTorrent(page, await torrentOf("film.mkv", 12_000_000_000));
    await waitForText(page, "room", /^12 GB to come, and this browser does not tell whether it has room/);
    await page.press("download");
    await page.waitForShare(({ phase }) => phase === "downloading", { describe: "the start" });
    expect(await page.text("room-dialog")).toBeNull();
    await page.openAddress(server.url);
    await waitForText(page, "storage-use", /used\. This browser does not tell how much is free\.$/);
    await page.close();
  });
});

describe("a browser with a limit that is meant", () => {
  it("is asked for storage that lasts, gives more, and the download starts", async () => {
    // A site gets a fifth of it, and all once its storage is persistent.
    const preferences = {
      "dom.quotaManager.temporaryStorage.fixedLimit": 200 * 1024,
      "dom.storageManager.prompt.testing": true,
      "dom.storageManager.prompt.testing.allow": true,
    };
    const [person] = (await people.join(["firefox"], { preferences })) as [Person];
    const page = await person.open(server.url);
    await openTorrent(page, await torrentOf("album.zip", 100 * MIB));
    await waitForText(page, "room", /^105 MB to come, and this browser gives Shoal 4\d(\.\d)? MB more\.$/);
    await page.press("download");
    await waitForText(
      page,
      "no-room",
      /^This share needs 6\d(\.\d)? MB more than this browser gives Shoal now\.$/,
    );
    expect((await page.share())?.phase).toBe("ready");
    await page.click("ask-for-room");
    await page.waitForShare(({ phase }) => phase === "downloading", { describe: "the start" });
    await waitFor(async () => (await page.text("room-dialog")) === null, { describe: "the dialog to close" });
    await page.openAddress(server.url);
    await waitForText(page, "persistence", /^This browser keeps it until you remove it\.$/);
    await page.close();
  });
});

describe("storage that is full", () => {
  it("is freed of another share, and the download goes on by itself", async () => {
    const sending = await sender.open(server.url);
    const links: string[] = [];
    for (const [name, length] of [
      ["old.bin", 6_000_000],
      ["new.bin", 9_000_000],
    ] as const) {
      const { path } = await makeFile(join(temporary.path, name), length);
      await sending.openAddress(server.url);
      links.push(await sending.shareFiles(path));
    }
    const [person] = (await people.join(["chromium"])) as [Person];
    const devtools = await (await person.browser.newPage()).createCDPSession();
    const { origin } = new URL(server.url);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 12_000_000 });
    const page = await person.open(links[0]!);
    await page.download();
    const old = await page.waitUntilComplete();
    await page.openAddress(links[1]!);
    await page.download();
    await page.waitForShare(({ error }) => error?.code === "storage/full", { describe: "no more room" });
    await page.click("make-room");
    const rows = await page.page.waitForSelector(`>>> [data-test="stored-share"][data-id="${old.id}"]`);
    await (await rows!.waitForSelector('[data-test="free"]'))!.evaluate((button) =>
      (button as HTMLElement).click(),
    );
    await page.click("free-now");
    // Chromium may take its time to give the room back: the last of the tries is after a minute and a half.
    await page.waitUntilComplete(100_000);
    const shares = (await page.snapshot())!.shares;
    expect(shares.find(({ id }) => id === old.id)).toMatchObject({ phase: "ready", storedBytes: 0 });
    await page.close();
    await sending.close();
  });
});

/** The picker of folders gives one of the page's private file system, which is written to in the same way. */
function answerPicker(): void {
  Object.defineProperty(window, "showDirectoryPicker", {
    value: async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle("Downloads", { create: true }),
  });
}

/** SHA-256 of a file in that folder, hex; and every name in it. */
async function inFolder({ page }: ShoalPage, name: string): Promise<{ names: string[]; sha256: string }> {
  return page.evaluate(async (wanted) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("Downloads");
    const names: string[] = [];
    for await (const each of folder.keys()) names.push(each);
    const file = await (await folder.getFileHandle(wanted)).getFile();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    return { names, sha256: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  }, name);
}

describe("a download straight into a folder", () => {
  it("goes on there when the storage is full, finds what is there after a reload, and is shared from there", async () => {
    const sending = await sender.open(server.url);
    const file = await makeFile(join(temporary.path, "straight.bin"), 8_000_000);
    const link = await sending.shareFiles(file.path);
    const [person] = (await people.join(["chromium"])) as [Person];
    const devtools = await (await person.browser.newPage()).createCDPSession();
    const { origin } = new URL(server.url);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 3_000_000 });
    const page = await person.open(link, { prepare: answerPicker });
    await page.download();
    const full = await page.waitForShare(({ error }) => error?.code === "storage/full", {
      describe: "no more room",
    });
    // The folder that stands in for one on the disk counts as storage, too.
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 100_000_000 });
    await sending.limit({ up: 2_000_000 });
    await page.click("make-room");
    await page.click("to-folder");
    const half = await page.waitForShare(
      ({ folder, storedBytes }) => folder?.state === "writing" && storedBytes > file.bytes / 2,
      { describe: "half of it in the folder" },
    );
    expect(half).toMatchObject({ error: null, folder: { name: "Downloads" } });
    expect(full.storedBytes).toBeGreaterThan(0);
    await waitForText(page, "folder", /^Downloaded straight into the folder “Downloads”\./);

    page.page.on("dialog", (dialog) => void dialog.accept());
    await page.page.reload();
    await page.waitForShare(({ folder }) => folder?.state === "writing", { describe: "the folder again" });
    await sending.limit({});
    const done = await page.waitUntilComplete();
    expect(done.totals.downloaded).toBeLessThan(file.bytes * 1.2);
    expect(await inFolder(page, "straight.bin")).toEqual({ names: ["straight.bin"], sha256: file.sha256 });
    expect((await page.snapshot())!.shares).toMatchObject([
      { folder: { state: "writing" }, fromFiles: false },
    ]);

    await sending.close();
    const receiving = await receiver.open(link);
    await receiving.download();
    await receiving.waitUntilComplete();
    const saved = await receiving.save(receiver.downloads, "straight.bin", file.bytes);
    expect(await sha256OfFile(saved)).toBe(file.sha256);
    await receiving.close();
    await page.close();
  });
});

describe("what a browser deletes by itself", () => {
  it("is noticed at the next start, and leads to the share again", async () => {
    const sending = await sender.open(server.url);
    const { path } = await makeFile(join(temporary.path, "lost.bin"), 300_000);
    const link = await sending.shareFiles(path);
    const before = await receiver.open(link);
    await before.download();
    const { id } = await before.waitUntilComplete();
    await before.close();
    const blank = await receiver.browser.newPage();
    const devtools = await blank.createCDPSession();
    const { origin } = new URL(server.url);
    await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb,cache_storage" });
    const page = await receiver.open(server.url);
    await waitForText(
      page,
      "lost-words",
      /^This browser deleted what Shoal had stored here: \d shares? (is|are) gone\./,
    );
    expect(await page.text("lost-share")).toMatch(/^(lost\.bin|film\.mkv)$/);
    const [fragment] = new URL(link).hash.split("&");
    const address = await page.page.waitForSelector(`>>> [data-test="lost-share"] a[href^="${fragment}"]`);
    await address!.evaluate((anchor) => (anchor as HTMLElement).click());
    await page.download();
    expect((await page.waitUntilComplete()).id).toBe(id);
    await page.click("dismiss-lost");
    await waitFor(async () => (await page.text("lost-shares")) === null, { describe: "no notice any more" });
    await page.close();
    await sending.close();
  });
});

it("nothing else is said on any console", () => {
  const isFull = (error: string) => /(?:share-stopped|fault-began) error=storage\/full/.test(error);
  expect(people.errors.filter((error) => !isFull(error))).toEqual([]);
});
