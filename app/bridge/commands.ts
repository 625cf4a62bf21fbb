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

/** Each command, with what it takes and what it answers. */
export interface Commands {
  /** Hashes and shares files. Answers when hashing is done; `job` names it in snapshots until then. */
  share: {
    request: { job: string; files: readonly SharedFile[] };
    reply: { id: TorrentId };
  };
  /** Stops hashing; the `share` command then fails with share/cancelled. */
  cancelShare: { request: { job: string }; reply: null };
  /**
   * Opens the share link or magnet in a text. A torrent that is already here is answered, not added twice. With a
   * `tab`, a new torrent is a visit (worker/visits.ts): it is here for as long as tabs show it, unless it is started.
   * `fragment`: the link as the fragment of an address, with all that it asks for.
   */
  open: { request: { link: string; tab: string | null }; reply: { id: TorrentId; fragment: string } };
  /** Opens the bytes of a .torrent file. `tab`: as in `open`. */
  openTorrentFile: { request: { bytes: Uint8Array; tab: string | null }; reply: { id: TorrentId } };
  /** A tab shows a torrent no more. If it was only visited, and nobody else shows it, it leaves. */
  leave: { request: { id: TorrentId; tab: string }; reply: null };
  /** Starts or resumes the download of what is selected, and sharing. */
  start: { request: { id: TorrentId }; reply: null };
  pause: { request: { id: TorrentId }; reply: null };
  /** Which files to download: all below a node of the share's file tree are to be, or none. Null: all of the share. */
  select: { request: { id: TorrentId; node: number | null; want: boolean }; reply: null };
  /** Forgets a share; with `data` also what is stored of it. */
  remove: { request: { id: TorrentId; data: boolean }; reply: null };
  /**
   * Limits one share, or with a null `id` all shares together: the most bytes a second up and down, null for no
   * limit. Both kinds of limits hold at once, until the worker ends. Fails with share/bad-limit unless each limit is
   * above 0.
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
   * share has no magnet (empty) and no .torrent.
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

/** Files that are being hashed for a new share. */
export interface HashingSnapshot {
  readonly job: string;
  readonly name: string;
  /** As in the status of the share that it becomes. */
  readonly otherEntries: number;
  /** Bytes. */
  readonly hashed: number;
  readonly size: number;
  /** Bytes a second, smoothed. */
  readonly rate: number;
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

/** The status of a share: everything but its arrays and its rates. */
export interface ShareStatus extends TorrentStatus {
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** It stays until it is removed. Else it is a visit: nothing was started, and it goes when no tab shows it. */
  readonly kept: boolean;
  /** This device is the origin: pieces are read from the person's own files, not from storage. */
  readonly fromFiles: boolean;
  /** Some of the own files cannot be read any more. The share goes on when they are dropped again. */
  readonly needsFiles: boolean;
  /** The share link without a name; empty for a private share. */
  readonly link: string;
  /** How each peer is reached, by link: relayed if the candidate of either end is a relay, else direct. */
  readonly routes: Readonly<Record<number, "direct" | "relayed" | "unknown">>;
}

export interface ShareSnapshot extends ShareStatus, TorrentArrays {
  /** Of the last minute; zeros from before the share was here. */
  readonly rates: RateSamples;
}

/** Everything a tab shows. */
export interface NodeSnapshot {
  readonly shares: readonly ShareSnapshot[];
  readonly hashing: readonly HashingSnapshot[];
  readonly saving: readonly SavingSnapshot[];
  /** Bytes; null where the browser does not tell. */
  readonly storage: { readonly used: number; readonly quota: number; readonly persisted: boolean } | null;
  /** A fault of the whole node, such as refused storage. */
  readonly fault: { readonly code: ErrorCode; readonly detail: string } | null;
}
