/**
 * A peer that lies: WebTorrent in this process, which says that it has everything and sends other bytes, whatever it
 * is asked for. It keeps to the protocol otherwise, as one that wants to do harm would.
 */
import { once } from "node:events";
import WebTorrent from "webtorrent";
import { webTorrentSettings } from "./webtorrent.ts";

type Done = (error: Error | null, bytes?: Uint8Array) => void;

/** A chunk store, as WebTorrent asks for one, that makes up what it is said to hold. */
class Fabrications {
  readonly chunkLength: number;

  constructor(chunkLength: number) {
    this.chunkLength = chunkLength;
  }

  get(_index: number, options: { length?: number } | Done | undefined, done?: Done): void {
    const answer = typeof options === "function" ? options : done;
    const length = typeof options === "object" ? (options.length ?? this.chunkLength) : this.chunkLength;
    queueMicrotask(() => answer?.(null, new Uint8Array(length).fill(0xbd)));
  }

  put(_index: number, _bytes: Uint8Array, done: Done): void {
    queueMicrotask(() => done(null));
  }

  close(done: Done): void {
    queueMicrotask(() => done(null));
  }

  destroy(done: Done): void {
    queueMicrotask(() => done(null));
  }
}

export interface LyingPeer {
  /** Hex. */
  readonly peerId: string;
  /** Bytes that others took from it. */
  readonly uploaded: number;
  close(): Promise<void>;
}

/** Joins the swarm of a magnet link through its tracker; resolves when it claims to have everything. */
export async function startLyingPeer(magnet: string): Promise<LyingPeer> {
  const client = new WebTorrent(webTorrentSettings);
  client.on("error", () => {});
  const torrent = client.add(magnet, { store: Fabrications, skipVerify: true, storeCacheSlots: 0 });
  await once(torrent, "ready");
  return {
    peerId: client.peerId,
    get uploaded() {
      return torrent.uploaded;
    },
    close: () =>
      new Promise((resolve) => {
        client.destroy(() => resolve());
      }),
  };
}
