/**
 * WebTorrent's own browser build, with its defaults: pieces go to its store in the origin private file system
 * (fsa-chunk-store), as every WebTorrent page has it in Chromium. Only STUN servers are left out, as for Shoal.
 */
import webTorrentUrl from "../../../node_modules/webtorrent/dist/webtorrent.min.js?url";
import { PROGRESS_INTERVAL } from "../constants.ts";
import type { Progress } from "../networks/progress.ts";
import type { Timing } from "../timing.ts";

interface Torrent {
  magnetURI: string;
  ready: boolean;
  numPeers: number;
  uploaded: number;
  /** Payload bytes, of pieces that are not whole yet too. */
  received: number;
  pieces: unknown[];
  select(first: number, last: number): void;
  on(event: "ready" | "wire" | "done" | "error", listener: (error?: Error) => void): void;
}

interface Client {
  seed(file: File, options: object, seeding: (torrent: Torrent) => void): Torrent;
  add(magnet: string, options: object): Torrent;
  on(event: "error", listener: (error: Error) => void): void;
}

const { default: WebTorrent } = (await import(/* @vite-ignore */ webTorrentUrl)) as {
  default: new (options: object) => Client;
};
const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } });
client.on("error", (error) => console.error(String(error)));
let torrent: Torrent;

function now(): number {
  return performance.timeOrigin + performance.now();
}

const webTorrentPage = {
  /** Seeds the file in the page's input; resolves to the magnet link. */
  seed(tracker: string): Promise<string> {
    const [file] = document.querySelector("input")!.files!;
    return new Promise((resolve) => {
      torrent = client.seed(file!, { announce: [tracker] }, ({ magnetURI }) => resolve(magnetURI));
    });
  },
  /** Resolves when the metadata is here and a peer connected; nothing is downloaded yet. */
  add(magnet: string): Promise<void> {
    const added = client.add(magnet, { deselect: true });
    torrent = added;
    return new Promise((resolve) => {
      const check = () => {
        if (added.ready && added.numPeers > 0) resolve();
      };
      added.on("ready", check);
      added.on("wire", check);
    });
  },
  /**
   * Downloads everything; `done` comes when the last piece is in the store. What comes is told in `window.progress`
   * meanwhile.
   */
  download(): Promise<Timing> {
    const downloading = torrent;
    const startedAt = now();
    const before = downloading.received;
    const progress: Progress = [[startedAt, 0]];
    Object.assign(window, { progress });
    const sample = () => progress.push([now(), downloading.received - before]);
    const timer = setInterval(sample, PROGRESS_INTERVAL);
    return new Promise((resolve) => {
      downloading.on("done", () => {
        clearInterval(timer);
        sample();
        resolve({ startedAt, finishedAt: now() });
      });
      downloading.select(0, downloading.pieces.length - 1);
    });
  },
  uploaded(): number {
    return torrent.uploaded;
  },
};

export type WebTorrentPage = typeof webTorrentPage;

Object.assign(window, { webTorrentPage });
