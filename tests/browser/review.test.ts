/** What is picked is reviewed before its link is passed on; a text is shared as a note; several .torrent files open. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ElementHandle } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeBencode } from "../../app/engine/content/bencode.ts";
import { browserKinds } from "../support/browsers.ts";
import { makeFile, makeTree, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { chooseFolder } from "../support/uploads.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let chromium: Person;
let firefox: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("review");
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

/** Notes what the page copies: browsers let no test read the clipboard. */
function noteCopies(): void {
  const copies: string[] = [];
  Object.assign(window, { copies });
  const copy = navigator.clipboard.write.bind(navigator.clipboard);
  navigator.clipboard.write = async (items) => {
    await copy(items);
    copies.push(await (await items[0]!.getType("text/plain")).text());
  };
}

async function waitForText(page: ShoalPage, name: string, words: string | RegExp): Promise<void> {
  await waitFor(
    async () => {
      const text = await page.text(name);
      return typeof words === "string" ? text === words : words.test(text ?? "");
    },
    { describe: async () => `${words} in ${name}; it says ${await page.text(name)}` },
  );
}

/** Presses as a person does: what browsers only allow on a press is allowed. */
async function press(page: ShoalPage, name: string): Promise<void> {
  await page.page.bringToFront();
  await (await page.find(name)).click();
}

async function pickInto(page: ShoalPage, input: string, ...paths: string[]): Promise<void> {
  const found = (await page.find(input)) as unknown as ElementHandle<HTMLInputElement>;
  await found.uploadFile(...paths);
}

/** Pastes a text where no field has the focus. */
async function pasteText(page: ShoalPage, text: string): Promise<void> {
  await page.page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    // Firefox leaves out what a script gives a ClipboardEvent.
    const event = new Event("paste", { bubbles: true, cancelable: true });
    document.body.dispatchEvent(Object.defineProperty(event, "clipboardData", { value: clipboardData }));
  }, text);
}

describe.each(browserKinds)("in %s", (kind) => {
  const [sender, receiver] = (() =>
    kind === "chromium" ? [() => chromium, () => firefox] : [() => firefox, () => chromium])();

  it("a folder is reviewed: more is added, some taken out, it is named, and that is what arrives", async () => {
    const tree = await makeTree(
      { "a.txt": 20, "deep/b.bin": 70_000, "deep/c.bin": 10, ".DS_Store": 6148, "Thumbs.db": 5 },
      { name: `sea in ${kind}`, seed: kind },
    );
    const added = await makeFile(join(temporary.path, `added in ${kind}.txt`), 1000, kind);
    const sending = await sender().open(server.url, { prepare: noteCopies });
    const input = (await sending.find("folder-input")) as unknown as ElementHandle<HTMLInputElement>;
    await chooseFolder(sending.browser, input, tree.directory);
    await waitForText(sending, "draft-name", `sea in ${kind}`);
    await waitForText(sending, "draft-content", "70 KB in 3 files");
    await waitForText(sending, "left-out-summary", "2 system files are left out");
    expect(new URL(sending.page.url()).hash).toBe("");

    await pickInto(sending, "add-file-input", added.path);
    await waitForText(sending, "draft-name", `added in ${kind}.txt and 1 more`);
    await sending.clickInFile(`sea in ${kind}/deep/c.bin`, '[data-test="take-out"]');
    await waitForText(sending, "draft-content", "71 KB in 3 files");
    await sending.click("take-in");
    await waitForText(sending, "draft-content", "77.2 KB in 5 files");
    await sending.click("rename");
    await sending.page.keyboard.type("Ocean");
    await sending.page.keyboard.press("Enter");
    await waitForText(sending, "draft-name", "Ocean");
    await waitForText(sending, "draft-state", /^Ready/);
    await sending.click("add-note");
    await sending.page.keyboard.type(`From ${kind}`);

    await press(sending, "copy-link");
    await waitForText(sending, "done", "Link copied.");
    await waitForText(sending, "share-name", "Ocean");
    const [copied] = await sending.page.evaluate(() => (window as unknown as { copies: string[] }).copies);
    // The page's own field follows with the next update.
    await waitFor(async () => (await sending.shareLink()) === copied, {
      describe: async () => `the copied link ${copied} on the page, which shows ${await sending.shareLink()}`,
    });

    const receiving = await receiver().open(copied!);
    await waitForText(receiving, "share-name", "Ocean");
    await receiving.download();
    await receiving.waitUntilComplete();
    await waitForText(receiving, "note", `From ${kind}`);
    expect((await receiving.files()).map(({ path }) => path.join("/")).sort()).toEqual(
      [
        `added in ${kind}.txt`,
        ...[".DS_Store", "Thumbs.db", "a.txt", "deep/b.bin"].map((path) => `sea in ${kind}/${path}`),
      ].sort(),
    );
    // Those that the draft was before it was changed are gone.
    const shares = (await sending.snapshot())!.shares.filter(({ fromFiles }) => fromFiles);
    expect(shares).toHaveLength(1);
    await Promise.all([sending.close(), receiving.close(), tree.remove()]);
  });

  it("a share is another tab's too once that has opened it, and is listed there when the tab of its draft is gone", async () => {
    const { path } = await makeFile(join(temporary.path, `twice in ${kind}.bin`), 5000, kind);
    const address = ownOrigin(server.url);
    const drafting = await sender().open(address);
    const other = await sender().open(address);
    const shares = async () => (await other.snapshot())?.shares ?? [];
    const draw = async () => {
      await drafting.pickFiles(path);
      await waitForText(drafting, "draft-state", /^Ready/);
      await waitFor(async () => (await shares()).length === 1, {
        describe: "the draft's share in the other tab",
      });
    };
    await draw();
    await other.find("empty");
    await drafting.click("discard");
    await waitFor(async () => (await shares()).length === 0, { describe: "the draft's share gone" });

    await draw();
    const { link } = (await shares())[0]!;
    await other.openAddress(`${address}${new URL(link).hash}`);
    await waitForText(other, "share-name", `twice in ${kind}.bin`);
    await waitFor(async () => (await shares())[0]?.kept === true, { describe: "the share of both" });
    await drafting.click("discard");
    // Earlier commands have been carried out when the next one is answered.
    await drafting.pickFiles(path);
    await waitForText(drafting, "draft-state", /already/);
    expect(await shares()).toHaveLength(1);

    await drafting.page.goto(address);
    await drafting.pickFiles((await makeFile(join(temporary.path, `left in ${kind}.bin`), 5000, kind)).path);
    await waitForText(drafting, "draft-state", /^Ready/);
    await drafting.close();
    await waitFor(async () => (await shares()).filter(({ kept }) => kept).length === 2, {
      describe: "both shares listed, as the tab of the draft is gone",
    });
    await other.close();
  });

  it("a pasted text is shared as a note, byte for byte", async () => {
    const text = `Milk for ${kind},\n  eggs – and “bread” 🐟\n`;
    const sending = await sender().open(server.url);
    await sending.find("drop-area");
    await pasteText(sending, text);
    await sending.find("text-dialog");
    await sending.click("share-text");
    const receiving = await receiver().open(await sending.shareLink());
    await receiving.download();
    await receiving.waitUntilComplete();
    const name = `Milk for ${kind}, eggs and bread 🐟.txt`;
    const bytes = Buffer.from(text);
    expect(await readFile(await receiving.save(receiver().downloads, name, bytes.length))).toEqual(bytes);
    await Promise.all([sending.close(), receiving.close()]);
  });

  it("typed words are no link: they are offered to be shared, and asking costs nothing", async () => {
    const page = await sender().open(server.url);
    await page.openLink("fish and chips");
    await page.find("text-dialog");
    expect(
      await page.page.$eval('>>> [data-test="text-name"]', (field) => (field as HTMLInputElement).value),
    ).toBe("fish and chips");
    await page.page.keyboard.press("Escape");
    await waitFor(async () => (await page.text("text-dialog")) === null, { describe: "the dialog to close" });
    expect(await page.text("draft-name")).toBeNull();
    await page.close();
  });

  it("files that a share waits for are given to it, and what is not the same is said", async () => {
    const tree = await makeTree(
      { "a.bin": 3000, "b.bin": 3000 },
      { name: `waiting in ${kind}`, seed: `w ${kind}` },
    );
    const origin = ownOrigin(server.url);
    const page = await sender().open(origin);
    const link = await page.shareFolder(tree.directory);
    await page.close();
    await writeFile(join(tree.directory, "b.bin"), "b is not what it was");
    await writeFile(join(tree.directory, "c.txt"), "c is new");

    const back = await sender().open(origin);
    await waitFor(async () => (await back.share())?.needsFiles, {
      describe: "the share to wait for its files",
    });
    const input = (await back.find("folder-input")) as unknown as ElementHandle<HTMLInputElement>;
    await chooseFolder(back.browser, input, tree.directory);
    await waitForText(
      back,
      "difference",
      "1 of 2 files is the same; “b.bin” has another size than what was shared; “c.txt” is not in it.",
    );
    await back.click("give");
    expect(await back.shareLink()).toBe(link);
    await waitForText(back, "given", /“b\.bin” is not what was shared.*“c\.txt” is not part of this share/);
    await waitFor(
      async () => (await back.snapshot())!.shares.filter(({ fromFiles }) => fromFiles).length === 1,
      {
        describe: "no other share of the files",
      },
    );
    await back.close();
    await tree.remove();
  });

  it("several .torrent files are opened, a bad one is named, and they can be sent as files instead", async () => {
    const page = await sender().open(ownOrigin(server.url));
    const paths = await Promise.all(
      ["one", "two", "bad"].map(async (name) => {
        const path = join(temporary.path, `${name} in ${kind}.torrent`);
        const info = { name, "piece length": 65_536, pieces: new Uint8Array(20), length: 10 };
        await writeFile(path, name === "bad" ? "<!doctype html>" : encodeBencode({ info }));
        return path;
      }),
    );
    // Else it is not known which of them were here before.
    await waitFor(() => page.snapshot(), { describe: "what is here" });
    await page.pickFiles(...paths);
    await waitForText(
      page,
      "error",
      new RegExp(`^2 torrents were opened\\. “bad in ${kind}\\.torrent” was not: This`),
    );
    const names = async () => (await page.snapshot())!.shares.map(({ name }) => name).sort();
    await waitFor(async () => (await names()).join() === "one,two", { describe: "both in the list" });
    await page.click("notice-action");
    await waitForText(page, "draft-name", `bad in ${kind}.torrent and 2 more`);
    await waitFor(async () => !/one,|two$/.test((await names()).join()), {
      describe: "both to be gone again",
    });
    await page.click("discard");
    await page.find("drop-area");
    await page.close();
  });
});
