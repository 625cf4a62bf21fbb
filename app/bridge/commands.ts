/**
 * What any tab asks of the engine's worker, and what the worker tells all tabs. Both travel on one
 * BroadcastChannel (bus.ts), so that the tab that hosts the worker is no special case.
 */

import type { ErrorCode } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { TorrentArrays, TorrentFileSnapshot, TorrentStatus } from "../engine/snapshot.ts";

/** A file to share, as dropped or picked. */
export interface SharedFile {
  readonly file: File;
  /** Path components from the drop's root, the file's name last. */
  readonly path: readonly string[];
  /** Where the browser has one: lets the share go on after a reload. */
  readonly handle: FileSystemFileHandle | null;
}

/** Each command with what it takes and what it answers. */
export interface Commands {
  /** Hashes and shares files. Answers when hashing is done; `job` names it in snapshots until then. */
  share: {
    request: { job: string; name: string; singleFile: boolean; files: readonly SharedFile[] };
    reply: { id: TorrentId };
  };
  /** Stops hashing; the `share` command then fails with share/cancelled. */
  cancelShare: { request: { job: string }; reply: null };
  /** Opens a share link or magnet. A torrent that is already here is answered, not added twice. */
  open: { request: { link: string }; reply: { id: TorrentId } };
  /** Opens the bytes of a .torrent file. */
  openTorrentFile: { request: { bytes: Uint8Array }; reply: { id: TorrentId } };
  /** Starts or goes on downloading what is selected (and sharing). */
  start: { request: { id: TorrentId }; reply: null };
  pause: { request: { id: TorrentId }; reply: null };
  /** Which files to download: one flag a file, in the torrent's order. */
  select: { request: { id: TorrentId; wanted: readonly boolean[] }; reply: null };
  /** Forgets a share; with `data` also what is stored of it. */
  remove: { request: { id: TorrentId; data: boolean }; reply: null };
  /**
   * The most bytes a second up and down, null for no limit: of one share, or with null of all together. Both kinds hold
   * at once, until the worker ends. Fails with share/bad-limit unless each is above 0.
   */
  limits: {
    request: { id: TorrentId | null; up: number | null; down: number | null };
    reply: null;
  };
  files: { request: { id: TorrentId }; reply: { version: number; files: readonly TorrentFileSnapshot[] } };
  /**
   * Share link, magnet and .torrent of a torrent; the .torrent is null until metadata and layers are known. A private
   * share has no magnet (empty) and no .torrent.
   */
  links: { request: { id: TorrentId }; reply: { share: string; magnet: string; torrent: Uint8Array | null } };
  /** Writes one complete file into a file the person chose (Chromium's save picker). Progress: snapshots. */
  saveToHandle: { request: { id: TorrentId; file: number; handle: FileSystemFileHandle }; reply: null };
  /** Writes the complete selected files below a folder the person chose. */
  saveToDirectory: { request: { id: TorrentId; handle: FileSystemDirectoryHandle }; reply: null };
  /** A complete file as a Blob: where neither picker nor service worker is to be had, and for previews. */
  blob: { request: { id: TorrentId; file: number }; reply: { blob: Blob } };
  cancelSave: { request: { id: TorrentId }; reply: null };
}

export type CommandName = keyof Commands;

/** From a tab to the worker. */
export type CommandMessage = {
  [K in CommandName]: {
    readonly to: "worker";
    readonly call: string;
    /** The worker it is meant for; others leave it, and the tab sends it again to the one that takes over. */
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

/** Files being hashed, not yet a torrent. */
export interface HashingSnapshot {
  readonly job: string;
  readonly name: string;
  /** As in the snapshot of the share that it will be. */
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

/** A share in numbers and words. */
export interface ShareStatus extends TorrentStatus {
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** This device is the origin: pieces are read from the person's own files, not from storage. */
  readonly fromFiles: boolean;
  /** Shared from files that this browser cannot read any more: drop them again to go on. */
  readonly needsFiles: boolean;
  /** The share link; empty until a v1-only or unknown torrent's hash is known. */
  readonly link: string;
  /** How each peer is reached, by link: host, srflx/prflx direct, or relayed. */
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
