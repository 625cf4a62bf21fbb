/**
 * The held files are the person's own files that were picked, dropped or pasted in this tab and became a share. A worker
 * has them only for its own life, and where the browser gives no handles, the next worker cannot open them. So the tab
 * keeps them, and when another tab's worker takes over, it hands them over. The person need not know.
 */

import type { SharedFile } from "../bridge/commands.ts";
import type { TorrentId } from "../engine/host.ts";
import { giveFiles } from "./draft-stream.ts";
import type { NodeClient } from "./node-client.ts";

interface Held {
  readonly files: readonly SharedFile[];
  /** The epoch of the worker that knows them; null when they are to be handed over. */
  epoch: string | null;
  /** That worker told of the share. */
  isSeen: boolean;
}

export class HeldFiles {
  readonly #node: NodeClient;
  readonly #shares: Map<TorrentId, Held>;
  #epoch: string | null;
  /** The last snapshot of the worker before. It says nothing of what this one has. */
  #stale: NodeClient["snapshot"];

  constructor(node: NodeClient) {
    this.#node = node;
    this.#shares = new Map();
    this.#epoch = node.epoch;
    this.#stale = null;
    node.subscribe(() => this.#handleChanged());
  }

  /** Keeps the files of a share that the worker has got from this tab. Its earlier files with other paths are kept too. */
  hold(id: TorrentId, files: readonly SharedFile[]): void {
    const held = this.#shares.get(id);
    const all = new Map([...(held?.files ?? []), ...files].map((file) => [file.path.join("/"), file]));
    this.#shares.set(id, { files: [...all.values()], epoch: this.#epoch, isSeen: false });
  }

  #handleChanged(): void {
    const { epoch, snapshot } = this.#node;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#stale = snapshot;
      for (const held of this.#shares.values()) {
        held.epoch = null;
        held.isSeen = false;
      }
    }
    if (epoch === null || snapshot === null || snapshot === this.#stale) return;
    for (const [id, held] of this.#shares) {
      const share = snapshot.shares.find((each) => each.id === id);
      if (share === undefined) {
        // It was removed.
        if (held.isSeen) this.#shares.delete(id);
        continue;
      }
      held.isSeen = true;
      if (held.epoch !== null) continue;
      held.epoch = epoch;
      // The share's screen tells which files it still misses afterwards.
      if (share.ownFiles?.missing != null) giveFiles(this.#node, id, held, { resume: false }).catch(() => {});
    }
  }
}
