/**
 * A draft stream keeps the worker's copy of a draft equal to the tab's list of files. Only what changed is sent. When
 * another tab's worker takes over, everything is sent again, as that worker has nothing of the draft.
 *
 * Files go in batches, and the page has its turn between them, so that neither this page nor the worker nor any other
 * tab is held up by one message: posting a File costs 30 to 50 µs, and receiving a handle up to 280 µs.
 */

import type { FilesGiven, SharedFile } from "../bridge/commands.ts";
import { orderKey } from "../engine/content/share-layout.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { FILES_PER_BATCH, PATHS_PER_BATCH } from "./constants.ts";
import { Pace } from "./intake/pace.ts";
import type { NodeClient } from "./node-client.ts";

export class DraftStream {
  readonly #node: NodeClient;
  readonly #draft: string;
  /** The files that the worker of that epoch holds, by the keys of the list. */
  #held: Map<string, SharedFile>;
  #epoch: string | null;

  constructor(node: NodeClient, draft: string) {
    this.#node = node;
    this.#draft = draft;
    this.#held = new Map();
    this.#epoch = null;
  }

  /** The worker holds nothing of the draft any more. */
  forget(): void {
    this.#held.clear();
    this.#epoch = null;
  }

  /**
   * Asks something of the worker that needs the whole draft; `fileCount` says how many files that are. If the worker
   * does not hold them all, they are sent again. Null when the list changed before that (`isStale`).
   * @throws ShoalError as the command failed
   */
  ask<Reply>(
    files: ReadonlyMap<string, SharedFile>,
    call: (fileCount: number) => Promise<Reply>,
  ): Promise<Reply>;
  ask<Reply>(
    files: ReadonlyMap<string, SharedFile>,
    call: (fileCount: number) => Promise<Reply>,
    isStale: () => boolean,
  ): Promise<Reply | null>;
  async ask<Reply>(
    files: ReadonlyMap<string, SharedFile>,
    call: (fileCount: number) => Promise<Reply>,
    isStale = () => false,
  ): Promise<Reply | null> {
    for (let failed: string | null = null; ; ) {
      await this.#bring(files, isStale);
      if (isStale()) return null;
      const epoch = this.#epoch;
      try {
        return await call(files.size);
      } catch (error) {
        const isUnknown = error instanceof ShoalError && error.code === "share/unknown-draft";
        // A worker that was sent everything anew and still lacks some will not have it the next time.
        if (!isUnknown || failed === epoch) throw error;
        failed = epoch;
        this.forget();
      }
    }
  }

  get #named() {
    return { draft: this.#draft, tab: this.#node.tab };
  }

  /** Sends what the worker lacks and takes out what it has too much, as long as the list is not stale. */
  async #bring(files: ReadonlyMap<string, SharedFile>, isStale: () => boolean): Promise<void> {
    const begin = this.#epoch === null || this.#epoch !== this.#node.epoch;
    if (begin) {
      this.forget();
      await this.#node.call("gather", { ...this.#named, begin: true, files: [] });
      this.#epoch = this.#node.epoch;
    }
    const gone = [...this.#held].flatMap(([key, { path }]) => (files.has(key) ? [] : [[key, path] as const]));
    const fresh = [...files].filter(([key, file]) => this.#held.get(key) !== file);
    const calls: Promise<unknown>[] = [];
    const pace = new Pace();
    for (let at = 0; at < gone.length && !isStale(); at += PATHS_PER_BATCH) {
      await pace.step();
      const batch = gone.slice(at, at + PATHS_PER_BATCH);
      for (const [key] of batch) this.#held.delete(key);
      calls.push(this.#node.call("takeOut", { draft: this.#draft, paths: batch.map(([, path]) => path) }));
    }
    for (let at = 0; at < fresh.length && !isStale(); at += FILES_PER_BATCH) {
      await pace.step();
      if (isStale()) break;
      const batch = fresh.slice(at, at + FILES_PER_BATCH);
      for (const [key, file] of batch) this.#held.set(key, file);
      calls.push(
        this.#node.call("gather", {
          ...this.#named,
          begin: false,
          files: batch.map(([, file]) => file),
        }),
      );
    }
    await Promise.all(calls);
  }
}

/**
 * Gives a share its own files again. With `resume`, it goes on even if it was paused.
 * @throws ShoalError as the command failed
 */
export async function giveFiles(
  node: NodeClient,
  id: TorrentId,
  { files }: { readonly files: readonly SharedFile[] },
  { resume }: { readonly resume: boolean },
): Promise<FilesGiven> {
  const draft = crypto.randomUUID();
  const keyed = new Map(files.map((file) => [orderKey(file.path), file]));
  const call = (fileCount: number) => node.call("giveFiles", { id, draft, fileCount, resume });
  try {
    return await new DraftStream(node, draft).ask(keyed, call);
  } finally {
    await node.call("discard", { draft, replaces: null });
  }
}
