/**
 * A folder is shared that holds a huge sparse file, and a film behind it. The receiver downloads the film alone, whose
 * offset in the torrent is beyond 2^32. `--times` is the sparse file's size in GB; it takes no room on the disk, and none
 * of it is sent.
 */
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Device } from "../support/device.ts";
import { makeFile, sha256OfFile } from "../support/files.ts";
import { LARGE_PATIENCE } from "./constants.ts";
import { atMost, type Check, equals, type Round, type SoakPart } from "./part.ts";

const GB = 1_000_000_000;
const FILM_BYTES = 24_000_001;

async function run({ kind, times, server, directory, say }: Round): Promise<readonly Check[]> {
  const folder = join(directory, "holiday");
  await mkdir(folder);
  // Its name comes first, so that its bytes do in the torrent.
  const image = join(folder, "backup.img");
  await writeFile(image, "");
  await truncate(image, times * GB + 1);
  const film = await makeFile(join(folder, "film.bin"), FILM_BYTES, kind);
  const sender = new Device("chromium", join(directory, "sender"));
  const receiver = new Device(kind, join(directory, "receiver"));
  try {
    await Promise.all([sender.start(), receiver.start()]);
    const sending = await sender.open(server.url);
    const begun = performance.now();
    const link = await sending.shareFolder(folder, LARGE_PATIENCE);
    say(`described after ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    const receiving = await receiver.open(link);
    const { size, pieceLength } = await receiving.waitForShare(({ phase }) => phase === "ready", {
      describe: "the description",
      timeout: LARGE_PATIENCE,
    });
    await receiving.select(["film.bin"]);
    await receiving.download(LARGE_PATIENCE);
    await receiving.waitUntilComplete(LARGE_PATIENCE);
    const saved = await receiving.saveFile("film.bin", receiver.downloads, film.bytes);
    const { uploaded } = (await sending.share())!;
    return [
      equals("bytes described", size ?? 0, times * GB + 1 + FILM_BYTES),
      equals(
        `SHA-256 of the film, of pieces of ${pieceLength} bytes`,
        await sha256OfFile(saved),
        film.sha256,
      ),
      atMost("bytes that the sender sent", uploaded, FILM_BYTES + pieceLength),
    ];
  } finally {
    await Promise.allSettled([sender.close(), receiver.close()]);
  }
}

export const sparseFolder: SoakPart = {
  name: "sparse-folder",
  sentence: "A film behind a sparse file of so many GB is downloaded alone.",
  browsers: ["chromium", "firefox"],
  times: 6,
  run,
};
