/**
 * The receiving browser is killed at random moments of a download, those of a page that is still loading included. Each
 * time it goes on without a press from what is stored, and the sender sends little again.
 */
import { join } from "node:path";
import { Device } from "../support/device.ts";
import { makeFile, sha256OfFile } from "../support/files.ts";
import { BYTES_PER_KILL, KILLED_RATE, PATIENCE } from "./constants.ts";
import { killAtMoment } from "./moments.ts";
import { atMost, type Check, equals, type Round, type SoakPart } from "./part.ts";
import { WatchedTransfer } from "./transfer.ts";

async function run({ kind, times, random, server, directory, say }: Round): Promise<readonly Check[]> {
  const file = await makeFile(join(directory, "film.bin"), (times + 1) * BYTES_PER_KILL, kind);
  const sender = new Device("chromium", join(directory, "sender"));
  const receiver = new Device(kind, join(directory, "receiver"));
  const transfer = new WatchedTransfer();
  let stored = 0;
  try {
    await sender.start();
    const sending = await sender.open(server.url);
    const link = await sending.shareFiles(file.path);
    await sending.limit({ up: KILLED_RATE });
    await receiver.start();
    const first = await receiver.open(link);
    await first.download();
    await first.waitForShare(({ storedBytes }) => storedBytes > 0, { describe: "the first piece" });
    for (let kill = 1; kill <= times; kill++) {
      await killAtMoment(receiver, link, random, async (page) => {
        const before = stored;
        if (page !== null) stored = (await transfer.look(page))?.storedBytes ?? stored;
        return stored > before;
      });
      say(`kill ${kill} of ${times} at ${(stored / 1e6).toFixed(1)} of ${file.bytes / 1e6} MB`);
      await receiver.start();
    }
    await sending.limit({ up: null });
    const last = await receiver.open(link);
    await last.waitUntilComplete(PATIENCE);
    const saved = await last.save(receiver.downloads, "film.bin", file.bytes, PATIENCE);
    const { uploaded } = (await sending.share())!;
    return [
      atMost("bytes that the sender sent", uploaded, file.bytes + times * transfer.costOfKill),
      equals("looks at which it waited for a press", transfer.waits, 0),
      equals("SHA-256", await sha256OfFile(saved), file.sha256),
    ];
  } finally {
    await Promise.allSettled([sender.close(), receiver.close()]);
  }
}

export const receiverKilled: SoakPart = {
  name: "receiver-killed",
  sentence: "The receiving browser is killed at random moments, and goes on without a press.",
  browsers: ["chromium", "firefox"],
  times: 20,
  run,
};
