/**
 * A browser's own storage harms bytes between two starts: a bit flips, a file is cut or gone. All that is saved and
 * sent is right all the same, little is fetched again, and where nobody has it that is said.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds } from "../support/browsers.ts";
import { Device } from "../support/device.ts";
import {
  makeFile,
  sha256OfFile,
  type TemporaryDirectory,
  type TestFile,
  temporaryDirectory,
} from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { findStored, type StoredBlob } from "../support/stored-blobs.ts";

const MIB = 1024 * 1024;

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let sender: Person;
let third: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("damaged");
  people = await People.gather();
  [sender, third] = (await people.join(["chromium", "chromium"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

describe.each(browserKinds)("a download in %s whose storage is damaged between two starts", (kind) => {
  let device: Device;
  let sending: ShoalPage;
  let link: string;
  let file: TestFile;
  let content: Buffer;

  /** Where the device keeps the byte at a position of the file. */
  const stored = (position: number): Promise<StoredBlob> =>
    findStored(join(temporary.path, kind, "profile"), content, position);

  beforeAll(async () => {
    device = new Device(kind, join(temporary.path, kind));
    file = await makeFile(join(temporary.path, `kept in ${kind}.bin`), 7 * MIB + 3, kind);
    content = await readFile(file.path);
    await device.start();
    sending = await sender.open(server.url);
    link = await sending.shareFiles(file.path);
    const receiving = await device.open(link);
    await receiving.download();
    await receiving.waitUntilComplete();
    await device.close();
  });

  afterAll(() => device?.close());

  it("is saved right, and only what is lost is fetched again", async () => {
    const { uploaded, pieceLength } = (await sending.share())!;
    const flipped = await stored(MIB);
    const cut = await stored(3 * MIB);
    const lost = await stored(6 * MIB);
    // Several of these places may be in one file.
    await flipped.flip();
    await cut.cut();
    await lost.lose();
    await device.start();
    const receiving = await device.open(link);
    const share = await receiving.waitForShare(({ phase }) => phase === "seeding", { describe: "the start" });
    expect(share.complete, "nothing is known of it yet").toBe(true);
    const saved = await receiving.save(device.downloads, `kept in ${kind}.bin`, file.bytes);
    expect(await sha256OfFile(saved)).toBe(file.sha256);
    await receiving.waitForShare(({ complete }) => complete, { describe: "the share to be whole again" });
    expect(await receiving.share()).toMatchObject({ phase: "seeding", lostCount: 0, error: null });
    const again = (await sending.share())!.uploaded - uploaded;
    expect(again).toBeGreaterThanOrEqual(pieceLength);
    expect(again).toBeLessThanOrEqual(cut.bytes + lost.bytes + pieceLength);
    await device.close();
  });

  it("is sent to nobody as it is, and is fetched again when somebody who has it comes back", async () => {
    await (await stored(MIB)).flip();
    await sending.close();
    await device.start();
    const keeping = await device.open(link);
    await keeping.waitForShare(({ phase }) => phase === "seeding", { describe: "the start" });
    const receiving = await third.open(link);
    await receiving.download();
    const share = await keeping.waitForShare(({ lostCount, stall }) => lostCount > 0 && stall !== null, {
      describe: "the lost piece",
    });
    expect(share).toMatchObject({ phase: "downloading", complete: false, lostCount: 1, error: null });
    expect(await keeping.text("lost")).toMatch(
      /^1 piece of what this browser had stored is damaged or gone\. /,
    );
    const pieces = share.pieceCount - 1;
    await receiving.waitForShare(({ haveCount }) => haveCount === pieces, {
      describe: "all but the lost piece",
    });
    expect(third.browser.errors.filter((line) => /piece-failed|peer-banned/.test(line))).toEqual([]);
    // The sender opens Shoal again.
    const back = await sender.open(link);
    await back.find("needs-files");
    await back.shareAgain(file.path);
    await receiving.waitUntilComplete();
    expect(await keeping.waitUntilComplete()).toMatchObject({ complete: true, lostCount: 0 });
    expect(await keeping.text("lost")).toBeNull();
    for (const page of [receiving, back]) await page.close();
  });
});
