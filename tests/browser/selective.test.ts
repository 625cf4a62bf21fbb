/** Downloading only some files of a share, chosen by the checkboxes of the file tree, and more of them later. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds } from "../support/browsers.ts";
import {
  makeTree,
  sha256OfTree,
  type TemporaryDirectory,
  type TestTree,
  temporaryDirectory,
} from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { unzip } from "../support/unzip.ts";
import { waitFor } from "../support/wait.ts";

const sizes = {
  "letters/a.bin": 700_001,
  "letters/b.bin": 300_000,
  "letters/more/c.bin": 65_536,
  "numbers/1.bin": 900_000,
  "numbers/2.bin": 12,
  "top.bin": 200_000,
};
const all = Object.keys(sizes) as (keyof typeof sizes)[];
const allBytes = Object.values(sizes).reduce((sum, size) => sum + size);

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let tree: TestTree;
let sender: Person;
let link: string;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("selective");
  people = await People.gather();
  tree = await makeTree(sizes, { name: "some of it" });
  [sender] = (await people.join(["chromium"])) as [Person];
  const sending = await sender.open(server.url);
  link = await sending.shareFolder(tree.directory);
});

afterAll(async () => {
  await people?.leave();
  await tree?.remove();
  await temporary?.remove();
  await server?.close();
});

/** The share's size on this device, file by file: "letters/a.bin 700001". */
async function stored(receiving: ShoalPage): Promise<string[]> {
  const files = await receiving.files();
  return files.flatMap(({ path, stored }) => (stored > 0 ? [`${path.join("/")} ${stored}`] : []));
}

function listed(paths: readonly (keyof typeof sizes)[]): string[] {
  return paths.map((path) => `${path} ${sizes[path]}`);
}

describe.each(browserKinds)("%s", (kind) => {
  it("fetches what is ticked, and more when more is ticked later", async () => {
    const [person] = (await people.join([kind])) as [Person];
    const receiving = await person.open(link);
    await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "the files" });

    await receiving.select([]);
    await waitFor(() => receiving.isDisabled("primary"), { describe: "nothing to download" });
    expect(await receiving.text("nothing-selected")).toBe("Select at least one file.");
    await receiving.select(all);

    // By the box of a folder and that of a file.
    await receiving.clickInFile("letters", "input");
    await receiving.clickInFile("numbers/1.bin", "input");
    const first = ["numbers/2.bin", "top.bin"] as const;
    await receiving.waitForShare(({ wantedBytes }) => wantedBytes === 200_012, { describe: "the selection" });
    await receiving.download();
    const some = await receiving.waitUntilComplete();
    expect(some).toMatchObject({ complete: false, storedBytes: 200_012, downloaded: 200_012 });
    expect(await stored(receiving)).toEqual(listed(first));

    const unpacked = join(temporary.path, kind);
    await unzip(await receiving.save(person.downloads, "some of it.zip"), unpacked);
    const saved = await sha256OfTree(join(unpacked, "some of it"));
    expect([...saved]).toEqual(first.map((path) => [path, tree.files.get(path)!.sha256]));

    await receiving.select(["letters/b.bin", ...first]);
    await receiving.waitForShare(({ phase, storedBytes }) => phase === "seeding" && storedBytes === 500_012, {
      describe: "one more file",
    });
    expect(await stored(receiving)).toEqual(listed(["letters/b.bin", ...first]));

    await receiving.select(all);
    const everything = await receiving.waitForShare(({ complete }) => complete, { describe: "all files" });
    expect(everything).toMatchObject({ storedBytes: allBytes, downloaded: allBytes });
    expect(await stored(receiving)).toEqual(listed(all));
    const file = tree.files.get("letters/a.bin")!;
    await receiving.saveFile("letters/a.bin", person.downloads, file.bytes);
    expect((await sha256OfTree(person.downloads)).get("a.bin")).toBe(file.sha256);
  });
});

/** The names of the rows that are drawn, and how many there are in all as a screen reader is told. */
function drawn({ page }: ShoalPage): Promise<{ names: string[]; total: number }> {
  return page.$$eval('>>> [role="listitem"]', (rows) => ({
    names: rows.map((row) => row.querySelector(".name")!.textContent!),
    total: Number(rows[0]?.ariaSetSize ?? 0),
  }));
}

describe.each(browserKinds)("a list of many files, in %s", (kind) => {
  it("is drawn where it is looked at; what is found there can be ticked, and all of it saved", async () => {
    const count = 160;
    const names = Array.from({ length: count }, (_, at) => `photo ${at + 1}.jpg`);
    const many = await makeTree(Object.fromEntries(names.map((name) => [name, 9])), { name: `for ${kind}` });
    try {
      const [person] = (await people.join([kind])) as [Person];
      const sending = await sender.open(server.url);
      const receiving = await person.open(await sending.shareFolder(many.directory));
      await receiving.find("file");
      const atFirst = await drawn(receiving);
      expect(atFirst.total).toBe(count);
      expect(atFirst.names.slice(0, 3)).toEqual(names.slice(0, 3));
      expect(atFirst.names.length).toBeLessThan(count);

      // Down to the last row, as who scrolls comes to it.
      await waitFor(
        async () => {
          await receiving.page.$$eval(">>> [data-chunk]", (chunks) => chunks.at(-1)!.scrollIntoView());
          return (await drawn(receiving)).names.includes(names.at(-1)!);
        },
        { describe: "the last row" },
      );
      expect((await drawn(receiving)).names.length).toBeLessThan(count);

      const field = await receiving.find("find-file");
      await field.type("PHOTO 16");
      await waitFor(async () => (await drawn(receiving)).total === 2, { describe: "what was found" });
      expect((await drawn(receiving)).names).toEqual(["photo 16.jpg", "photo 160.jpg"]);
      await receiving.clickInFile("photo 16.jpg", "input");
      expect(await receiving.text("files-summary")).toMatch(/^159 files of 160 selected/);
      await receiving.waitForShare(({ wantedBytes }) => wantedBytes === 9 * 159, { describe: "the tick" });

      await receiving.download();
      await receiving.waitUntilComplete();
      const unpacked = join(temporary.path, `many in ${kind}`);
      await unzip(await receiving.save(person.downloads, `for ${kind}.zip`), unpacked);
      const saved = await sha256OfTree(join(unpacked, `for ${kind}`));
      const wanted = [...many.files].filter(([path]) => path !== "photo 16.jpg");
      expect(saved).toEqual(new Map(wanted.map(([path, { sha256 }]) => [path, sha256])));
      await Promise.all([sending.close(), receiving.close()]);
    } finally {
      await many.remove();
    }
  });
});

it("nothing is said on any console", () => {
  expect(people.errors).toEqual([]);
});
