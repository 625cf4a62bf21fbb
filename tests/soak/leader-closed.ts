/**
 * The receiver has three tabs, and the one that leads is closed again and again, a new one opened in its place. Another
 * takes over each time, and hardly anything is sent twice.
 */
import { join } from "node:path";
import { Device } from "../support/device.ts";
import { makeFile, sha256OfFile } from "../support/files.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";
import { BYTES_PER_LEADER, LEADER_RATE, PATIENCE } from "./constants.ts";
import { atMost, type Check, equals, type Round, type SoakPart } from "./part.ts";

const TABS = 3;

/** Whether a tab's own worker leads. */
function leads({ page }: ShoalPage): Promise<boolean> {
  return page.evaluate(() => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: { state: string } | null };
    return node?.state === "leading";
  });
}

/** The tab that leads, once there is one. */
function findLeader(tabs: readonly ShoalPage[]): Promise<ShoalPage> {
  return waitFor(
    async () => {
      for (const tab of tabs) if (await leads(tab)) return tab;
      return undefined;
    },
    { describe: "a tab to lead" },
  );
}

async function run({ kind, times, random, server, directory, say }: Round): Promise<readonly Check[]> {
  const file = await makeFile(join(directory, "film.bin"), (times + 1) * BYTES_PER_LEADER, kind);
  const sender = new Device("chromium", join(directory, "sender"));
  const receiver = new Device(kind, join(directory, "receiver"));
  try {
    await Promise.all([sender.start(), receiver.start()]);
    const sending = await sender.open(server.url);
    const link = await sending.shareFiles(file.path);
    await sending.limit({ up: LEADER_RATE });
    const tabs = [await receiver.open(link)];
    await tabs[0]!.download();
    for (let closed = 1; closed <= times; closed++) {
      while (tabs.length < TABS) tabs.push(await receiver.open(link));
      const leader = await findLeader(tabs);
      const before = (await leader.share())?.storedBytes ?? 0;
      const enough = before + random.between(0.2, 0.8) * BYTES_PER_LEADER;
      await leader.waitForShare(({ storedBytes }) => storedBytes >= enough, {
        describe: "a part",
        timeout: PATIENCE,
      });
      tabs.splice(tabs.indexOf(leader), 1);
      await leader.close();
      say(`leader ${closed} of ${times} closed at ${(enough / 1e6).toFixed(1)} of ${file.bytes / 1e6} MB`);
    }
    const last = await findLeader(tabs);
    await sending.limit({ up: null });
    await last.waitUntilComplete(PATIENCE);
    const saved = await last.save(receiver.downloads, "film.bin", file.bytes, PATIENCE);
    const { uploaded } = (await sending.share())!;
    return [
      atMost("bytes that the sender sent", uploaded, Math.floor(1.01 * file.bytes)),
      equals("SHA-256", await sha256OfFile(saved), file.sha256),
    ];
  } finally {
    await Promise.allSettled([sender.close(), receiver.close()]);
  }
}

export const leaderClosed: SoakPart = {
  name: "leader-closed",
  sentence: "The leading one of three tabs is closed, and another takes over.",
  browsers: ["chromium", "firefox"],
  times: 10,
  run,
};
