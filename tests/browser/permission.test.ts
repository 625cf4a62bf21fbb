/** A sender in a browser that asks before it reads again what was shared: one press, and the share goes on. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asking, copyAskingApp, prepareAskingPage, writeOriginFolder } from "../support/asking-app.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { appDirectory, startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let temporary: TemporaryDirectory;
let server: TestServer;
let people: People;
let chromium: Person;
let firefox: Person;

beforeAll(async () => {
  temporary = await temporaryDirectory("permission");
  const directory = join(temporary.path, "app");
  await copyAskingApp(appDirectory, directory);
  server = await startServer({ appDirectory: directory });
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await server?.close();
  await temporary?.remove();
});

/** With the mouse: browsers ask only within a press of the person's own. */
async function press(page: ShoalPage, name: string): Promise<void> {
  await (await page.find(name)).click();
}

it("goes on sharing a picked folder after one question, and says what to do when it is refused", async () => {
  const files = { "a.bin": 3_000_000, "deep/b.bin": 1_000_000, "deep/c.bin": 70_000 };
  const sending = await chromium.open(server.url, { withoutPickers: false, prepare: prepareAskingPage });
  await writeOriginFolder(sending, files);
  await press(sending, "choose-folder");
  await sending.find("may-lack");
  expect(await sending.text("may-lack")).toMatch(/Drop the folder here to have all of it\.$/);
  const link = await sending.shareLink();
  const receiving = await firefox.open(link);
  await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "name and size" });

  await sending.page.reload();
  await sending.waitForShare(({ needsFiles }) => needsFiles, { describe: "the share without its files" });
  expect(await sending.text("phase")).toBe(
    "Sharing has stopped: this browser asks you before it reads the files again.",
  );
  expect(await sending.text("needs-files")).toMatch(/^Press Go on sharing, and this browser asks you\./);
  await asking(sending, "denied");
  await press(sending, "primary");
  const refused = /^The files may not be read.*or choose the files again\.$/;
  await waitFor(async () => refused.test((await sending.text("error")) ?? ""), { describe: "what to do" });
  expect((await sending.share())!.needsFiles).toBe(true);

  await asking(sending, "granted");
  await press(sending, "primary");
  const share = await sending.waitForShare(({ phase }) => phase === "seeding", { describe: "it to go on" });
  expect(share.ownFiles).toEqual({ total: 3, readable: 3, notAllowed: 0, kept: true, missing: null });
  expect(await asking(sending)).toEqual({ questions: 2 });
  await receiving.download();
  await receiving.waitUntilComplete();
  expect(await sending.shareLink()).toBe(link);
});

it("nothing is said on any console", () => {
  expect(people.errors).toEqual([]);
});
