/**
 * A draft is what a person is about to share: from the drop until the link is passed on. It lives in the tab, and the
 * worker has a copy of its files (draft-stream.ts). Hashing begins at once. After each change it begins again, and the
 * worker keeps the hashes of the files that did not change.
 *
 * | state | what goes on | next |
 * | --- | --- | --- |
 * | empty | there are no files | gathering, when some are added |
 * | gathering | the files are on their way to the worker | hashing |
 * | hashing | the worker reads and hashes them | ready, failed |
 * | ready | the share is there, under `share` | ended, when its link is passed on |
 * | failed | it cannot be shared, and `error` says why | gathering, after a change |
 * | ended | it was passed on, given to another share or discarded | |
 *
 * Every change leads back to gathering, or to empty. The share of a draft is online as soon as it is ready, because the
 * person may pass its link on at any time. When the draft is changed before that, the new share replaces it.
 */

import type { FilesGiven, ShareDifference, SharedFile } from "../bridge/commands.ts";
import { layOutShare, orderKey, type ShareLayout } from "../engine/content/share-layout.ts";
import { type ErrorCode, ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { DraftStream } from "./draft-stream.ts";
import { addIntake, type Intake } from "./intake/intake.ts";
import type { LeftOut } from "./intake/left-out.ts";
import { Pace } from "./intake/pace.ts";
import type { NodeClient } from "./node-client.ts";

export type DraftState = "empty" | "gathering" | "hashing" | "ready" | "failed" | "ended";

/** The share that a draft has become. */
interface MadeShare {
  readonly id: TorrentId;
  readonly known: boolean;
}

export class Draft {
  /** Names it to the worker and in snapshots. */
  readonly id: string;
  readonly #node: NodeClient;
  readonly #stream: DraftStream;
  readonly #listeners: Set<() => void>;
  readonly #unsubscribe: () => void;
  /** By the order key of their paths. */
  #files: ReadonlyMap<string, SharedFile>;
  /** The same in torrent order; null until it is asked for. */
  #sorted: readonly SharedFile[] | null;
  #layout: ShareLayout | null;
  /** Bytes of the files that were looked at so far: each first look may wait for the disk. */
  #size: number;
  readonly #sizes: WeakMap<SharedFile, number>;
  /** Some file was looked at. */
  #isMeasured: boolean;
  #leftOut: readonly LeftOut[];
  #mayLack: boolean;
  #title: string | null;
  #note: string;
  /** The link with the latest note, which snapshots may not tell yet; null for none. */
  #noted: { readonly id: TorrentId; readonly link: string } | null;
  #noting: Promise<void>;
  /** Random hex of a share that gets a link of its own; else null. */
  #anew: string | null;
  #state: DraftState;
  #error: { readonly code: ErrorCode; readonly detail: string } | null;
  #share: MadeShare | null;
  /** The share that this draft has made and that no other draft knew: the next one replaces it. */
  #own: TorrentId | null;
  #differences: readonly ShareDifference[];
  /** Counts changes. Work for an earlier one is stale. */
  #revision: number;

  constructor(node: NodeClient) {
    this.id = crypto.randomUUID();
    this.#node = node;
    this.#stream = new DraftStream(node, this.id);
    this.#listeners = new Set();
    this.#unsubscribe = node.subscribe(() => this.#tell());
    this.#files = new Map();
    this.#sorted = null;
    this.#layout = null;
    this.#size = 0;
    this.#sizes = new WeakMap();
    this.#isMeasured = false;
    this.#leftOut = [];
    this.#mayLack = false;
    this.#title = null;
    this.#note = "";
    this.#noted = null;
    this.#noting = Promise.resolve();
    this.#anew = null;
    this.#state = "empty";
    this.#error = null;
    this.#share = null;
    this.#own = null;
    this.#differences = [];
    this.#revision = 0;
  }

  /** The files with their whole paths, in torrent order. Replaced, never changed. */
  get files(): readonly SharedFile[] {
    this.#sorted ??= sortByKey(this.#files);
    return this.#sorted;
  }

  /**
   * The entries that are left out: system files and the like, and files that could not be read while they were hashed.
   * Replaced, never changed.
   */
  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  /** The browser may have hidden some files of a folder. */
  get mayLack(): boolean {
    return this.#mayLack;
  }

  /** The torrent's name, which follows from the paths; "" while there are no files. `title` goes before it. */
  get name(): string {
    return this.#laidOut?.name ?? "";
  }

  /** Files and folders at the top besides the one that gave the name. */
  get otherEntries(): number {
    return this.#laidOut?.otherEntries ?? 0;
  }

  /** Bytes of all files; while they are gathered, of those that were looked at. */
  get size(): number {
    return this.#size;
  }

  /** The name that the person gave; null for none. */
  get title(): string | null {
    return this.#title;
  }

  /** The note for those who open the link; empty for none. */
  get note(): string {
    return this.#note;
  }

  get state(): DraftState {
    return this.#state;
  }

  /** Why it cannot be shared; null unless `state` is failed. */
  get error(): { readonly code: ErrorCode; readonly detail: string } | null {
    return this.#error;
  }

  /** Bytes hashed so far, of `size`. */
  get hashed(): number {
    return this.#state === "ready" ? this.#size : (this.#told?.hashed ?? 0);
  }

  /** Bytes hashed a second, smoothed. */
  get rate(): number {
    return this.#told?.rate ?? 0;
  }

  /** The share that it has become; null unless `state` is ready. */
  get share(): TorrentId | null {
    return this.#share?.id ?? null;
  }

  /** The link of `share`; "" until the node tells it. It commits to the note once that has `settled`. */
  get link(): string {
    if (this.#share === null) return "";
    const told = this.#node.snapshot?.shares.find(({ id }) => id === this.#share!.id);
    return this.#noted?.id === this.#share.id ? this.#noted.link : (told?.link ?? "");
  }

  /**
   * The same content was a share of this device before. It keeps its link, unless the person wants another (`anew`).
   */
  get known(): boolean {
    return this.#share?.known ?? false;
  }

  /** The draft gets a link of its own, whatever was shared before. */
  get isAnew(): boolean {
    return this.#anew !== null;
  }

  /**
   * How the files differ from those of shares that wait for theirs, where the draft has some of them: the person may
   * mean to give them to such a share (`giveTo`). The one with the most of them comes first.
   */
  get differences(): readonly ShareDifference[] {
    return this.#differences;
  }

  /** Adds an intake. Answers how many of its files were in the draft already. */
  add(intake: Intake): { readonly again: number } {
    const { files, leftOut, again } = addIntake(intake, [...this.#files.values()]);
    this.#leftOut = [...this.#leftOut, ...leftOut];
    if (intake.mayLack) this.#mayLack = true;
    if (files.length > 0) this.#change([...this.#files, ...files.map(keyed)]);
    else this.#tell();
    return { again };
  }

  /** Takes files out, by their whole paths. */
  takeOut(paths: Iterable<readonly string[]>): void {
    const keys = new Set([...paths].map(orderKey));
    const kept = [...this.#files].filter(([key]) => !keys.has(key));
    if (kept.length < this.#files.size) this.#change(kept);
  }

  /** Takes files in that were left out, those of `entries` that have one. */
  async takeIn(entries: Iterable<LeftOut>): Promise<void> {
    const wanted = new Set(entries);
    const found = this.#leftOut.flatMap((entry) => (wanted.has(entry) ? (entry.file ?? []) : []));
    const files = await Promise.all(found.map(reopen));
    this.#leftOut = this.#leftOut.filter((entry) => !wanted.has(entry) || entry.file === null);
    this.putBack(files);
  }

  /** Puts files where they were. Those whose place is taken by now are numbered as added ones are. */
  putBack(files: readonly SharedFile[]): void {
    const isFree = ({ path }: SharedFile) => !this.#files.has(orderKey(path));
    const back = files.filter(isFree).map(keyed);
    const added = addIntake({ files: files.filter((file) => !isFree(file)), leftOut: [] }, [
      ...this.#files.values(),
      ...back.map(([, file]) => file),
    ]);
    this.#change([...this.#files, ...back, ...added.files.map(keyed)]);
  }

  /** Gives it a name for people; null or only spaces for the torrent's own. */
  rename(title: string | null): void {
    const trimmed = title?.trim() ?? "";
    this.#title = trimmed === "" ? null : trimmed;
    if (this.#share !== null) void this.#tellTitle(this.#share.id);
    this.#tell();
  }

  /** Writes the note. The link commits to it. A share that was known keeps the note of its link. */
  setNote(note: string): void {
    if (note === this.#note) return;
    this.#note = note;
    if (this.#share?.known === false) this.#tellNote(this.#share.id);
    this.#tell();
  }

  /** Waits until `link` commits to the note. @throws ShoalError share/note-too-long */
  settled(): Promise<void> {
    return this.#noting;
  }

  /** Gives it a link of its own, although the same content is shared already. */
  anew(): void {
    this.#anew = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    this.#change(this.#files);
  }

  /** Tries again after a failure. */
  retry(): void {
    if (this.#state === "failed") this.#change(this.#files);
  }

  /** Ends the draft. The share that it made is removed, as nobody was told of it; one that was known before stays. */
  async discard(): Promise<void> {
    if (this.#end()) await this.#node.call("discard", { draft: this.id, replaces: this.#own });
  }

  /** The link is copied or shown: ends the draft, and its share stays. To be called when it is ready. */
  async passOn(): Promise<void> {
    const share = this.#share;
    if (share === null || !this.#end()) return;
    await this.#node.call("passOn", { draft: this.id, id: share.id });
  }

  /**
   * Gives the files to a share that waits for them, and ends the draft.
   * @throws ShoalError as the command failed
   */
  async giveTo(id: TorrentId): Promise<FilesGiven> {
    const files = this.#files;
    this.#end();
    try {
      return await this.#stream.ask(files, (fileCount) =>
        this.#node.call("giveFiles", { id, draft: this.id, fileCount, resume: true }),
      );
    } finally {
      await this.#node.call("discard", { draft: this.id, replaces: this.#own });
    }
  }

  /** Calls `listener` after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #laidOut(): ShareLayout | null {
    if (this.#files.size > 0) this.#layout ??= layOutShare(this.#files.values());
    return this.#layout;
  }

  get #told() {
    return this.#node.snapshot?.drafts.find(({ draft }) => draft === this.id);
  }

  #change(files: Iterable<readonly [string, SharedFile]>): void {
    if (this.#state === "ended") return;
    this.#setFiles(new Map(files));
    this.#share = null;
    this.#error = null;
    this.#differences = [];
    this.#state = this.#files.size === 0 ? "empty" : "gathering";
    const revision = ++this.#revision;
    void this.#prepare(revision).catch((error: unknown) => {
      if (revision === this.#revision) this.#fail(error);
    });
    this.#tell();
  }

  #setFiles(files: ReadonlyMap<string, SharedFile>): void {
    this.#files = files;
    this.#sorted = null;
    this.#layout = null;
    this.#size = 0;
    // Of the first files, which may be very many and are drawn in the same task, none was looked at.
    if (this.#isMeasured) for (const file of files.values()) this.#size += this.#sizes.get(file) ?? 0;
  }

  /** Looks how large the files are that are new. */
  async #measure(isStale: () => boolean): Promise<void> {
    const pace = new Pace();
    for (const shared of this.#files.values()) {
      if (this.#sizes.has(shared)) continue;
      await pace.step();
      if (isStale()) return;
      const { size } = shared.file;
      this.#sizes.set(shared, size);
      this.#isMeasured = true;
      this.#size += size;
    }
  }

  /** Makes the share, unless the draft changes before. */
  async #prepare(revision: number): Promise<void> {
    if (this.#files.size === 0) {
      this.#stream.forget();
      await this.#node.call("discard", { draft: this.id, replaces: this.#own });
      return;
    }
    const isStale = () => revision !== this.#revision;
    const draft = this.id;
    await this.#measure(isStale);
    if (isStale()) return;
    const compared = await this.#stream.ask(
      this.#files,
      (fileCount) => this.#node.call("compare", { draft, fileCount }),
      isStale,
    );
    if (compared === null || isStale()) return;
    this.#differences = compared.differences;
    this.#state = "hashing";
    this.#tell();
    const [title, note] = [this.#title, this.#note];
    const made = await this.#stream.ask(
      this.#files,
      (fileCount) => {
        const asked = { draft, fileCount, title: this.#title, note: this.#note, anew: this.#anew };
        return this.#node.call("share", { ...asked, replaces: this.#own });
      },
      isStale,
    );
    if (made === null) return;
    if (!made.known) this.#own = made.id;
    if (isStale()) return;
    this.#leaveOut(made.unreadable);
    this.#share = made;
    this.#state = "ready";
    if (this.#title !== title) void this.#tellTitle(made.id);
    if (this.#note !== note && !made.known) this.#tellNote(made.id);
    this.#tell();
  }

  /** The worker could not read these files: the share is without them. */
  #leaveOut(paths: readonly (readonly string[])[]): void {
    if (paths.length === 0) return;
    const keys = new Set(paths.map(orderKey));
    const unreadable = [...this.#files].flatMap(([key, file]) => (keys.has(key) ? [file] : []));
    const left = unreadable.map((file): LeftOut => ({ path: file.path, reason: "unreadable", file }));
    this.#leftOut = [...this.#leftOut, ...left];
    this.#setFiles(new Map([...this.#files].filter(([key]) => !keys.has(key))));
  }

  async #tellTitle(id: TorrentId): Promise<void> {
    await this.#node.call("rename", { id, title: this.#title }).catch(() => {});
  }

  #tellNote(id: TorrentId): void {
    this.#noting = this.#node.call("setNote", { id, note: this.#note }).then(({ link }) => {
      this.#noted = { id, link };
      this.#tell();
    });
    // A failure is told to whoever waits until it has `settled`.
    this.#noting.catch(() => {});
  }

  #fail(error: unknown): void {
    const { code, detail } =
      error instanceof ShoalError ? error : new ShoalError("connection/worker-failed", String(error));
    this.#error = { code, detail };
    this.#state = "failed";
    this.#tell();
  }

  /** False if it has ended before. */
  #end(): boolean {
    if (this.#state === "ended") return false;
    this.#revision++;
    this.#state = "ended";
    this.#unsubscribe();
    this.#tell();
    return true;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function keyed(file: SharedFile): [string, SharedFile] {
  return [orderKey(file.path), file];
}

function sortByKey(files: ReadonlyMap<string, SharedFile>): SharedFile[] {
  const keys = [...files.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return keys.map((key) => files.get(key)!);
}

/** The file as it is on the disk now, where there is a handle: one that changed could not be read as it was. */
async function reopen(shared: SharedFile): Promise<SharedFile> {
  try {
    return { ...shared, file: (await shared.handle?.getFile()) ?? shared.file };
  } catch {
    return shared;
  }
}
