/** .torrent files that a person dropped or picked are opened, each by itself: a bad one keeps no other away. */

import type { SharedFile } from "../bridge/commands.ts";
import type { TorrentId } from "../engine/host.ts";
import type { NodeClient } from "../page/node-client.ts";
import { sentenceFor } from "./words/errors.ts";
import type { BadTorrent } from "./words/torrents.ts";

export interface OpenedTorrents {
  readonly opened: readonly TorrentId[];
  /** Those of `opened` that were not here before. */
  readonly added: readonly TorrentId[];
  readonly bad: readonly BadTorrent[];
}

export async function openTorrents(node: NodeClient, files: readonly SharedFile[]): Promise<OpenedTorrents> {
  const before = new Set(node.snapshot?.shares.map(({ id }) => id));
  const opened = new Set<TorrentId>();
  const bad: BadTorrent[] = [];
  for (const { file } of files) {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      opened.add((await node.call("openTorrentFile", { bytes, tab: null })).id);
    } catch (error) {
      bad.push({ name: file.name, sentence: sentenceFor(error) });
    }
  }
  return { opened: [...opened], added: [...opened].filter((id) => !before.has(id)), bad };
}
