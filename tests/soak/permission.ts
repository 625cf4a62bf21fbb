/**
 * A sender picks a folder and a file in the browser's own dialogs, restarts, presses Go on sharing once and answers the
 * browser's question with "Allow on every visit". From then on, its browser is killed and started again, and both shares
 * go on without a press. Another sender refuses the question first. The dialogs are real: Chromium has a window on a
 * screen that nobody looks at (screen.ts).
 */
import { join } from "node:path";
import { Device } from "../support/device.ts";
import { makeFile, makeTree, sha256OfFile, type TestFile } from "../support/files.ts";
import { type Answer, Screen, windowArguments } from "../support/screen.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";
import { ANSWER_INTERVAL, PATIENCE } from "./constants.ts";
import { type Check, equals, type Round, type SoakPart } from "./part.ts";

/** With the mouse: browsers ask only within a press of the person's own. */
async function press(page: ShoalPage, name: string): Promise<void> {
  await page.page.bringToFront();
  await (await page.find(name)).click();
}

/** Phases of all shares, sorted. */
async function phases(page: ShoalPage): Promise<string> {
  const shares = (await page.snapshot())?.shares ?? [];
  return shares
    .map(({ phase, needsFiles }) => (needsFiles ? "waits" : phase))
    .sort()
    .join(", ");
}

async function waitForPhases(page: ShoalPage, wanted: string): Promise<void> {
  await waitFor(async () => (await phases(page)) === wanted, {
    describe: async () => `shares that are ${wanted}; they are ${await phases(page)}`,
  });
}

/** Opens what the browser had before, after a restart: each share waits, and Go on sharing is pressed. */
async function pressAfterRestart(sender: Sender, link: string, waiting: string): Promise<ShoalPage> {
  await sender.device.close();
  await sender.device.start();
  const page = await sender.open(link);
  await waitForPhases(page, waiting);
  await press(page, "primary");
  return page;
}

/** A person with a browser in a window. */
class Sender {
  readonly device: Device;
  readonly #screen: Screen;

  constructor(screen: Screen, directory: string) {
    this.#screen = screen;
    const { env } = screen;
    this.device = new Device("chromium", directory, { headless: false, env, args: windowArguments });
  }

  /** With the browser's own pickers. */
  open(url: string): Promise<ShoalPage> {
    return this.device.open(url, { withoutPickers: false });
  }

  async pickFile(page: ShoalPage, path: string): Promise<string> {
    await press(page, "choose-files");
    await this.#screen.choosePath(path);
    return page.shareLink();
  }

  async pickFolder(page: ShoalPage, path: string): Promise<string> {
    await press(page, "choose-folder");
    await this.#screen.choosePath(path);
    // Chromium asks once more before a page gets a whole folder.
    await this.allow(async () => (await page.text("draft-name")) !== null, "the review of the folder");
    return page.shareLink();
  }

  /** Allows what the browser asks in the middle of its window, as soon as it asks. */
  async allow(isDone: () => Promise<boolean>, describe: string): Promise<void> {
    await this.#act(isDone, describe, () => this.#screen.allow());
  }

  /** Answers the question about what was shared earlier, as soon as it is asked. */
  async answer(
    answer: Answer,
    names: number,
    isDone: () => Promise<boolean>,
    describe: string,
  ): Promise<void> {
    await this.#act(isDone, describe, () => this.#screen.answer(answer, names));
  }

  /** No program learns when a dialog takes keys, so they are pressed until something comes of it. */
  async #act(isDone: () => Promise<boolean>, describe: string, act: () => void): Promise<void> {
    const look = async () => {
      if (await isDone()) return true;
      act();
      return false;
    };
    await waitFor(look, { describe, interval: ANSWER_INTERVAL });
  }
}

/** One press and one answer for a folder and a file, then kills. */
async function allowForGood(sender: Sender, { times, server, say, directory }: Round, pages: Picked) {
  await sender.device.start();
  const first = await sender.open(server.url);
  await sender.pickFolder(first, pages.folder);
  await first.openAddress(server.url);
  const link = await sender.pickFile(first, pages.file.path);
  await first.page.reload();
  await first.find("share-link");
  const reloaded = await phases(first);
  say(`after a reload: ${reloaded}`);
  const asked = await pressAfterRestart(sender, link, "waits, waits");
  const goesOn = async () => (await phases(asked)) === "seeding, seeding";
  await sender.answer("every visit", 2, goesOn, "both shares to go on");
  // Chromium writes such an answer down some seconds later, or when it is closed.
  await sender.device.close();
  await sender.device.start();
  let presses = 0;
  for (let kill = 1; kill <= times; kill++) {
    await sender.device.kill();
    await sender.device.start();
    const again = await sender.open(link);
    await waitFor(async () => (await phases(again)) !== "", { describe: "the shares" });
    const seen = await phases(again);
    if (seen !== "seeding, seeding") presses++;
    say(`kill ${kill} of ${times}: ${seen}`);
  }
  const receiver = new Device("chromium", join(directory, "receiver"));
  try {
    await receiver.start();
    const receiving = await receiver.open(link);
    await receiving.download();
    await receiving.waitUntilComplete(PATIENCE);
    const saved = await receiving.save(receiver.downloads, "film.bin", pages.file.bytes, PATIENCE);
    return [
      equals("both shares after a reload", reloaded, "seeding, seeding"),
      equals("starts after which a press was needed", presses, 0),
      equals("SHA-256", await sha256OfFile(saved), pages.file.sha256),
    ];
  } finally {
    await receiver.close();
  }
}

/** A refusal, and the next press after it. */
async function refuseOnce(sender: Sender, { server, say }: Round, { file }: Picked): Promise<Check[]> {
  await sender.device.start();
  const first = await sender.open(server.url);
  const link = await sender.pickFile(first, file.path);
  // Chromium offers to allow it on every visit only what was read after a reload.
  await first.page.reload();
  await first.find("share-link");
  const page = await pressAfterRestart(sender, link, "waits");
  await sender.answer("no", 1, async () => (await page.text("error")) !== null, "what is said to a refusal");
  const refused = (await page.text("error"))!;
  say(`after a refusal: ${refused}`);
  await press(page, "primary");
  const goesOn = async () => (await phases(page)) === "seeding";
  await sender.answer("this time", 1, goesOn, "the share to go on after all");
  return [equals("a refusal is told in words", String(/^The files may not be read/.test(refused)), "true")];
}

interface Picked {
  readonly folder: string;
  readonly file: TestFile;
}

async function run(round: Round): Promise<readonly Check[]> {
  const { directory, say } = round;
  const screen = await Screen.open(say);
  const tree = await makeTree({ "a.bin": 3_000_000, "deep/b.bin": 200_000 }, { name: "sea" });
  const file = await makeFile(join(directory, "film.bin"), 5_000_000);
  const picked = { folder: tree.directory, file };
  const senders = ["sender", "refusing"].map((name) => new Sender(screen, join(directory, name)));
  const [sender, refusing] = senders as [Sender, Sender];
  try {
    const allowed = await allowForGood(sender, round, picked);
    // One window at a time: keys go to the one in front.
    await sender.device.close();
    return [...allowed, ...(await refuseOnce(refusing, round, picked))];
  } finally {
    await Promise.allSettled(senders.map(({ device }) => device.close()));
    screen.close();
    await tree.remove();
  }
}

export const permission: SoakPart = {
  name: "permission",
  sentence:
    "One press and one answer in the browser's own dialog, and shares of picked files go on for good.",
  browsers: ["chromium"],
  times: 5,
  run,
};
