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
  const paths = (await shown.files()).map(({ path }) => path.join("/"));
  const hashes = await shown.page.evaluate(
    async (share, count) => {
      const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
      const toHex = (byte: number) => byte.toString(16).padStart(2, "0");
      const hash = async (file: number) => {
        const { blob } = await node.call("blob", { id: share, file });
        const bytes = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
        return Array.from(new Uint8Array(bytes), toHex).join("");
      };
      return Promise.all(Array.from({ length: count }, (_, file) => hash(file)));
    },
    id,
    paths.length,
  );
  return sorted(paths.map((path, file): HashedFile => [path, hashes[file]!]));
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

  const paths = async () => (await sending.files()).map(({ path }) => path.join("/")).toSorted();

  /** What the review says is left out: its title, and each that is no system file with its reason. */
  async function leftOut(): Promise<{ title: string; entries: string[] }> {
    await sending.find("left-out");
    const rows = await sending.page.$$('>>> [data-test="left-out-entry"]');
    const words = await Promise.all(rows.map((row) => row.evaluate(({ textContent }) => textContent ?? "")));
    const entries = words.map((text) => text.replace(/\s+/g, " ").trim()).toSorted();
    return { title: (await sending.text("left-out-summary"))!, entries };
  }

  it("an odd folder that is dropped is shared whole, and what is left out of it is said", async () => {
    await drop(odd.directory);
    const unnamed = " has a name that this browser cannot read";
    // Firefox shows the folder only, with as much of its name as is text.
    const entries =
      kind === "chromium"
        ? Array.from({ length: odd.unnamed.files.size + 1 }, () => `\uFFFD${unnamed}`)
        : [`${odd.unnamed.inFolder[0].split("/")[0]}${unnamed}`];
    expect(await leftOut()).toEqual({
      title: `${odd.systemFiles.length + entries.length + 1} things are left out`,
      entries: [...entries, "empty folder/inner is an empty folder, and only files are shared"].toSorted(),
    });
    link = await sending.shareLink();
    expect(await paths()).toEqual(droppedFiles(odd, kind).map(([path]) => path));
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
    // An input tells no empty folders.
    expect(await leftOut()).toEqual({
      title: `${odd.systemFiles.length} system files are left out`,
      entries: [],
    });
    const picked = await sending.shareLink();
    expect(await paths()).toEqual(pickedFiles(odd, kind).map(([path]) => path));
    expect(picked === link).toBe(pickedFiles(odd, kind).length === droppedFiles(odd, kind).length);
  });

  it("files and folders of one name are numbered, and a system file by itself is shared", async () => {
    const folder = join(temporary.path, `loose in ${kind}`);
    for (const path of ["1/image.jpg", "2/image.jpg", "3/sea/fish", "4/sea/fish", "desktop.ini"]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${kind}/${path}`);
    }
    await drop(...["1/image.jpg", "2/image.jpg", "3/sea", "4/sea"].map((path) => join(folder, path)));
    await sending.shareLink();
    expect(await paths()).toEqual(["image (1).jpg", "image.jpg", "sea (1)/fish", "sea/fish"]);
    await drop(join(folder, "desktop.ini"));
    await sending.shareLink();
    expect(await paths()).toEqual(["desktop.ini"]);
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
