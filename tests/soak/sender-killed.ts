/**
 * The sending browser is killed at random moments. Its file is read by a handle that needs no question (origin-files.ts),
 * so that it goes on without a press; what is asked where the browser does ask is permission's part.
 */
import { join } from "node:path";
import { Device } from "../support/device.ts";
import { makeFile, sha256OfFile } from "../support/files.ts";
import { dropOriginFile } from "../support/origin-files.ts";
import { BYTES_PER_KILL, KILLED_RATE, PATIENCE } from "./constants.ts";
import { killAtMoment } from "./moments.ts";
import { atMost, type Check, equals, type Round, type SoakPart } from "./part.ts";
import { WatchedTransfer } from "./transfer.ts";

async function run({ kind, times, random, server, directory, say }: Round): Promise<readonly Check[]> {
  const file = await makeFile(join(directory, "film.bin"), (times + 1) * BYTES_PER_KILL, kind);
  const sender = new Device(kind, join(directory, "sender"));
  const receiver = new Device("chromium", join(directory, "receiver"));
  const sent = new WatchedTransfer();
  const came = new WatchedTransfer();
  let stored = 0;
  try {
    await sender.start();
    const first = await sender.open(server.url);
    await dropOriginFile(first, file.path);
    const link = await first.shareLink();
    await receiver.start();
    const receiving = await receiver.open(link);
    await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "name and size known" });
    await receiving.limit({ down: KILLED_RATE });
    await receiving.download();
    await receiving.waitForShare(({ storedBytes }) => storedBytes > 0, { describe: "the first piece" });
    for (let kill = 1; kill <= times; kill++) {
      await killAtMoment(sender, link, random, async (page) => {
        const before = stored;
        stored = (await came.look(receiving))!.storedBytes;
        if (page !== null) await sent.look(page);
        // Bytes that were on their way when the sender was killed still come.
        return page !== null && stored > before;
      });
      await came.look(receiving);
      say(`kill ${kill} of ${times} at ${(stored / 1e6).toFixed(1)} of ${file.bytes / 1e6} MB`);
      await sender.start();
    }
    const last = await sender.open(link);
    await receiving.limit({ down: null });
    const { downloaded, wasted } = await receiving.waitUntilComplete(PATIENCE);
    await sent.look(last);
    await came.look(receiving);
    const saved = await receiving.save(receiver.downloads, "film.bin", file.bytes, PATIENCE);
    return [
      // Bytes over a link that ended before it was looked at are known by their pieces only.
      atMost(
        "bytes that the sender sent",
        Math.max(came.came, downloaded + wasted),
        file.bytes + times * came.costOfKill,
      ),
      equals("looks at which it waited for a press", sent.waits, 0),
      equals("SHA-256", await sha256OfFile(saved), file.sha256),
    ];
  } finally {
    await Promise.allSettled([sender.close(), receiver.close()]);
  }
}

export const senderKilled: SoakPart = {
  name: "sender-killed",
  sentence: "The sending browser is killed at random moments, and goes on without a press.",
  browsers: ["chromium", "firefox"],
  times: 10,
  run,
};
