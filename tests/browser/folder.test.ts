/** A folder from one browser to another: awkward names and sizes, saved as a zip, into a folder, file by file. */
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeClient } from "../../app/page/node-client.ts";
import { type BrowserKind, browserKinds } from "../support/browsers.ts";
import { waitForDownload } from "../support/downloads.ts";
import {
  compareTrees,
  makeTree,
  sha256OfFile,
  type TemporaryDirectory,
  type TestTree,
  temporaryDirectory,
} from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { unzip, zipTimes } from "../support/unzip.ts";
import { waitFor } from "../support/wait.ts";

const piece = 65_536;
const sizes: Record<string, number> = {
  "one piece.bin": piece,
  "one piece and a byte.bin": piece + 1,
  "one byte short.bin": piece - 1,
  "one byte": 1,
  "nothing.txt": 0,
  "deep/er/and/deeper still/three pieces.bin": 3 * piece,
  "deep/nothing here either": 0,
  "Ünïcodé/日本語/файл.txt": 12_345,
  "emoji 👩‍👩‍👧‍👦/🦈🐟.bin": 1_500_000,
  "quotes ' and & percent %20.txt": 17,
};

/** What the sender tells. Its second line is made to look like a picture's name. */
const note = "Grüße vom Meer 🐟 https://sea.example/\n\u202egpj.exe";

/** When each file was last changed, in milliseconds since 1970: each a day and two seconds after the one before. */
const times = new Map(
  Object.keys(sizes).map((path, at) => [path, Date.UTC(2001, 1, 1 + at, 20, 30, 2 * at)] as const),
);

/** Each receiver's folder has a name of its own, so that the swarms are two. */
function folderFor(kind: BrowserKind): string {
  return `Größe 🐟 for ${kind}`;
}

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("folder");
  people = await People.gather();
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

/** Pickers answer with the page's own private file system, which has the same handles as the person's disk. */
function answerPickers(): void {
  const root = () => navigator.storage.getDirectory();
  Object.defineProperty(window, "showDirectoryPicker", { value: root });
  Object.defineProperty(window, "showSaveFilePicker", {
    value: async ({ suggestedName }: { suggestedName: string }) =>
      (await root()).getFileHandle(suggestedName, { create: true }),
  });
}

/** What is in the page's private file system, by path with slashes. */
async function readPrivateFiles({ page }: ShoalPage): Promise<Map<string, Buffer>> {
  const files = await page.evaluate(async () => {
    const found: Record<string, string> = {};
    const walk = async (directory: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
      for await (const [name, handle] of directory.entries()) {
        if (handle instanceof FileSystemDirectoryHandle) {
          await walk(handle, `${prefix}${name}/`);
          continue;
        }
        const file = await (handle as FileSystemFileHandle).getFile();
        // Fails while the file is being replaced: whoever waits looks again.
        const url = await new Promise<string>((resolve, reject) => {
          const reader = new FileReader();
          reader.onload = () => resolve(String(reader.result));
          reader.onerror = () => reject(reader.error);
          reader.readAsDataURL(file);
        });
        // An empty file's has no comma.
        found[prefix + name] = url.split(",")[1] ?? "";
      }
    };
    await walk(await navigator.storage.getDirectory(), "");
    return found;
  });
  return new Map(Object.entries(files).map(([path, base64]) => [path, Buffer.from(base64, "base64")]));
}

/** Writes the note of the share that the page shows, and returns the link that commits to it. */
function writeNote({ page }: ShoalPage, id: string): Promise<string> {
  return page.evaluate(
    async (share, text) => {
      const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
      return (await node.call("setNote", { id: share, note: text })).link;
    },
    id,
    note,
  );
}

async function writeFiles(files: Iterable<[string, Buffer]>, directory: string): Promise<void> {
  for (const [path, bytes] of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}

/** In both directions: whoever sends is of the other kind than who receives. */
describe.each(browserKinds)("received by %s", (kind) => {
  const folder = folderFor(kind);
  let receiver: Person;
  let tree: TestTree;
  let link: string;
  let receiving: ShoalPage;

  beforeAll(async () => {
    tree = await makeTree(sizes, { name: folder });
    for (const [path, time] of times) await utimes(join(tree.directory, path), time / 1000, time / 1000);
    const [sender, person] = await people.join([kind === "chromium" ? "firefox" : "chromium", kind]);
    receiver = person!;
    const sending = await sender!.open(server.url);
    await sending.shareFolder(tree.directory);
    link = await writeNote(sending, (await sending.share())!.id);
    receiving = await receiver.open(link);
  });

  afterAll(() => tree?.remove());

  it("arrives whole as a zip", async () => {
    await receiving.download();
    const share = await receiving.waitUntilComplete();
    expect(share).toMatchObject({ name: folder, fileCount: tree.files.size, singleFile: false });
    expect(await receiving.text("share-size")).toBe("1.91 MB in 10 files");
    const unpacked = join(temporary.path, kind);
    await receiving.find("note");
    const archive = await receiving.save(receiver.downloads, `${folder}.zip`);
    await unzip(archive, unpacked);
    expect(await compareTrees(tree.directory, join(unpacked, folder))).toEqual([]);
    expect(await zipTimes(archive)).toEqual(
      new Map([...times].map(([path, time]) => [`${folder}/${path}`, time])),
    );
  });

  it("comes with the sender's note and times, which nobody else could have written", async () => {
    const shown = await receiving.find("note");
    expect(await shown.evaluate(({ textContent }) => textContent)).toBe(note.replace("\u202e", "\ufffd"));
    expect(await shown.evaluate((element) => element.querySelectorAll("a").length)).toBe(0);
    const row = await receiving.page.waitForSelector('>>> [data-test="file"][data-path="one byte"] .label');
    expect(await row!.evaluate((label) => (label as HTMLElement).title)).toMatch(/^Last changed .* 2001, /);
  });

  it("has a file list that programs can read, and that agrees with the files", async () => {
    await receiving.click("manifest");
    const saved = await waitForDownload(receiver.downloads, `${folder}.json`);
    const manifest = JSON.parse(await readFile(saved, "utf8"));
    expect(manifest).toMatchObject({ name: folder, note, fileCount: tree.files.size });
    const { files } = manifest as {
      files: { path: string[]; length: number; modified: string; piecesRoot: string | null }[];
    };
    const listed = new Map(files.map((file) => [file.path.join("/"), file]));
    expect([...listed.keys()].sort()).toEqual([...tree.files.keys()].sort());
    for (const [path, { bytes, sha256 }] of tree.files) {
      const { length, modified, piecesRoot } = listed.get(path)!;
      expect([path, length, Date.parse(modified)]).toEqual([path, bytes, times.get(path)]);
      // The root of a file that is no longer than a block is its SHA-256. BEP 52.
      if (bytes <= 16_384) expect([path, piecesRoot]).toEqual([path, bytes === 0 ? null : sha256]);
    }
  });

  it("gives a single file of it", async () => {
    const path = "emoji 👩‍👩‍👧‍👦/🦈🐟.bin";
    const wanted = tree.files.get(path)!;
    const saved = await receiving.saveFile(path, receiver.downloads, wanted.bytes);
    expect(await sha256OfFile(saved)).toBe(wanted.sha256);
  });

  // Only Chromium has pickers.
  if (kind !== "chromium") return;

  it("writes a file where the person chose", async () => {
    const picking = await receiver.open(link, { prepare: answerPickers });
    const path = "one piece and a byte.bin";
    await picking.clickInFile(path, '[data-test="save-file"]');
    const wanted = tree.files.get(path)!;
    const bytes = await waitFor(
      async () => {
        const found = (await readPrivateFiles(picking)).get(path);
        return found?.length === wanted.bytes ? found : undefined;
      },
      { describe: path },
    );
    const saved = join(temporary.path, "picked.bin");
    await writeFile(saved, bytes);
    expect(await sha256OfFile(saved)).toBe(wanted.sha256);
    await picking.close();
  });

  // Only Chromium has pickers.
  if (kind !== "chromium") return;

  it("writes all below the folder that the person chose", async () => {
    const picking = await receiver.open(link, { prepare: answerPickers });
    await picking.click("save-folder");
    const sizeOf = (path: string) => sizes[path.slice(folder.length + 1)];
    // A file has its size from the moment that it is whole.
    const written = await waitFor(
      async () => {
        const found = [...(await readPrivateFiles(picking))].filter(([path]) =>
          path.startsWith(`${folder}/`),
        );
        const isWhole = found.every(([path, bytes]) => bytes.length === sizeOf(path));
        return found.length === tree.files.size && isWhole ? found : undefined;
      },
      { describe: "every file" },
    );
    const directory = join(temporary.path, "directory");
    await writeFiles(written, directory);
    expect(await compareTrees(tree.directory, join(directory, folder))).toEqual([]);
    await picking.close();
  });
});

describe.each(browserKinds)("loose files, received by %s", (kind) => {
  it("have the name of the first of them, and the page counts the others", async () => {
    const first = `a for ${kind}.bin`;
    const tree = await makeTree({ "c.bin": 1_000, "b.bin": 1_000, [first]: 70_000 });
    const [sender, receiver] = await people.join([kind === "chromium" ? "firefox" : "chromium", kind]);
    try {
      const sending = await sender!.open(server.url);
      const link = await sending.shareFiles(...[...tree.files.values()].map(({ path }) => path));
      expect(await sending.text("share-name")).toBe(`${first} and 2 more`);
      const receiving = await receiver!.open(link);
      await receiving.download();
      const share = await receiving.waitUntilComplete();
      expect(share).toMatchObject({ name: first, fileCount: 3, singleFile: false, otherEntries: 2 });
      expect(await receiving.text("share-name")).toBe(`${first} and 2 more`);
      const unpacked = join(temporary.path, `loose in ${kind}`);
      await unzip(await receiving.save(receiver!.downloads, `${first}.zip`), unpacked);
      expect(await compareTrees(tree.directory, join(unpacked, first))).toEqual([]);
      await Promise.all([sending.close(), receiving.close()]);
    } finally {
      await tree.remove();
    }
  });
});

it("nothing is said on any console", () => {
  expect(people.errors).toEqual([]);
});
