/**
 * The .torrent files among what a person dropped or picked. They are opened rather than shared when they come alone, one
 * or several. Beside other files, and inside a folder, they are files like any other. A person may also share a .torrent
 * file itself; that is asked for elsewhere.
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

/** The .torrent files, if nothing else is there; else null. */
export function torrentsOf(files: readonly SharedFile[]): readonly File[] | null {
  const isTorrent = ({ path }: SharedFile) => path.length === 1 && /\.torrent$/i.test(path[0]!);
  return files.length > 0 && files.every(isTorrent) ? files.map(({ file }) => file) : null;
}

/**
 * Opens .torrent files, one after the other; one that is bad keeps no other away. `tab`: the tab that shows a single one
 * (bridge/commands.ts, `open`). Several are kept, because a tab shows only one.
 */
export async function openTorrentFiles(
  node: Pick<NodeClient, "call">,
  files: readonly File[],
  tab: string | null,
): Promise<OpenedTorrents> {
  const opened = new Set<TorrentId>();
  const failed: { name: string; error: unknown }[] = [];
  for (const file of files) {
    try {
      const { id } = await node.call("openTorrentFile", { file, tab: files.length === 1 ? tab : null });
      opened.add(id);
    } catch (error) {
      failed.push({ name: file.name, error });
    }
  }
  return { opened: [...opened], failed };
}
