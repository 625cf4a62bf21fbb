/** Links as people have them, pasted and opened as addresses; what their address then says; and a page without TLS. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShareSnapshot } from "../../app/bridge/commands.ts";
import { type BrowserKind, browserKinds, launchBrowser } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { expectedOf, type LinkCase, linkCases, magnetHash, shareHash } from "../support/link-cases.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let chromium: Person;
let firefox: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("links");
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

const personOf = (kind: BrowserKind) => (kind === "chromium" ? chromium : firefox);
const shareId = Buffer.from(shareHash, "base64url").toString("hex");
const name = (page: ShoalPage) => page.text("share-name");

/** The sentence by which each error that a case must give begins. */
const sentences: Readonly<Record<string, string>> = {
  "link/torrent-address": "This is the address of a .torrent file on another site",
  "link/hash-length": "The hash in this link is damaged: it has 39 characters instead of 40.",
};

async function waitForError(page: ShoalPage, start: string): Promise<void> {
  await waitFor(async () => (await page.text("error"))?.startsWith(start), {
    describe: async () => `“${start}”; the page says ${await page.text("error")}`,
  });
}

/** Pastes a case's text into the field on the home screen, and looks at what comes of it. */
async function tryCase(page: ShoalPage, { text, gives }: LinkCase): Promise<void> {
  const expected = expectedOf(gives);
  await page.pasteLink(text);
  if (expected === "link/not-a-link") {
    expect(await (await page.find("text-field")).evaluate((field) => Reflect.get(field, "value"))).toBe(text);
    await page.click("close");
    return;
  }
  if (typeof expected === "string") {
    await waitForError(page, sentences[expected]!);
    await page.click("dismiss");
    return;
  }
  await page.find("share-name");
  // For a moment the tab may still know the same torrent as another case opened it.
  const isRead = ({ id, name, trackers }: ShareSnapshot) => {
    const urls = trackers.map(({ url }) => url);
    const wanted = [
      ...(expected.trackers ?? []),
      ...(expected.origin ? [`${expected.origin.replace("http", "ws")}/announce`] : []),
    ];
    return (
      id === (expected.infoHashV2 ? shareId : magnetHash) &&
      wanted.every((url) => urls.includes(url)) &&
      (expected.origin !== null || urls.join() === server.tracker) &&
      (expected.name === undefined || name === expected.name)
    );
  };
  await page.waitForShare(isRead, { describe: text });
  if (expected.select) expect(new URL(page.page.url()).hash).toContain(`so=${expected.select.join()}`);
  await page.openAddress(server.url);
  await page.find("link-field");
}

describe.each(browserKinds)("links in %s", (kind) => {
  it("lead where they should, as chats, mails and other apps hand them over", async () => {
    const page = await personOf(kind).open(server.url);
    for (const linkCase of linkCases) await tryCase(page, linkCase);
    await page.close();
  });

  it("that a mail has wrapped can be pasted with real keys, into the field and beside it", async () => {
    const page = await personOf(kind).open(server.url);
    const link = `Here: ${server.url}#s-${shareHash.slice(0, 20)}\n> ${shareHash.slice(20)}\nsee you`;
    const copy = async () => {
      await page.page.evaluate((text) => {
        const area = document.createElement("textarea");
        area.value = text;
        document.body.append(area);
        area.select();
      }, link);
      await page.page.keyboard.down("Control");
      await page.page.keyboard.press("KeyC");
      await page.page.keyboard.up("Control");
      await page.page.evaluate(() => document.querySelector("textarea")!.remove());
    };
    const paste = async () => {
      await page.page.keyboard.down("Control");
      await page.page.keyboard.press("KeyV");
      await page.page.keyboard.up("Control");
    };
    await copy();
    await (await page.find("link-field")).focus();
    await paste();
    await page.page.keyboard.press("Enter");
    await page.find("share-name");
    expect((await page.share())?.id).toBe(shareId);
    await page.openAddress(server.url);
    await page.find("drop-area");
    await paste();
    await page.find("share-name");
    expect((await page.share())?.id).toBe(shareId);
    await page.close();
  });

  it("open at every path that apps make of them, and the address is put right", async () => {
    const page = await personOf(kind).open(server.url);
    // Each leads to a share of its own: what another tab knows of one is no part of this.
    const paths = [
      [`%23s-${shareHash}&dn=fish.jpg`, `#s-${shareHash}&dn=fish.jpg`],
      [`s-${shareHash}/`, `#s-${shareHash}`],
      [`share/s-${shareHash}?utm_source=chat`, `#s-${shareHash}`],
      [`index.html#s-${shareHash}`, `#s-${shareHash}`],
      [`%23magnet:?xt=urn:btih:${magnetHash}`, `#magnet:?xt=urn:btih:${magnetHash}`],
      [`magnet:?xt=urn:btih:${magnetHash}&dn=film.mkv`, `#magnet:?xt=urn:btih:${magnetHash}&dn=film.mkv`],
    ].map((pair, at) => pair.map((text) => text!.replace("AbCd", `000${at}`).replace("0123", `000${at}`)));
    for (const [path = "", fragment = ""] of paths) {
      await page.page.goto(server.url + path);
      await page.find("share-name");
      await waitFor(async () => page.page.url() === server.url + fragment, {
        describe: () => `${fragment} for ${path}; the address is ${page.page.url()}`,
      });
    }
    expect(await name(page)).toBe("film.mkv");
    await page.page.goto(`${server.url}nothing/here`);
    await waitForError(page, "There is nothing at this address");
    expect(page.page.url()).toBe(server.url);
    await page.find("drop-area");
    await page.close();
  });

  it("carry the name in the address, the field, the QR code and the sheet, unless a tab says no", async () => {
    const file = await makeFile(join(temporary.path, `my fish (${kind}).bin`), 1000, kind);
    const address = ownOrigin(server.url);
    const prepare = () => {
      Object.assign(navigator, {
        share: async ({ url }: ShareData) => void Reflect.set(window, "shared", url),
      });
    };
    const page = await personOf(kind).open(address, { prepare });
    const whole = await page.shareFiles(file.path);
    const name = `&dn=my%20fish%20%28${kind}%29.bin`;
    const bare = whole.replace(name, "");
    expect(whole.split(name)).toHaveLength(2);
    const everywhere = async () => {
      await page.click("native-share");
      await page.click("qr");
      const dialog = await page.page.waitForSelector(">>> shoal-qr-dialog");
      const code = await dialog!.evaluate((element) => Reflect.get(element, "link") as string);
      await page.click("close");
      const shared = await page.page.evaluate(() => Reflect.get(window, "shared") as string);
      return [page.page.url(), await page.shareLink(), code, shared];
    };
    expect(new Set(await everywhere())).toEqual(new Set([whole]));
    const other = await personOf(kind).open(bare);
    await waitFor(async () => other.page.url() === whole, {
      describe: "the name in the other tab's address",
    });
    await other.click("name-in-link");
    await waitFor(async () => page.page.url() === bare, { describe: "the address without the name" });
    expect(new Set(await everywhere())).toEqual(new Set([bare]));
    expect(other.page.url()).toBe(bare);
    await other.page.reload();
    await other.find("share-link");
    expect(await other.shareLink()).toBe(bare);
    await Promise.all([page.close(), other.close()]);
  });
});

describe.each(browserKinds)("a page without TLS in %s", (kind) => {
  it("says what is missing before anything is picked, and leaves no error uncaught", async () => {
    const browser = await launchBrowser(kind, {
      args: kind === "chromium" ? ["--host-resolver-rules=MAP shoal.test 127.0.0.1"] : [],
      preferences: { "network.dns.localDomains": "shoal.test" },
    });
    const address = new URL(server.url);
    address.hostname = "shoal.test";
    const page = await ShoalPage.open(browser, address.href);
    const sentence = `Browsers let Shoal work only on secure pages, and ${address.host} is not one.`;
    await waitFor(async () => (await page.text("fault"))?.startsWith(sentence), { describe: "the sentence" });
    expect(await page.page.evaluate(() => isSecureContext)).toBe(false);
    const file = await makeFile(join(temporary.path, `insecure ${kind}.bin`), 1000, kind);
    await page.pickFiles(file.path);
    await waitForError(page, sentence);
    await page.click("dismiss");
    await page.pasteLink(`#s-${shareHash}`);
    await waitForError(page, sentence);
    await page.openAddress(`${address.href}#s-${shareHash}`);
    await waitForError(page, sentence);
    await page.page.reload();
    await waitForError(page, sentence);
    // Chromium's own remark on such a page is no error of the page's.
    expect(browser.errors.filter((error) => !/Cross-Origin-Opener-Policy/.test(error))).toEqual([]);
    await browser.close();
  });
});
