/**
 * Opens the .torrent files that a person dropped or picked. They are opened rather than shared when they come alone
 * (intake/intake.ts, `torrentFilesOf`). A .torrent file that is to be shared itself is a file like any other.
 */

import type { SharedFile } from "../bridge/commands.ts";
import type { TorrentId } from "../engine/host.ts";
import type { NodeClient } from "./node-client.ts";

/** What came of opening .torrent files. */
export interface OpenedTorrents {
  /** In the order of the files, each once. */
  readonly opened: readonly TorrentId[];
  /** Files that could not be opened, and why. */
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
}

/**
 * Opens .torrent files, one after the other; one that is bad keeps no other away. `tab`: the tab that shows a single one
 * (bridge/commands.ts, `open`). Several are kept, because a tab shows only one.
 */
export async function openTorrentFiles(
  node: Pick<NodeClient, "call">,
  files: readonly SharedFile[],
  tab: string | null,
): Promise<OpenedTorrents> {
  const opened = new Set<TorrentId>();
  const failed: { name: string; error: unknown }[] = [];
  for (const { file } of files) {
    try {
      const { id } = await node.call("openTorrentFile", { file, tab: files.length === 1 ? tab : null });
      opened.add(id);
    } catch (error) {
      failed.push({ name: file.name, error });
    }
  }
  return { opened: [...opened], failed };
}
