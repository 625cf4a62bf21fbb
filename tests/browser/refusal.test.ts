/** Browsers that give Shoal less than it needs: full storage, no storage, no WebRTC. Each is said in a sentence. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserOptions, browserKinds } from "../support/browsers.ts";
import { makeFile, sha256OfFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let sender: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("refusal");
  people = await People.gather();
  [sender] = (await people.join(["chromium"])) as [Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

async function waitForFault(page: ShoalPage, sentence: string): Promise<void> {
  await waitFor(async () => (await page.text("fault")) === sentence, {
    describe: async () => `“${sentence}”; the page says ${await page.text("fault")}`,
  });
}

describe("storage that is full", () => {
  it("is told, what arrived is kept, and the download goes on once there is room", async () => {
    const name = "large.bin";
    const file = await makeFile(join(temporary.path, name), 16_000_001);
    const sending = await sender.open(server.url);
    const link = await sending.shareFiles(file.path);
    const [receiver] = (await people.join(["chromium"])) as [Person];
    const devtools = await (await receiver.browser.newPage()).createCDPSession();
    const { origin } = new URL(server.url);
    // Before the first write: Chromium looks again only when what it knew to be free is used up.
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 8_000_000 });
    const receiving = await receiver.open(link);
    await receiving.download();
    const full = await receiving.waitForShare(({ phase }) => phase === "failed", {
      describe: "no more room",
    });
    expect(full).toMatchObject({ error: { code: "storage/full" }, complete: false });
    expect(full.storedBytes).toBeGreaterThan(0);
    expect(await receiving.text("error")).toBe(
      "The storage that this browser gives Shoal is full. What arrived is kept. Free some space or remove another share, then resume.",
    );

    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await receiving.press("resume");
    const done = await receiving.waitUntilComplete();
    expect(done).toMatchObject({ error: null, downloaded: file.bytes });
    expect(await sha256OfFile(await receiving.save(receiver.downloads, name, file.bytes))).toBe(file.sha256);
    await sending.close();
  });
});

/** Chromium takes the choice to block cookies, and with it storage, from its profile. */
async function profileWithoutStorage(): Promise<string> {
  const directory = join(temporary.path, "profile");
  await mkdir(join(directory, "Default"), { recursive: true });
  await writeFile(
    join(directory, "Default", "Preferences"),
    JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }),
  );
  return directory;
}

describe.each(browserKinds)("storage that is refused in %s", (kind) => {
  it("is told in words", async () => {
    const options: BrowserOptions =
      kind === "chromium"
        ? { args: [`--user-data-dir=${await profileWithoutStorage()}`] }
        : { preferences: { "network.cookie.cookieBehavior": 2 } };
    const [person] = (await people.join([kind], options)) as [Person];
    const page = await person.open(server.url);
    await waitForFault(
      page,
      "This browser refuses storage to Shoal, as private windows do. Open the link in a normal window.",
    );
  });
});

describe.each(browserKinds)("WebRTC that is switched off in %s", (kind) => {
  it("is told in words, and the shares are still there", async () => {
    const [person] = (await people.join([kind], {
      preferences: { "media.peerconnection.enabled": false },
    })) as [Person];
    const page = await person.open(server.url, {
      prepare: () => Reflect.deleteProperty(window, "RTCPeerConnection"),
    });
    const file = await makeFile(join(temporary.path, `unconnected in ${kind}.bin`), 1000);
    await page.shareFiles(file.path);
    await waitForFault(
      page,
      "This browser has WebRTC switched off, so it cannot connect to others. Allow it, or use another browser.",
    );
  });
});
