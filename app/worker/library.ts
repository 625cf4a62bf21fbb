/**
 * The library keeps what a node needs to know of its torrents after a restart. While the node runs, it writes each
 * torrent's record, and its file table once the info dictionary is known. At a start, it gives each record back, with
 * the pieces that are there: the stored ones, and those of the person's own files that can be read.
 *
 * A torrent that was shared from own files must not download what the person has. So files that cannot be read now
 * count as not wanted, unless pieces of them are stored: then the person had chosen to download them. A torrent of
 * which nothing is there waits for its files: it is given to the engine as paused. Its record stays as the person left
 * it, so that the share goes on when its files are there again.
 *
 * A torrent that is downloaded into a folder waits in the same way, until it is known what is there (disk-folders.ts).
 *
 * A visit (visits.ts) is not written until it is started or kept.
 *
 * The pieces themselves are left to piece-store.ts, the person's own files to shared-files.ts.
 */

import { type About, readAbout } from "../engine/content/about.ts";
import { parsedInfo } from "../engine/content/parsed-info.ts";
import { PieceMap } from "../engine/content/piece-map.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";
import { writeFileTable } from "../storage/file-table.ts";
import { rangeOf, type ShoalDatabase } from "../storage/schema.ts";
import { readTorrentRow } from "../storage/torrent-row.ts";
import type { FileSource } from "./file-source.ts";
import type { PieceStore } from "./piece-store.ts";
import type { SharedFiles } from "./shared-files.ts";

/** A torrent as the engine is given it at a start. */
export interface KeptTorrent {
  readonly record: TorrentRecord;
  readonly have: "all" | "none" | Uint8Array;
}

export class Library {
  readonly #db: ShoalDatabase;
  readonly #pieces: PieceStore;
  readonly #shared: SharedFiles;
  readonly #addedAt: Map<TorrentId, number>;
  /** Records of shares that wait for their files, as the person left them. */
  readonly #waiting: Map<TorrentId, TorrentRecord>;
  /** The file tables that were written in this run, each with the about whose times are in it. */
  readonly #tables: Map<TorrentId, Uint8Array | null>;
  /** Torrents that are not kept. */
  readonly #visits: Set<TorrentId>;
  /** Writes under way. */
  readonly #writes: Set<Promise<void>>;

  constructor(db: ShoalDatabase, pieces: PieceStore, shared: SharedFiles) {
    this.#db = db;
    this.#pieces = pieces;
    this.#shared = shared;
    this.#addedAt = new Map();
    this.#waiting = new Map();
    this.#tables = new Map();
    this.#visits = new Set();
    this.#writes = new Set();
  }

  /** Milliseconds since 1970. */
  addedAt(torrent: TorrentId): number {
    return this.#addedAt.get(torrent) ?? 0;
  }

  /** Whether a share waits for its files: nothing of it can be read. */
  isWaiting(torrent: TorrentId): boolean {
    return this.#waiting.has(torrent);
  }

  /** Whether a share waits for its files only, and was not paused by the person. */
  wouldGoOn(torrent: TorrentId): boolean {
    return this.#waiting.get(torrent)?.paused === false;
  }

  /** Resolves when all writes begun so far have ended, in success or failure. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writes);
  }

  /** From now on a torrent's record is not written, until it is started or paused, or `keep` is called. */
  visit(torrent: TorrentId): void {
    this.#visits.add(torrent);
  }

  /** The torrent's next record is written, like that of any other. */
  keep(torrent: TorrentId): void {
    this.#visits.delete(torrent);
  }

  isKept(torrent: TorrentId): boolean {
    return !this.#visits.has(torrent);
  }

  /** Keeps a record, and the file table once the files are known. */
  save(record: TorrentRecord): Promise<void> {
    return this.#track(this.#save(record));
  }

  /** Forgets a torrent; with `data`, its pieces as well. */
  delete(torrent: TorrentId, data: boolean): Promise<void> {
    return this.#track(this.#delete(torrent, data));
  }

  #track(write: Promise<void>): Promise<void> {
    this.#writes.add(write);
    const forget = () => this.#writes.delete(write);
    write.then(forget, forget);
    return write;
  }

  async #save(record: TorrentRecord): Promise<void> {
    const addedAt = this.#addedAt.get(record.id) ?? (record.addedAt || Date.now());
    this.#addedAt.set(record.id, addedAt);
    if (record.active || record.paused) this.#visits.delete(record.id);
    if (this.#visits.has(record.id)) return;
    if (!record.paused) this.#waiting.delete(record.id);
    const { active, paused } = this.#waiting.get(record.id) ?? record;
    const transaction = this.#db.transaction("torrents", "readwrite", { durability: "strict" });
    await Promise.all([transaction.store.put({ ...record, active, paused, addedAt }), transaction.done]);
    const isForgotten = !this.#addedAt.has(record.id);
    if (!record.info || isForgotten || this.#tables.get(record.id) === record.about) return;
    const info = parsedInfo(record.info, record.encoding);
    this.#tables.set(record.id, record.about);
    await writeFileTable(this.#db, record.id, info, aboutOf(record, info.files.length)).catch(
      (error: unknown) => {
        this.#tables.delete(record.id);
        throw error;
      },
    );
  }

  async #delete(torrent: TorrentId, data: boolean): Promise<void> {
    this.#addedAt.delete(torrent);
    this.#waiting.delete(torrent);
    this.#tables.delete(torrent);
    this.#visits.delete(torrent);
    await Promise.all([
      this.#db.delete("torrents", torrent),
      this.#db.delete("files", rangeOf(torrent)),
      this.#db.delete("statistics", torrent),
      this.#db.delete("limits", torrent),
      this.#shared.delete(torrent),
      data && this.#pieces.delete(torrent),
    ]);
  }

  /**
   * All torrents that were kept, the oldest first. A torrent that cannot be read is told to `failed`, and does not
   * keep the others away.
   */
  async load(failed: (torrent: TorrentId, error: unknown) => void): Promise<KeptTorrent[]> {
    const ids = await this.#db.getAllKeys("torrents");
    // Each row is read by itself: a row whose large values are lost fails its whole request.
    const loaded = await Promise.allSettled(ids.map(async (id) => this.#load(await this.#read(id))));
    const kept = loaded.flatMap((result, at) => {
      if (result.status === "fulfilled") return [result.value];
      failed(ids[at]!, result.reason);
      return [];
    });
    return kept.sort((a, b) => a.record.addedAt - b.record.addedAt);
  }

  async #read(id: TorrentId): Promise<TorrentRecord> {
    return readTorrentRow(await this.#db.get("torrents", id));
  }

  /** Which pieces are stored, in BEP 3 bit order; "none" when nothing is. */
  async storedPieces(torrent: TorrentId, pieceCount: number): Promise<"none" | Uint8Array> {
    const pieces = await this.#pieces.stored(torrent);
    if (pieces.length === 0) return "none";
    const bitfield = new Uint8Array(Math.ceil(pieceCount / 8));
    for (const piece of pieces) if (piece < pieceCount) bitfield[piece >> 3]! |= 0x80 >> (piece & 7);
    return bitfield;
  }

  async #load(record: TorrentRecord): Promise<KeptTorrent> {
    this.#addedAt.set(record.id, record.addedAt);
    if (!record.info) return { record, have: "none" };
    if ((await this.#db.getKey("folders", record.id)) !== undefined) {
      this.#waiting.set(record.id, record);
      return { record: { ...record, paused: true }, have: "none" };
    }
    const info = parsedInfo(record.info, record.encoding);
    const source = await this.#shared.restore(record.id, info);
    if (source?.missing.size === 0) return { record: { ...record, wanted: null }, have: "all" };
    const stored = await this.storedPieces(record.id, info.pieceCount);
    if (source === undefined) return { record, have: stored };
    const wanted = wantedFiles(record, info, source, stored);
    if (source.hasNothing && stored === "none") {
      this.#waiting.set(record.id, record);
      return { record: { ...record, wanted, active: false, paused: true }, have: stored };
    }
    const have = source.readablePieces();
    if (stored !== "none") for (const [at, bits] of stored.entries()) have[at]! |= bits;
    return { record: { ...record, wanted }, have };
  }
}

/** The wanted files of a torrent whose own files cannot all be read. */
function wantedFiles(
  record: TorrentRecord,
  info: TorrentInfo,
  source: FileSource,
  stored: "none" | Uint8Array,
): Uint8Array {
  const map = new PieceMap(info);
  const isStored = (piece: number) =>
    stored !== "none" && (stored[piece >> 3]! & (0x80 >> (piece & 7))) !== 0;
  const wanted = new Uint8Array(info.files.length).fill(1);
  for (const file of source.missing.keys()) {
    const { first, end } = map.piecesOf(file);
    let some = false;
    for (let piece = first; piece < end && !some; piece++) some = isStored(piece);
    wanted[file] = some ? (record.wanted?.[file] ?? 1) : 0;
  }
  return wanted;
}

/** The sender's about; null when it is unknown or cannot be read. */
function aboutOf({ about }: TorrentRecord, fileCount: number): About | null {
  try {
    return about && readAbout(about, fileCount);
  } catch {
    return null;
  }
}
