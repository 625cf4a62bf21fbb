/** Bad links, bad .torrent files, and files that change or vanish while they are shared: a plain sentence each. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BencodeInput, encodeBencode } from "../../app/engine/content/bencode.ts";
import { browserKinds } from "../support/browsers.ts";
import {
  makeFile,
  makeTree,
  sha256OfFile,
  type TemporaryDirectory,
  temporaryDirectory,
} from "../support/files.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let chromium: Person;
let firefox: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("bad-input");
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

async function waitForWords(page: ShoalPage, place: string, sentence: string): Promise<void> {
  await waitFor(async () => (await page.text(place)) === sentence, {
    describe: async () => `“${sentence}”; the page says ${await page.text(place)}`,
  });
}

async function waitForError(page: ShoalPage, sentence: string): Promise<void> {
  await waitForWords(page, "error", sentence);
}

const noHash = "This link names no content: its hash is missing. Ask the sender to copy it again.";
const notALink = "This is not a Shoal link or a magnet link. Paste the whole link.";
const badLength = (has: number, should: number) =>
  `The hash in this link is damaged: it has ${has} characters instead of ${should}. Ask the sender to copy it again.`;
const badHash = (detail: string) =>
  `The hash in this link is damaged (${detail}). Ask the sender to copy it again.`;

const badLinks = [
  ["a hash that is cut short", "#s-AbCdEf", badLength(6, 43)],
  ["a hash that is longer than it should be", `#s-${"A".repeat(44)}`, badLength(44, 43)],
  ["a magnet whose hash lacks a character", `#magnet:?xt=urn:btih:${"0".repeat(39)}`, badLength(39, 40)],
  ["no hash", "#s-", noHash],
  ["a hash with characters that none has", `#s-${"~".repeat(43)}`, badHash("~".repeat(43))],
  ["a magnet without a hash", "#magnet:?dn=fish", noHash],
  ["a magnet with a damaged hash", "#magnet:?xt=urn:btih:fish", badHash("fish")],
  ["something else", "#fish", notALink],
] as const;

/** A v1 .torrent file, with parts of its description replaced by what should not be there. */
function torrent(info: Record<string, BencodeInput>): Uint8Array {
  return encodeBencode({
    info: { name: "fish", "piece length": 65_536, pieces: new Uint8Array(20), ...info },
  });
}

const badTorrents = [
  ["not a torrent at all", new TextEncoder().encode("<!doctype html>"), /damaged or not a torrent/],
  ["cut short", torrent({ length: 10 }).subarray(0, 60), /damaged or not a torrent/],
  [
    "a single file without a name",
    torrent({ length: 10, name: ".." }),
    /^“a single file without a name\.torrent”: This torrent names its file “\.\.”, which is no name/,
  ],
  ["a negative size", torrent({ length: -10 }), /damaged or not a torrent/],
  [
    "more pieces than there can be",
    torrent({ length: 2 ** 52, "piece length": 16_384 }),
    /more than Shoal accepts in one torrent/,
  ],
] as const;

describe.each(browserKinds)("in %s", (kind) => {
  let person: Person;
  let page: ShoalPage;
  let kept: string[];

  const shares = async () => (await page.snapshot())!.shares.map(({ id }) => id);

  beforeAll(async () => {
    person = kind === "chromium" ? chromium : firefox;
    page = await person.open(server.url);
    await page.shareFiles((await makeFile(join(temporary.path, `kept ${kind}.bin`), 1000, kind)).path);
    kept = await shares();
    expect(kept).toHaveLength(1);
  });

  afterAll(() => page?.close());

  it.each(badLinks)("a link with %s is refused in words", async (_, fragment, sentence) => {
    await page.openAddress(new URL(fragment, server.url).href);
    await waitForError(page, sentence);
    await page.find("drop-area");
    expect(await shares()).toEqual(kept);
    await page.click("dismiss");
  });

  it("a link that is typed is refused in the same words", async () => {
    await page.openAddress(server.url);
    await page.openLink("magnet:?xt=urn:btih:fish");
    await waitForError(page, badHash("fish"));
    expect(await shares()).toEqual(kept);
    await page.click("dismiss");
  });

  it.each(badTorrents)("a .torrent file that is %s is refused in words", async (name, bytes, sentence) => {
    const path = join(temporary.path, `${name}.torrent`);
    await writeFile(path, bytes);
    await page.openAddress(server.url);
    await page.pickFiles(path);
    await waitFor(async () => sentence.test((await page.text("error")) ?? ""), {
      describe: String(sentence),
    });
    expect(await page.text("error")).toContain("Nothing was added.");
    expect(await shares()).toEqual(kept);
    await page.click("dismiss");
  });

  it("a hash that nobody has says that nobody is there", async () => {
    await page.openAddress(`${server.url}#s-${"A".repeat(43)}`);
    await waitFor(
      async () => (await page.text("stall"))?.startsWith("Nobody else has this open right now."),
      {
        describe: "why nothing comes",
      },
    );
  });
});

describe.each(browserKinds)("what is kept of a share, damaged in %s", (kind) => {
  it("is told in words until the share is there again, and keeps no other away", async () => {
    const person = kind === "chromium" ? chromium : firefox;
    const page = await person.open(ownOrigin(server.url));
    const home = page.page.url();
    const paths: string[] = [];
    for (const name of ["whole", "damaged"]) {
      await page.openAddress(home);
      paths.push((await makeFile(join(temporary.path, `${name} in ${kind}.bin`), 1000, name)).path);
      await page.shareFiles(paths.at(-1)!);
    }
    const shares = async () => (await page.snapshot())?.shares.map(({ name }) => name);
    expect(await shares()).toEqual(paths.map((path) => basename(path)));
    const { id } = (await page.snapshot())!.shares[1]!;
    await page.page.evaluate(async (damaged) => {
      const asked = indexedDB.open("shoal");
      await new Promise((resolve) => asked.addEventListener("success", resolve));
      const writing = asked.result.transaction("torrents", "readwrite");
      writing.objectStore("torrents").put({ id: damaged, trackers: 5 });
      await new Promise((resolve) => writing.addEventListener("complete", resolve));
      asked.result.close();
    }, id);
    // At the share's own address it is opened again at once, and so mended.
    await page.openAddress(home);
    await page.page.reload();
    await waitFor(
      async () => /^What this browser kept of a share is damaged/.test((await page.text("fault")) ?? ""),
      {
        describe: async () => `the sentence; the page says ${await page.text("fault")}`,
      },
    );
    await waitFor(async () => (await shares())?.join() === basename(paths[0]!), {
      describe: "the other share",
    });
    await page.openAddress(home);
    await page.shareFiles(paths[1]!);
    await waitFor(async () => (await page.text("fault")) === null, { describe: "the sentence to go" });
    expect((await shares())?.sort()).toEqual(paths.map((path) => basename(path)).sort());
    await page.close();
  });
});

describe.each(browserKinds)("a server that names a relay without a password, to %s", (kind) => {
  it("keeps nobody from connecting", async () => {
    const careless = await startServer({
      iceServers: [{ urls: "turn:127.0.0.1:9" }, { urls: ["stun:127.0.0.1:9", "stun:"] }],
    });
    const [sender, receiver] = kind === "chromium" ? [firefox, chromium] : [chromium, firefox];
    const file = await makeFile(join(temporary.path, `careless to ${kind}.bin`), 1000, kind);
    const sending = await sender.open(careless.url);
    const receiving = await receiver.open(await sending.shareFiles(file.path));
    await receiving.download();
    await receiving.waitUntilComplete();
    await Promise.all([sending.close(), receiving.close()]);
    await careless.close();
  });
});

describe.each(browserKinds)("a file on the disk of a sender in %s", (kind) => {
  it.each([
    {
      accident: "changes",
      happen: async (path: string) => {
        const bytes = await readFile(path);
        bytes.fill(1, 2_000_000);
        await writeFile(path, bytes);
      },
      says: (name: string) => `${name} has changed since it was shared`,
    },
    {
      accident: "vanishes",
      happen: (path: string) => rm(path),
      says: (name: string) => `${name} is not where it was`,
    },
  ])(
    "$accident: the sender is told, nobody gets wrong bytes, and it can go on",
    async ({ accident, happen, says }) => {
      const [sender, receiver] = kind === "chromium" ? [chromium, firefox] : [firefox, chromium];
      const name = `${accident} in ${kind}.bin`;
      const path = join(temporary.path, name);
      const file = await makeFile(path, 4_000_001, name);
      const sending = await sender.open(server.url);
      const link = await sending.shareFiles(path);
      const receiving = await receiver.open(link);
      await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "name and size" });
      await happen(path);
      await receiving.download();
      await waitForWords(sending, "missing-file", says(name));
      await sending.find("needs-files");
      const waiting = await receiving.waitForShare(({ phase }) => phase === "downloading", {
        describe: "Download to be heard",
      });
      expect(waiting).toMatchObject({ complete: false, error: null });

      await makeFile(path, file.bytes, name);
      await sending.shareAgain(path);
      await receiving.waitUntilComplete();
      expect(await sha256OfFile(await receiving.save(receiver.downloads, name, file.bytes))).toBe(
        file.sha256,
      );
      expect(await sending.text("error")).toBeNull();
      await sending.close();
      await receiving.close();
    },
  );

  it("vanishes from a folder: the others are still shared", async () => {
    const [sender, receiver] = kind === "chromium" ? [chromium, firefox] : [firefox, chromium];
    const tree = await makeTree(
      { "here.bin": 500_000, "gone.bin": 500_000 },
      { name: `from ${kind}`, seed: kind },
    );
    try {
      const sending = await sender.open(server.url);
      const receiving = await receiver.open(await sending.shareFolder(tree.directory));
      await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "name and size" });
      await rm(tree.files.get("gone.bin")!.path);
      await receiving.download();
      await waitForWords(sending, "missing-file", "gone.bin is not where it was");
      await waitForWords(
        sending,
        "phase",
        "Sharing 1 of 2 files. “gone.bin” can no longer be read: give it again.",
      );
      await receiving.waitForShare(({ storedBytes }) => storedBytes === 500_000, {
        describe: "the other file",
      });
      const files = await receiving.files();
      expect(files.find(({ path }) => path.join("/") === "here.bin")!.stored).toBe(500_000);
      await receiving.saveFile("here.bin", receiver.downloads, 500_000);
      expect(await sha256OfFile(join(receiver.downloads, "here.bin"))).toBe(
        tree.files.get("here.bin")!.sha256,
      );
      await sending.close();
      await receiving.close();
    } finally {
      await tree.remove();
    }
  });
});
