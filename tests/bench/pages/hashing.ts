/** create-torrent in a page, as a WebTorrent page hashes what it seeds: SHA-1 of the pieces of a `File`. */
import createTorrent from "create-torrent";

type HashFile = (file: File, done: (error: Error | null) => void) => void;

const hashingPage = {
  /** Hashes the file in the page's input; resolves to the milliseconds it took. */
  hash(): Promise<number> {
    const [file] = document.querySelector("input")!.files!;
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      (createTorrent as unknown as HashFile)(file!, (error) => {
        if (error) reject(error);
        else resolve(performance.now() - startedAt);
      });
    });
  },
};

export type HashingPage = typeof hashingPage;

Object.assign(window, { hashingPage });
