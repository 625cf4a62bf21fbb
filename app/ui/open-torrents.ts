/**
 * .torrent files that a person dropped or picked are opened, each by itself: a bad one keeps no other away. One alone is
 * gone to. Of several none is, so they are kept, and the list of shares has them.
 */

import type { SharedFile } from "../bridge/commands.ts";
import type { TorrentId } from "../engine/host.ts";
import type { NodeClient } from "../page/node-client.ts";
import { sentenceFor } from "./words/errors.ts";
import type { BadTorrent } from "./words/torrents.ts";

export interface OpenedTorrents {
  readonly opened: number;
  /** Those of several that were not here before. */
  readonly added: readonly TorrentId[];
  readonly bad: readonly BadTorrent[];
}

/** `goTo`: opens one and goes to it. */
export async function openTorrents(
  node: NodeClient,
  files: readonly SharedFile[],
  goTo: (file: File) => Promise<void>,
): Promise<OpenedTorrents> {
  const before = node.snapshot && new Set(node.snapshot.shares.map(({ id }) => id));
  const opened: TorrentId[] = [];
  const bad: BadTorrent[] = [];
  for (const { file } of files) {
    try {
      if (files.length === 1) await goTo(file);
      else opened.push((await node.call("openTorrentFile", { file, tab: null })).id);
    } catch (error) {
      bad.push({ name: file.name, sentence: sentenceFor(error) });
    }
  }
  // Of what is not known to be new, nothing is said to be: it may be removed again.
  const added = [...new Set(opened)].filter((id) => before?.has(id) === false);
  return { opened: files.length - bad.length, added, bad };
}
