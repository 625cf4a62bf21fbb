/**
 * A draft is the worker's copy of what a person is about to share (page/draft.ts): its files, with what was hashed of
 * them, and the share that it made. One piece of work is done for a draft at a time: hashing it, or checking files that
 * are given to a share again. A later one, or a change of the files, ends the one before with share/cancelled.
 */

import type { DraftSnapshot, SharedFile } from "../bridge/commands.ts";
import { turn } from "../bridge/slices.ts";
import { layOutShare, orderKey, type ShareLayout } from "../engine/content/share-layout.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { FileHashes } from "./file-hashes.ts";
import { type HashedShare, ShareJob } from "./share-job.ts";

/** Something that takes its time, and tells how far it is. */
export interface DraftWork {
  /** Bytes. */
  readonly size: number;
  readonly hashed: number;
  cancel(): void;
}

interface DraftFile {
  readonly shared: SharedFile;
  readonly hashes: FileHashes;
  /** Why it could not be read; null unless that was tried. */
  failure: ShoalError | null;
}

/** A draft that was hashed. */
export interface HashedDraft extends Omit<HashedShare, "order"> {
  /** In the torrent's order. */
  readonly files: readonly SharedFile[];
}

export class Draft {
  /** The share that it has become; null until it is hashed. */
  share: TorrentId | null;
  /**
   * The share that this draft made and that was not here before: the next one replaces it. Undefined while only the tab
   * knows, as after another worker led.
   */
  made: TorrentId | null | undefined;
  readonly #id: string;
  /** By the order key of their paths. */
  readonly #files: Map<string, DraftFile>;
  #layout: ShareLayout | null;
  #size: number;
  #work: DraftWork | null;
  /** Counts changes and pieces of work. */
  #turn: number;

  constructor(id: string) {
    this.#id = id;
    this.share = null;
    this.made = undefined;
    this.#files = new Map();
    this.#layout = null;
    this.#size = 0;
    this.#work = null;
    this.#turn = 0;
  }

  get fileCount(): number {
    return this.#files.size;
  }

  /** Bytes of all files. */
  get size(): number {
    return this.#size;
  }

  /** The layout of all files; null while there are none. */
  get layout(): ShareLayout | null {
    if (this.#files.size > 0) this.#layout ??= layOutShare(this.files());
    return this.#layout;
  }

  /** In the order in which they came. */
  files(): SharedFile[] {
    return [...this.#files.values()].map(({ shared }) => shared);
  }

  /** Whole paths of the files that could not be read. */
  unreadable(): (readonly string[])[] {
    const failed = [...this.#files.values()].filter(({ failure }) => failure !== null);
    return failed.map(({ shared }) => shared.path);
  }

  /** Takes files; those with the path of an earlier one take its place. */
  gather(files: readonly SharedFile[]): void {
    for (const shared of files) {
      const key = orderKey(shared.path);
      this.#size += shared.file.size - (this.#files.get(key)?.shared.file.size ?? 0);
      this.#files.set(key, { shared, hashes: new FileHashes(), failure: null });
    }
    this.#handleChanged();
  }

  takeOut(paths: readonly (readonly string[])[]): void {
    for (const path of paths) {
      const key = orderKey(path);
      this.#size -= this.#files.get(key)?.shared.file.size ?? 0;
      this.#files.delete(key);
    }
    this.#handleChanged();
  }

  clear(): void {
    this.#files.clear();
    this.#size = 0;
    this.#handleChanged();
  }

  /** Ends the work that is under way. */
  cancel(): void {
    this.#turn++;
    this.#work?.cancel();
    this.#work = null;
  }

  /**
   * Begins a piece of work. Returns a function that tells whether it is still the latest one.
   */
  begin(): () => boolean {
    this.cancel();
    const turn = this.#turn;
    return () => turn === this.#turn;
  }

  /** Shows how far the latest piece of work is. */
  follow(work: DraftWork | null): void {
    this.#work = work;
  }

  /**
   * Hashes the files, but those that cannot be read.
   * @throws ShoalError share/cancelled; what TorrentBuilder refuses; why the first file cannot be read when none can
   */
  async hash(crossSeed: string | null, isLatest: () => boolean): Promise<HashedDraft> {
    for (;;) {
      // Each step takes long for very many files, so peers and tabs have their turn in between.
      await turn();
      if (!isLatest()) throw new ShoalError("share/cancelled");
      const all = [...this.#files.values()];
      const readable = all.filter(({ failure }) => failure === null);
      if (readable.length === 0) throw all[0]?.failure ?? new ShoalError("torrent/empty");
      const layout = layOutShare(readable.map(({ shared }) => shared));
      const inputs = readable.map(({ shared: { file, path }, hashes }) => ({
        file,
        path: path.slice(layout.depth),
        hashes,
      }));
      const job = new ShareJob(inputs, { ...layout, crossSeed });
      this.#work = job;
      try {
        const { order, ...hashed } = await job.run();
        await turn();
        if (!isLatest()) throw new ShoalError("share/cancelled");
        return { ...hashed, files: order.map((index) => readable[index]!.shared) };
      } catch (error) {
        if (!isLatest()) throw new ShoalError("share/cancelled");
        if (job.unreadable.size === 0) throw error;
        for (const [index, failure] of job.unreadable) readable[index]!.failure = failure;
      } finally {
        if (isLatest()) this.#work = null;
      }
    }
  }

  snapshot(rate: number): Omit<DraftSnapshot, "tab"> {
    const { name = "", otherEntries = 0 } = this.layout ?? {};
    const { size, hashed } = this.#work ?? { size: this.#size, hashed: this.share === null ? 0 : this.#size };
    return {
      draft: this.#id,
      name,
      otherEntries,
      fileCount: this.#files.size,
      size,
      hashed,
      rate,
      working: this.#work !== null,
      id: this.share,
    };
  }

  #handleChanged(): void {
    this.cancel();
    this.share = null;
    this.#layout = null;
  }
}
