/**
 * The engine host is the worker's implementation of the engine's Host. It hands each call to the part of the worker
 * that does it, and hands the result back to the engine as an input. It keeps nothing itself.
 */

import type { HashKind, Host, TorrentId, TorrentRecord } from "../engine/host.ts";
import type { LinkEnd, LinkId, OtherEnd } from "../engine/link.ts";
import type { LogCode, LogData } from "../engine/log.ts";
import { hashLeaves, hashSha1 } from "../storage/hasher.ts";
import type { DiskFolders } from "./disk-folders.ts";
import type { LinkTable } from "./link-table.ts";
import type { Log } from "./log.ts";
import { type PieceInputs, type PieceStore, pieceFailure } from "./piece-store.ts";
import type { RecordWrites } from "./record-writes.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { TrackerSockets } from "./tracker-sockets.ts";

/** The engine's inputs that answer this file's own calls. */
export interface HostInputs extends Pick<PieceInputs, "handleRead"> {
  handleHashed(request: number, digest: Uint8Array): void;
}

export interface HostParts {
  readonly links: LinkTable;
  readonly trackers: TrackerSockets;
  readonly pieces: PieceStore;
  readonly shared: SharedFiles;
  /** Null until a share is downloaded into a folder. */
  readonly folders: () => Pick<DiskFolders, "deletePiece" | "read" | "store"> | null;
  readonly records: RecordWrites;
  readonly log: Log;
  readonly inputs: () => HostInputs;
  /** A torrent is no longer here. */
  readonly removed: (torrent: TorrentId) => void;
}

export class EngineHost implements Host {
  readonly #parts: HostParts;
  /** The torrent that the engine is being given anew. */
  #renewed: TorrentId | null;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#renewed = null;
  }

  /** Nothing that is kept of a torrent is deleted during `work`, which gives it to the engine anew. */
  keepDuring(torrent: TorrentId, work: () => void): void {
    this.#renewed = torrent;
    try {
      work();
    } finally {
      this.#renewed = null;
    }
  }

  now(): number {
    return performance.now();
  }

  random(): number {
    return Math.random();
  }

  createOffer(link: LinkId, trickle: boolean, _torrent: TorrentId): void {
    this.#parts.links.createOffer(link, trickle);
  }

  createAnswer(link: LinkId, sdp: string, other: OtherEnd, _torrent: TorrentId): void {
    this.#parts.links.createAnswer(link, sdp, other);
  }

  acceptAnswer(link: LinkId, sdp: string, other: OtherEnd): void {
    this.#parts.links.acceptAnswer(link, sdp, other);
  }

  deliverSignal(link: LinkId, signal: string): void {
    this.#parts.links.deliverSignal(link, signal);
  }

  mendLink(link: LinkId): void {
    this.log("link-mending", { link });
    this.#parts.links.mend(link);
  }

  send(link: LinkId, bytes: Uint8Array): void {
    this.#parts.links.send(link, bytes);
  }

  /** Copies both, as a channel takes one array for a message. */
  sendBlock(link: LinkId, header: Uint8Array, block: Uint8Array): void {
    const message = new Uint8Array(header.length + block.length);
    message.set(header);
    message.set(block, header.length);
    this.#parts.links.send(link, message);
  }

  buffered(link: LinkId): number {
    return this.#parts.links.buffered(link);
  }

  closeLink(link: LinkId, reason: LinkEnd): void {
    this.log("link-given-up", { link, reason });
    this.#parts.links.close(link);
  }

  openTracker(url: string): void {
    this.#parts.trackers.open(url);
  }

  sendTracker(url: string, text: string): void {
    this.#parts.trackers.send(url, text);
  }

  closeTracker(url: string): void {
    this.#parts.trackers.close(url);
  }

  hash(
    request: number,
    _torrent: TorrentId,
    _piece: number,
    kind: HashKind,
    data: Uint8Array,
    padding: number,
  ): void {
    const digest = kind === "leaves" ? hashLeaves(data) : hashSha1(data, padding);
    void digest.then((bytes) => this.#parts.inputs().handleHashed(request, bytes));
  }

  store(torrent: TorrentId, piece: number, data: Uint8Array): void {
    const { pieces, folders } = this.#parts;
    if (folders()?.store(torrent, piece, data) !== true) pieces.store(torrent, piece, data);
  }

  /**
   * Reads a piece from the person's own files if the share was made from them, from the folder into which it is
   * downloaded, or else from the database. If the own files fail, a stored copy may be
   * there. Own files are checked as they are read, the others are not.
   */
  read(request: number, torrent: TorrentId, piece: number): void {
    const { shared, pieces, folders, inputs } = this.#parts;
    if (folders()?.read(request, torrent, piece) === true) return;
    const source = shared.source(torrent);
    if (!source) {
      pieces.read(request, torrent, piece);
      return;
    }
    void source.readPiece(piece).then(
      (data) => inputs().handleRead(request, data, null, true),
      (error: unknown) => pieces.read(request, torrent, piece, pieceFailure(error)),
    );
  }

  deletePiece(torrent: TorrentId, piece: number): void {
    const { pieces, folders } = this.#parts;
    if (folders()?.deletePiece(torrent, piece) !== true) pieces.deletePiece(torrent, piece);
  }

  saveRecord(record: TorrentRecord): void {
    this.#parts.records.save(record);
  }

  deleteTorrent(torrent: TorrentId, data: boolean): void {
    if (torrent === this.#renewed) return;
    this.#parts.removed(torrent);
    this.#parts.records.delete(torrent, data);
  }

  log<Code extends LogCode>(code: Code, data: LogData[Code]): void {
    this.#parts.log.write(code, data);
  }
}
