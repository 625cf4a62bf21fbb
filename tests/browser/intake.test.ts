/** What people drop, pick and paste: nothing is lost in silence, whatever it is called, and it arrives as it was. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ElementHandle } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeClient } from "../../app/page/node-client.ts";
import { type BrowserKind, browserKinds } from "../support/browsers.ts";
import { dropPaths, pickFolder } from "../support/drops.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { makeOddFolder, type OddFolder } from "../support/odd-folder.ts";
import { People, type Person } from "../support/people.ts";
import { privilegedFirefox } from "../support/privileged-firefox.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let persons: Record<BrowserKind, Person>;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("intake");
  people = await People.gather();
  const [chromium, firefox] = await people.join(["chromium", "firefox"], privilegedFirefox);
  persons = { chromium: chromium!, firefox: firefox! };
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

type HashedFile = readonly [path: string, sha256: string];

/** SHA-256 of every file of the shown share, by its path, read from what this browser has of it. */
async function hashesOf(shown: ShoalPage): Promise<HashedFile[]> {
  const { id } = (await shown.share())!;
  const hashes = await shown.page.evaluate(async (share) => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    const { files } = await node.call("files", { id: share });
    const toHex = (byte: number) => byte.toString(16).padStart(2, "0");
    return Promise.all(
      files.map(async ({ path }, file): Promise<HashedFile> => {
        const { blob } = await node.call("blob", { id: share, file });
        const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
        return [path.join("/"), Array.from(new Uint8Array(hash), toHex).join("")];
      }),
    );
  }, id);
  return sorted(hashes);
}

function sorted(files: Iterable<HashedFile>): HashedFile[] {
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What a share of the dropped folder holds: a pipe is an empty file in Chromium, and is not seen in Firefox. */
function droppedFiles(odd: OddFolder, kind: BrowserKind): HashedFile[] {
  const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const pipes = kind === "chromium" ? odd.pipes : [];
  return sorted([...odd.files, ...pipes.map((path): HashedFile => [path, nothing])]);
}

/** The same of the picked folder. Firefox then gives what has no name, too. */
function pickedFiles(odd: OddFolder, kind: BrowserKind): HashedFile[] {
  const { files, inFolder } = odd.unnamed;
  const unnamed = kind === "chromium" ? [] : [...files, inFolder];
  return sorted([...droppedFiles(odd, kind), ...unnamed]);
}

describe.each(browserKinds)("in %s", (kind) => {
  const system = (odd: OddFolder) => `${odd.systemFiles.length} system files`;
  let sender: Person;
  let receiver: Person;
  let odd: OddFolder;
  let sending: ShoalPage;
  let link: string;

  beforeAll(async () => {
    odd = makeOddFolder(temporary.path, `odd in ${kind}`);
    sender = persons[kind];
    receiver = persons[kind === "chromium" ? "firefox" : "chromium"];
    sending = await sender.open(server.url);
  });

  afterAll(() => sending?.close());

  async function drop(...paths: string[]): Promise<void> {
    await sending.openAddress(server.url);
    await sending.find("file-input");
    await dropPaths(sender.browser, sending.page, paths);
  }

  /** A notice as it reads once a share is shown. */
  async function said(words: string): Promise<void> {
    let notice: string | null;
    await waitFor(
      async () => {
        notice = await sending.text("done");
        return notice === words;
      },
      { describe: () => Promise.resolve(`“${words}” instead of “${notice}”`) },
    );
  }

  it("an odd folder that is dropped is shared whole, and what is left out of it is said", async () => {
    await drop(odd.directory);
    link = await sending.shareLink();
    const unnamed =
      kind === "chromium"
        ? `${odd.unnamed.files.size + 1} entries whose names cannot be read`
        : "1 entry whose name cannot be read";
    await said(`Left out: ${system(odd)} · ${unnamed} · 1 empty folder.`);
    expect((await sending.files()).toSorted()).toEqual(droppedFiles(odd, kind).map(([path]) => path));
  });

  it("every file of it arrives as it was", async () => {
    const receiving = await receiver.open(link);
    await receiving.download();
    await receiving.waitUntilComplete();
    expect(await hashesOf(receiving)).toEqual(droppedFiles(odd, kind));
    await receiving.close();
  });

  it("picked as a folder, it is the same share, but for what only one of the ways shows", async () => {
    await sending.openAddress(server.url);
    const input = (await sending.find("folder-input")) as unknown as ElementHandle<HTMLInputElement>;
    await pickFolder(sender.browser, sending.page, input, odd.directory);
    const picked = await sending.shareLink();
    // An input tells no empty folders.
    await said(`Left out: ${system(odd)}.`);
    expect((await sending.files()).toSorted()).toEqual(pickedFiles(odd, kind).map(([path]) => path));
    expect(picked === link).toBe(pickedFiles(odd, kind).length === droppedFiles(odd, kind).length);
  });

  it("files and folders of one name are numbered, and a system file by itself is shared", async () => {
    const folder = join(temporary.path, `loose in ${kind}`);
    const paths = ["1/image.jpg", "2/image.jpg", "3/sea/fish", "4/sea/fish", "desktop.ini"];
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${kind}/${path}`);
    }
    await drop(...["1/image.jpg", "2/image.jpg", "3/sea", "4/sea"].map((path) => join(folder, path)));
    await sending.shareLink();
    const shared = (await sending.files()).toSorted();
    expect(shared).toEqual(["image (1).jpg", "image.jpg", "sea (1)/fish", "sea/fish"]);
    await drop(join(folder, "desktop.ini"));
    await sending.shareLink();
    expect(await sending.files()).toEqual(["desktop.ini"]);
  });

  it("a pasted image has a name of its own", async () => {
    await sending.openAddress(server.url);
    await sending.find("file-input");
    await sending.page.evaluate((content) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([content], "image.png", { type: "image/png" }));
      const paste = new Event("paste", { bubbles: true, cancelable: true, composed: true });
      document.body.dispatchEvent(Object.defineProperty(paste, "clipboardData", { value: clipboardData }));
    }, kind);
    await sending.shareLink();
    const { name } = (await sending.share())!;
    expect(name).toMatch(/^Pasted image \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
  });
});

it("nothing is said on any console", () => {
  expect(people.errors).toEqual([]);
});
