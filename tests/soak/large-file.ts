/**
 * A large file is shared, downloaded and saved, between two Chromiums. The memory of the renderer that runs the worker
 * stays within a bound on both sides: files are read by slices, pieces are written in batches, and neither is ever whole
 * in memory. `--times` is the file's size in GB; from 5 on, positions in it are beyond 2^32, and from 44 on pieces have
 * 4 MiB.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { watchMemory } from "../bench/processes.ts";
import type { TestBrowser } from "../support/browsers.ts";
import { Device } from "../support/device.ts";
import { makeFile, sha256OfFile } from "../support/files.ts";
import { LARGE_PATIENCE, MEMORY_MORE_MB } from "./constants.ts";
import { atMost, type Check, equals, type Round, type SoakPart } from "./part.ts";

const GB = 1_000_000_000;
const MB = 1_000_000;

/** The most memory of a browser's largest renderer while something runs, in MB. */
async function peakOf(browser: TestBrowser, run: () => Promise<unknown>): Promise<number> {
  const stop = await watchMemory(browser);
  await run();
  return Math.round((await stop()).resident / MB);
}

async function run({ kind, times, server, directory, say }: Round): Promise<readonly Check[]> {
  const file = await makeFile(join(directory, "film.bin"), times * GB + 3, kind);
  const sender = new Device(kind, join(directory, "sender"));
  const receiver = new Device(kind, join(directory, "receiver"));
  try {
    await Promise.all([sender.start(), receiver.start()]);
    const sending = await sender.open(server.url);
    const receiving = await receiver.open(server.url);
    const [idleSender, idleReceiver] = await Promise.all(
      [sender, receiver].map(({ browser }) => peakOf(browser, async () => {})),
    );
    let link = "";
    const hashing = await peakOf(sender.browser, async () => {
      await sending.pickFiles(file.path);
      link = await sending.shareLink(LARGE_PATIENCE);
    });
    say(`hashed ${times} GB, ${hashing} MB at most`);
    let downloading = 0;
    const uploading = await peakOf(sender.browser, async () => {
      downloading = await peakOf(receiver.browser, async () => {
        await receiving.openAddress(link);
        await receiving.download(LARGE_PATIENCE);
        await receiving.waitUntilComplete(LARGE_PATIENCE);
      });
    });
    say(`downloaded: sender ${uploading} MB, receiver ${downloading} MB at most`);
    const { pieceLength } = (await receiving.share())!;
    await sending.close();
    await rm(file.path);
    let saved = "";
    const saving = await peakOf(receiver.browser, async () => {
      saved = await receiving.save(receiver.downloads, "film.bin", file.bytes, LARGE_PATIENCE);
    });
    say(`saved, ${saving} MB at most`);
    return [
      atMost("MB more than idle: sender, hashing", hashing - idleSender!, MEMORY_MORE_MB),
      atMost("MB more than idle: sender, sending", uploading - idleSender!, MEMORY_MORE_MB),
      atMost("MB more than idle: receiver, downloading", downloading - idleReceiver!, MEMORY_MORE_MB),
      atMost("MB more than idle: receiver, saving", saving - idleReceiver!, MEMORY_MORE_MB),
      equals(`SHA-256, of pieces of ${pieceLength} bytes`, await sha256OfFile(saved), file.sha256),
    ];
  } finally {
    await Promise.allSettled([sender.close(), receiver.close()]);
  }
}

export const largeFile: SoakPart = {
  name: "large-file",
  sentence: "A file of so many GB is sent, received and saved with little memory.",
  browsers: ["chromium"],
  times: 2,
  run,
};
