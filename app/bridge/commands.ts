/**
 * Commands are what any tab asks of the engine's worker. Snapshots are what tabs show of the worker's node; the
 * worker tells them as updates (updates.ts). Both travel on one BroadcastChannel (bus.ts), so that the tab that hosts
 * the worker is no special case.
 */

import type { ErrorCode } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { TorrentArrays, TorrentFileSnapshot, TorrentStatus } from "../engine/snapshot.ts";
import type { FileRow, FileRows, RowsQuery } from "./file-rows.ts";

/** A file to share, as dropped or picked. */
export interface SharedFile {
  readonly file: File;
  /** The whole path from what was dropped or picked: a folder's own name first, the file's name last. */
  readonly path: readonly string[];
  /** Null where the browser has none. With a handle, the share goes on after a reload. */
  readonly handle: FileSystemFileHandle | null;
}

/** Paths of files, whole. There may be very many, so only the first of them are named. */
export interface NamedPaths {
  readonly count: number;
  /** MAX_NAMED_PATHS at most. */
  readonly first: readonly (readonly string[])[];
}

/** How the files of a draft differ from those of a share of this device, by paths and sizes. */
export interface ShareDifference {
  readonly id: TorrentId;
  /** Files of the share that are in the draft, by name and size. */
  readonly same: number;
  /** Those of them that have the time that they had when they were shared. */
  readonly sameTimes: number;
  /** Files of the share that cannot be read now and are not in the draft. */
  readonly missing: NamedPaths;
  /** Files of the share that have another size in the draft. */
  readonly changed: NamedPaths;
  /** Files of the draft that are not in the share. */
  readonly extra: NamedPaths;
}

/** The outcome for files that were given to a share again. */
export interface FilesGiven {
  /** Files that the share can be read from again. */
  readonly taken: NamedPaths;
  /** Files of the share that still cannot be read: they were not given. */
  readonly missing: NamedPaths;
  /** Files whose content is not what was shared. They are not taken. */
  readonly changed: NamedPaths;
  /** Files that are not in the share. */
  readonly extra: NamedPaths;
}

/** Why an own file of a share cannot be read. */
export type MissingReason =
  /** It is not where it was, or the browser refuses it. */
  | "gone"
  /** Its content is not what was shared. */
  | "changed"
  /** This browser keeps no way to it, or the person refused it: it is to be given again after a start. */
  | "not-given"
  /** This browser keeps a way to it, and asks the person before it is read: `readAgain`. */
  | "not-allowed";

export interface MissingFile {
  /** Its index in the torrent. */
  readonly file: number;
  /** As in the torrent: without the share's name. */
  readonly path: readonly string[];
  readonly reason: MissingReason;
}

/** Each command, with what it takes and what it answers. */
export interface Commands {
  /**
   * Brings files of a draft: what a person is about to share (page/draft.ts). They come in batches. With `begin`, the
   * worker forgets the files that it had of the draft. A file with the path of an earlier one takes its place. When the
   * tab is gone, its drafts end; what they became stays.
   */
  gather: {
    request: { draft: string; tab: string; begin: boolean; files: readonly SharedFile[] };
    reply: null;
  };
  /** Takes files out of a draft, by their whole paths. */
  takeOut: { request: { draft: string; paths: readonly (readonly string[])[] }; reply: null };
  /**
   * Hashes a draft and shares it. The share replaces the one that the draft was before. Fails with share/unknown-draft
   * when this worker does not hold all of its `fileCount` files, as when it took over from another one. Fails with
   * share/cancelled when the draft changes before it is done.
   */
  share: {
    request: {
      draft: string;
      fileCount: number;
      /** The name that the person gave; null for none. */
      title: string | null;
      /** The sender's note; empty for none. A share that was known keeps the note that its link commits to. */
      note: string;
      /** Random hex of a share that gets a link of its own, though the same content may be shared already. */
      anew: string | null;
    };
    reply: {
      id: TorrentId;
      /** The same content was a share of this device before. */
      known: boolean;
      /** Whole paths of the files that could not be read. They are not in the share. */
      unreadable: readonly (readonly string[])[];
    };
  };
  /** Ends a draft, and removes the share that it became, if that belongs to no other (worker/draft-shares.ts). */
  discard: { request: { draft: string }; reply: null };
  /** Ends a draft, whose share stays. */
  passOn: { request: { draft: string; id: TorrentId }; reply: null };
  /**
   * Compares a draft with the shares whose own files cannot all be read: those that it has files of, the most first.
   * Fails as `share` when the worker does not hold the whole draft.
   */
  compare: {
    request: { draft: string; fileCount: number };
    reply: { differences: readonly ShareDifference[] };
  };
  /**
   * Gives a share its own files again, from a draft. A file is found by its path, else by its name and size. If its
   * time is another than when it was shared, its content is checked first. The share goes on with the files that it
   * has, but not if it was paused, unless `resume`. Fails as `share` when the worker does not hold the whole draft.
   */
  giveFiles: {
    request: { id: TorrentId; draft: string; fileCount: number; resume: boolean };
    reply: FilesGiven;
  };
  /**
   * Own files of a share that cannot be read now: the first of them, in the torrent's order, and how many there are.
   * `handles`: those of the first that the browser lets read once it has asked the person.
   */
  missingFiles: {
    request: { id: TorrentId };
    reply: {
      count: number;
      first: readonly MissingFile[];
      handles: readonly FileSystemFileHandle[];
    };
  };
  /**
   * Reads the own files again that the person has allowed to be read. The share goes on with them, and so does every
   * other one that the same answer allowed. One that was paused stays so, except this share.
   */
  readAgain: { request: { id: TorrentId }; reply: null };
  /** Gives a share a name for people; null for the torrent's own. */
  rename: { request: { id: TorrentId; title: string | null }; reply: null };
  /**
   * Opens the share link or magnet in a text. A torrent that is already here is answered, not added twice. With a
   * `tab`, a new torrent is a visit (worker/visits.ts): it is here for as long as tabs show it, unless it is started.
   * `fragment`: the link as the fragment of an address, with all that it asks for.
   */
  open: { request: { link: string; tab: string | null }; reply: { id: TorrentId; fragment: string } };
  /**
   * Opens a .torrent file. The file itself travels, not its bytes, because every tab gets what is posted on the bus.
   * `tab`: as in `open`.
   */
  openTorrentFile: { request: { file: File; tab: string | null }; reply: { id: TorrentId } };
  /** A tab shows a torrent no more. If it was only visited, and nobody else shows it, it leaves. */
  leave: { request: { id: TorrentId; tab: string }; reply: null };
  /** Starts or resumes the download of what is selected, and sharing. */
  start: { request: { id: TorrentId }; reply: null };
  pause: { request: { id: TorrentId }; reply: null };
  /** Which files to download: all below a node of the share's file tree are to be, or none. Null: all of the share. */
  select: { request: { id: TorrentId; node: number | null; want: boolean }; reply: null };
  /** How many bytes of which shares are in this browser's storage. */
  storage: { request: object; reply: StoredBytes };
  /**
   * Gives up what is stored of a share, which stays in the list as if nothing of it had been downloaded; with null,
   * what is stored of shares that were removed. Fails with share/unknown for a share of own files.
   */
  free: { request: { id: TorrentId | null }; reply: null };
  /** Forgets a share; with `data` also what is stored of it. */
  remove: { request: { id: TorrentId; data: boolean }; reply: null };
  /**
   * Limits one share, or with a null `id` all shares together: the most bytes a second up and down, null for no
   * limit. Both kinds of limits hold at once, and are kept. Fails with share/bad-limit unless each limit is above 0.
   */
  limits: {
    request: { id: TorrentId | null; up: number | null; down: number | null };
    reply: null;
  };
  /** A window of the rows of a share's file tree, as they are now. */
  rows: { request: { id: TorrentId; query: RowsQuery }; reply: ShareRows };
  /** The files of a share in the torrent's order, from `from` up to, not including, `to`. */
  files: {
    request: { id: TorrentId; from: number; to: number };
    reply: { files: readonly TorrentFileSnapshot[] };
  };
  /**
   * Share link, magnet and .torrent of a torrent; the .torrent is null until metadata and layers are known. A private
   * share has no magnet (empty) and no .torrent, and a members-only torrent has none of the three.
   */
  links: { request: { id: TorrentId }; reply: { share: string; magnet: string; torrent: Uint8Array | null } };
  /**
   * Gives a share of this device's own files another note of the sender; "" for none. Answers the link that commits to
   * it. Links that were passed on before commit to the former note, so this is of use only before. Fails with
   * share/note-too-long.
   */
  setNote: { request: { id: TorrentId; note: string }; reply: { link: string } };
  /** The file list as JSON (worker/manifest.ts); null while it is unknown. */
  manifest: { request: { id: TorrentId }; reply: { manifest: Blob | null } };
  /**
   * Writes one complete file into a file that the person chose (Chromium's save picker). Snapshots tell the progress.
   */
  saveToHandle: { request: { id: TorrentId; file: number; handle: FileSystemFileHandle }; reply: null };
  /** Writes the selected files, all complete, below a folder that the person chose. */
  saveToDirectory: { request: { id: TorrentId; handle: FileSystemDirectoryHandle }; reply: null };
  /**
   * Downloads a share straight into a folder that the person chose, and that may be written to. Its parts that are in
   * the folder already are found, and those that are stored in the browser are moved there. Answers when that is done and the
   * download has started. Fails with save/exists, save/no-reading or save/incomplete, as long as the file list is
   * unknown, or as the browser refused.
   */
  toFolder: { request: { id: TorrentId; folder: FileSystemDirectoryHandle }; reply: null };
  /** The folder into which a share is downloaded; null for none. The person may have to allow it again. */
  folder: { request: { id: TorrentId }; reply: { folder: FileSystemDirectoryHandle | null } };
  /** The page is about to be left: files that are being written are closed, so that what is in them stays. */
  closeFiles: { request: object; reply: null };
  /** A complete file as a Blob, for browsers where neither a picker nor the service worker can save it. */
  blob: { request: { id: TorrentId; file: number }; reply: { blob: Blob } };
  cancelSave: { request: { id: TorrentId }; reply: null };
}

export type CommandName = keyof Commands;

/** From a tab to the worker. */
export type CommandMessage = {
  [K in CommandName]: {
    readonly to: "worker";
    readonly call: string;
    /**
     * The worker that is to carry it out. Others ignore it, and the tab sends it again to the one that takes over.
     */
    readonly epoch: string;
    readonly name: K;
    readonly request: Commands[K]["request"];
  };
}[CommandName];

/** From the worker to the tab that asked, found by `call`. */
export interface ReplyMessage {
  readonly to: "tab";
  readonly call: string;
  readonly result:
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };
}

/** A row of a share's file tree. */
export interface ShareRow extends FileRow {
  /** Bytes below that are stored. */
  readonly stored: number;
  /** Files below that are to be downloaded. */
  readonly wanted: number;
  /** When the file was last changed, as the sender says, in milliseconds since 1970; null for folders and unknown. */
  readonly modified: number | null;
}

export interface ShareRows extends FileRows<ShareRow> {
  /** The `filesVersion` of the share's status that the rows are of. */
  readonly version: number;
  /** Files of the share, and how many of them are to be downloaded. */
  readonly fileCount: number;
  readonly wanted: number;
}

/** Files that a person is about to share, or gives to a share again, as far as the worker has them. */
export interface DraftSnapshot {
  readonly draft: string;
  /** The tab that has it. */
  readonly tab: string;
  /** As in the status of the share that it becomes. */
  readonly name: string;
  readonly otherEntries: number;
  readonly fileCount: number;
  /** Bytes. */
  readonly size: number;
  /** Bytes hashed so far. */
  readonly hashed: number;
  /** Bytes a second, smoothed. */
  readonly rate: number;
  /** It is being hashed, or files of it are compared with those of a share. */
  readonly working: boolean;
  /** The share that it has become; null until then. */
  readonly id: TorrentId | null;
}

/** A save under way. */
export interface SavingSnapshot {
  readonly id: TorrentId;
  readonly written: number;
  readonly size: number;
}

/** Bytes a second, a sample a second, the oldest first. */
export interface RateSamples {
  readonly down: Float32Array;
  readonly up: Float32Array;
}

/** How many of a share's own files can be read. */
export interface OwnFilesStatus {
  readonly total: number;
  readonly readable: number;
  /** Those that can be read once the person allows it. */
  readonly notAllowed: number;
  /** A way to each is kept, so that the worker of another tab can read them too. */
  readonly kept: boolean;
  /** One that cannot be read; null when all can. The command `missingFiles` tells them all. */
  readonly missing: { readonly name: string; readonly reason: MissingReason } | null;
}

/** A share that is downloaded straight into a folder of the person's. */
export interface FolderStatus {
  /** The folder's name. */
  readonly name: string;
  /** `looking`: at what of it is in the folder already. `waiting`: the person has to allow the folder again. */
  readonly state: "looking" | "writing" | "waiting";
  /** Bytes that were looked through. */
  readonly looked: number;
}

/** The status of a share: everything but its arrays and its rates. */
export interface ShareStatus extends TorrentStatus {
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Payload bytes since it came to this device, in all runs; `downloaded` and `uploaded` are those of this run. */
  readonly totals: { readonly downloaded: number; readonly uploaded: number };
  /**
   * It is listed, and stays until it is removed. Else it is a visit, of which nothing was started, and goes when no tab
   * shows it; or it is a draft's share, and its link was not passed on.
   */
  readonly kept: boolean;
  /** This device is the origin: pieces are read from the person's own files, not from storage. */
  readonly fromFiles: boolean;
  /** The person's own files; null for a share that is not from files. */
  readonly ownFiles: OwnFilesStatus | null;
  /** None of the own files can be read, so sharing has stopped. It goes on with each file that is given again. */
  readonly needsFiles: boolean;
  /** Null for a share in the browser's storage, or of own files. */
  readonly folder: FolderStatus | null;
  /** The share link without a name; empty for a private share and for a members-only torrent. */
  readonly link: string;
  /** How each peer is reached, by link: relayed if the candidate of either end is a relay, else direct. */
  readonly routes: Readonly<Record<number, "direct" | "relayed" | "unknown">>;
}

export interface ShareSnapshot extends ShareStatus, TorrentArrays {
  /** Of the last minute; zeros from before the share was here. */
  readonly rates: RateSamples;
}

/** The browser's storage, as far as the browser tells (worker/storage-budget.ts). */
export interface StorageSnapshot {
  /** Bytes that the browser counts for Shoal. */
  readonly used: number;
  /** Bytes that it gives besides; null where its answer does not say. */
  readonly free: number | null;
  /** The browser does not delete it by itself. */
  readonly persisted: boolean;
}

/** The content of the browser's storage, by share. */
export interface StoredBytes {
  /** Shares of which something is stored. Own files are not stored, so that what is stored of such a share stays. */
  readonly shares: readonly { readonly id: TorrentId; readonly bytes: number; readonly canFree: boolean }[];
  /** Shares that were removed while their data were kept. */
  readonly forgotten: { readonly count: number; readonly bytes: number };
}

/** Everything a tab shows. */
export interface NodeSnapshot {
  readonly shares: readonly ShareSnapshot[];
  readonly drafts: readonly DraftSnapshot[];
  readonly saving: readonly SavingSnapshot[];
  /** Null where the browser tells nothing. */
  readonly storage: StorageSnapshot | null;
  /** A fault of the whole node, such as refused storage. */
  readonly fault: { readonly code: ErrorCode; readonly detail: string } | null;
}
