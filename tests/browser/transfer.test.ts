/** One file from one browser to another, within each vendor and across them. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserKind, browserKinds } from "../support/browsers.ts";
import { makeFile, sha256OfFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** Ends in the middle of a piece, and of a block. */
const bytes = 5_300_123;

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let senders: Record<BrowserKind, Person>;
let receivers: Record<BrowserKind, Person>;

async function oneOfEach(): Promise<Record<BrowserKind, Person>> {
  const [chromium, firefox] = await people.join(["chromium", "firefox"]);
  return { chromium: chromium!, firefox: firefox! };
}

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("transfer");
  people = await People.gather();
  senders = await oneOfEach();
  receivers = await oneOfEach();
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

const pairs = browserKinds.flatMap((sender) => browserKinds.map((receiver) => ({ sender, receiver })));

describe.each(pairs)("$sender to $receiver", (pair) => {
  it("a file arrives whole, and its name and size are seen before it is asked for", async () => {
    const name = `from ${pair.sender} to ${pair.receiver}.bin`;
    const file = await makeFile(join(temporary.path, name), bytes, name);
    const sender = await senders[pair.sender].open(server.url);
    const link = await sender.shareFiles(file.path);
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#s-[\w-]{43}&dn=[^&]+&about=[\w-]{22}$/);

    const person = receivers[pair.receiver];
    const receiver = await person.open(link);
    const offered = await receiver.waitForShare(({ phase }) => phase === "ready", {
      describe: "name and size",
    });
    expect(offered).toMatchObject({ name, size: bytes, downloaded: 0, storedBytes: 0 });
    expect(await receiver.text("share-name")).toBe(name);
    expect(await receiver.text("share-size")).toBe("5.3 MB");

    await receiver.download();
    const done = await receiver.waitUntilComplete();
    expect(done).toMatchObject({ complete: true, downloaded: bytes, storedBytes: bytes });
    const saved = await receiver.save(person.downloads, name, bytes);
    expect(await sha256OfFile(saved)).toBe(file.sha256);

    const sent = await sender.waitForShare(({ uploaded }) => uploaded >= bytes, { describe: "all sent" });
    expect(sent.peers.filter(({ state }) => state === "connected")).toHaveLength(1);
    await sender.close();
    await receiver.close();
  });
});

it("nothing is said on any console", () => {
  expect(people.errors).toEqual([]);
});
