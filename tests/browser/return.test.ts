/** Going away and coming back: the sender, the receiver, and the server that introduces them. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds } from "../support/browsers.ts";
import { makeFile, sha256OfFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { outlasting } from "../support/outlasting.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let chromium: Person;
let firefox: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("return");
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

const nobody =
  "Nobody else has this open right now. It goes on as soon as someone does: ask the sender to open Shoal again.";

describe.each(browserKinds)("a sender in %s who has left", (kind) => {
  it("shares the same file again under the same link, and whoever waited is served", async () => {
    const [sender, receiver] = kind === "chromium" ? [chromium, firefox] : [firefox, chromium];
    const name = `shared again from ${kind}.bin`;
    const file = await makeFile(join(temporary.path, name), 1_000_003, name);
    const sending = await sender.open(server.url);
    const link = await sending.shareFiles(file.path);
    await sending.close();

    const receiving = await receiver.open(link);
    await waitFor(async () => (await receiving.text("stall")) === nobody, { describe: "why nothing comes" });
    expect(await receiving.text("phase")).toBe("Looking for someone who has it…");

    const back = await sender.open(link);
    await back.find("needs-files");
    await back.shareAgain(file.path);
    expect(await back.shareLink()).toBe(link);

    await receiving.download();
    await receiving.waitUntilComplete();
    expect(await receiving.text("stall")).toBeNull();
    expect(await sha256OfFile(await receiving.save(receiver.downloads, name, file.bytes))).toBe(file.sha256);
    await back.close();
    await receiving.close();
  });
});

describe.each(browserKinds)("a receiver in %s who reloads midway", (kind) => {
  it("goes on from what is stored", async () => {
    const [sender, receiver] = kind === "chromium" ? [firefox, chromium] : [chromium, firefox];
    const name = `resumed in ${kind}.bin`;
    const file = await makeFile(join(temporary.path, name), 16_000_001, name);
    const sending = await sender.open(server.url);
    const receiving = await receiver.open(await sending.shareFiles(file.path));
    await sending.limit({ up: outlasting(file.bytes) });
    await receiving.download();
    const before = await receiving.waitForShare(({ storedBytes }) => storedBytes > 200_000, {
      describe: "a part",
    });
    await receiving.page.reload();
    await sending.limit({ up: null });
    const after = await receiving.waitUntilComplete();
    expect(after.downloaded).toBeLessThanOrEqual(file.bytes - before.storedBytes);
    expect(after.downloaded).toBeGreaterThan(0);
    expect(after.totals.downloaded, "in both runs").toBeGreaterThanOrEqual(after.downloaded + 200_000);
    expect(after.totals.downloaded).toBeLessThanOrEqual(file.bytes);
    expect((await sending.share())?.uploaded).toBeLessThan(1.5 * file.bytes);
    expect(await sha256OfFile(await receiving.save(receiver.downloads, name, file.bytes))).toBe(file.sha256);
    await sending.close();
    await receiving.close();
  });
});

describe("a server that is gone for a while", () => {
  it("stops no transfer, is tried again with growing delays, and introduces people when it is back", async () => {
    const name = "without a server.bin";
    const file = await makeFile(join(temporary.path, name), 12_000_001, name);
    const [late] = (await people.join(["chromium"])) as [Person];
    const waiting = await late.open(server.url);
    const sending = await chromium.open(server.url);
    const link = await sending.shareFiles(file.path);
    const receiving = await firefox.open(link);
    await sending.limit({ up: outlasting(file.bytes) });
    await receiving.download();
    await receiving.waitForShare(({ storedBytes }) => storedBytes > 0, { describe: "the first piece" });

    await server.close();
    await sending.limit({ up: null });
    await receiving.waitUntilComplete();
    await waiting.openLink(link);
    await waitFor(
      async () =>
        (await waiting.text("stall"))?.startsWith("The server that introduces people cannot be reached."),
      { describe: "the sentence about the server" },
    );
    const alone =
      "The server that introduces people cannot be reached, so nobody new can find you. Shoal keeps trying.";
    await waitFor(async () => (await sending.text("stall")) === alone, {
      describe: "the sentence at the sender",
    });
    // The delays are random below a bound that grows from half a second: one of two comes after some failures only.
    await waitFor(async () => /trying again in [2-9] seconds/.test((await waiting.text("tracker")) ?? ""), {
      describe: async () => `a longer delay; the tracker's row says ${await waiting.text("tracker")}`,
      timeout: 60_000,
    });

    server = await startServer({ port: server.port });
    await waiting.download();
    await waiting.waitUntilComplete();
    expect(await waiting.text("stall")).toBeNull();
    expect(await sha256OfFile(await waiting.save(late.downloads, name, file.bytes))).toBe(file.sha256);
  });
});
