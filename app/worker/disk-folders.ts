/**
 * The disk folders are those into which shares are downloaded straight, instead of into the database. Each is
 * remembered, so that a download goes on after a start: by itself where the browser still lets the folder be written
 * to, else when the person has allowed it again. Until then, nothing of the share is here.
 *
 * A share begins in a folder with a look at what is there already. Meanwhile it is out of its swarm. Its pieces in the
 * database are moved to the folder. Then the engine is given the share anew, with the pieces that are there.
 * disk-files.ts writes and reads them.
 */

import type { FolderStatus } from "../bridge/commands.ts";
import { SafePaths } from "../bridge/safe-names.ts";
import type { PieceHashes } from "../engine/content/piece-hashes.ts";
import { PieceMap } from "../engine/content/piece-map.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { PieceFailure, TorrentId, TorrentRecord } from "../engine/host.ts";
import { hashLeaves, hashSha1 } from "../storage/hasher.ts";
import { StoredPieces } from "../storage/piece-batches.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { type CheckPiece, canReadWhileWriting, DiskFiles } from "./disk-files.ts";
import { type PieceStore, pieceFailure } from "./piece-store.ts";

/** Chromium's, unknown to TypeScript. */
interface HandleWithPermission {
  queryPermission?(options: { mode: "readwrite" }): Promise<PermissionState>;
}

export interface DiskFoldersParts {
  readonly db: ShoalDatabase;
  readonly engine: Engine;
  readonly pieces: Pick<PieceStore, "delete" | "stored">;
  /** Gives the engine a share anew, with other pieces. */
  readonly renew: (record: TorrentRecord, have: Uint8Array | "none") => void;
}

interface DiskShare {
  readonly folder: FileSystemDirectoryHandle;
  /** Null until it is known what is there. */
  files: DiskFiles | null;
  state: FolderStatus["state"];
  looked: number;
}

export class DiskFolders {
  readonly #parts: DiskFoldersParts;
  readonly #shares: Map<TorrentId, DiskShare>;

  constructor(parts: DiskFoldersParts) {
    this.#parts = parts;
    this.#shares = new Map();
  }

  status(id: TorrentId): FolderStatus | null {
    const share = this.#shares.get(id);
    return share === undefined ? null : { name: share.folder.name, state: share.state, looked: share.looked };
  }

  folder(id: TorrentId): FileSystemDirectoryHandle | null {
    return this.#shares.get(id)?.folder ?? null;
  }

  /** Writes a piece into its share's folder. Input: `handleStored`. False when the share has none. */
  store(id: TorrentId, piece: number, data: Uint8Array): boolean {
    const files = this.#shares.get(id)?.files;
    if (files == null) return false;
    const { engine } = this.#parts;
    const answer = (failure: PieceFailure | null) => {
      // The share may be removed by now, or here anew.
      if (this.#shares.get(id)?.files !== files) return;
      engine.handleStored(id, piece, failure);
      if (failure === null) return;
      engine.checkAgain(id, files.takeLost());
      void files.closeAll();
    };
    files.store(piece, data).then(
      () => answer(null),
      (error: unknown) => answer(pieceFailure(error)),
    );
    return true;
  }

  /** Reads a piece of a share's folder. Input: `handleRead`. False when the share has none. */
  read(request: number, id: TorrentId, piece: number): boolean {
    const files = this.#shares.get(id)?.files;
    if (files == null) return false;
    const { engine } = this.#parts;
    files.read(piece).then(
      (data) => engine.handleRead(request, data, null),
      (error: unknown) => engine.handleRead(request, null, pieceFailure(error)),
    );
    return true;
  }

  /** A piece in a share's folder is wrong. False when the share has none. */
  deletePiece(id: TorrentId, piece: number): boolean {
    const files = this.#shares.get(id)?.files;
    files?.delete(piece);
    return files != null;
  }

  /**
   * Takes up the shares whose folders are remembered, all of which the engine has without pieces, and out of their
   * swarms. `active`: those that the person did not pause.
   */
  async load(active: ReadonlySet<TorrentId>): Promise<void> {
    const { db, engine } = this.#parts;
    const [ids, folders] = await Promise.all([db.getAllKeys("folders"), db.getAll("folders")]);
    for (const [at, id] of ids.entries()) {
      if (!engine.torrents().includes(id)) continue;
      const folder = folders[at]!;
      this.#shares.set(id, { folder, files: null, state: "waiting", looked: 0 });
      const permission = await (folder as HandleWithPermission)
        .queryPermission?.({ mode: "readwrite" })
        .catch(() => "denied");
      if (permission === "granted" && active.has(id)) this.start(id, folder).catch(() => {});
    }
  }

  /**
   * Downloads a share into a folder from now on.
   * @throws ShoalError save/incomplete, save/exists, save/no-reading, or DOMException as the browser refused; the share
   * is paused then
   */
  async start(id: TorrentId, folder: FileSystemDirectoryHandle): Promise<void> {
    const { db, engine, pieces, renew } = this.#parts;
    const hashes = engine.hashes(id);
    if (hashes === null) throw new ShoalError("save/incomplete", engine.status(id).name ?? "");
    const before = this.#shares.get(id);
    if (before !== undefined && before.state !== "waiting") return;
    const share: DiskShare = { folder, files: null, state: "looking", looked: 0 };
    this.#shares.set(id, share);
    // Nothing is to be stored in the database meanwhile.
    engine.setActive(id, false);
    try {
      if (!(await canReadWhileWriting(folder))) throw new ShoalError("save/no-reading");
      const files = new DiskFiles(hashes.info, folder, new SafePaths());
      const have = await files.look(engine.content(id).wanted, checkerOf(hashes), (bytes) => {
        if (this.#shares.get(id) !== share) throw new ShoalError("save/cancelled");
        share.looked += bytes;
      });
      const moved = await this.#moveStored(id, files, have);
      await db.put("folders", folder, id);
      await pieces.delete(id);
      share.files = files;
      share.state = "writing";
      renew({ ...engine.record(id), active: true, paused: false }, have);
      engine.checkAgain(id, moved);
    } catch (error) {
      if (this.#shares.get(id) === share) {
        if (before === undefined) this.#shares.delete(id);
        else this.#shares.set(id, before);
      }
      throw error;
    }
  }

  /** A share is no longer here. Whole files stay in their folder. */
  async delete(id: TorrentId): Promise<void> {
    const share = this.#shares.get(id);
    this.#shares.delete(id);
    await Promise.all([this.#parts.db.delete("folders", id), share?.files?.discard()]);
  }

  /** Closes the files that are being written, as before the worker ends; with an `id`, those of one share. */
  async closeFiles(id: TorrentId | null = null): Promise<void> {
    const shares = id === null ? [...this.#shares.values()] : [this.#shares.get(id)];
    await Promise.all(shares.map((share) => share?.files?.closeAll()));
  }

  /** Writes the pieces in the database into the folder, counts them in `have`, and returns them. */
  async #moveStored(id: TorrentId, files: DiskFiles, have: Uint8Array): Promise<number[]> {
    const moved: number[] = [];
    const stored = new StoredPieces(this.#parts.db);
    for (const piece of await this.#parts.pieces.stored(id)) {
      if ((have[piece >> 3]! & (0x80 >> (piece & 7))) !== 0) continue;
      const found = await stored.find(id, piece);
      if (found === undefined) continue;
      await files.store(piece, new Uint8Array(await found.arrayBuffer()));
      have[piece >> 3]! |= 0x80 >> (piece & 7);
      moved.push(piece);
    }
    return moved;
  }
}

/** Compares pieces with their hashes. */
function checkerOf(hashes: PieceHashes): CheckPiece {
  const map = new PieceMap(hashes.info);
  return async (piece, data) => {
    if (!hashes.canVerify(piece)) return false;
    const kind = hashes.kindOf(piece);
    const padding = map.pieceLength(piece) - data.length;
    const digest = kind === "leaves" ? hashLeaves(data) : hashSha1(data, padding);
    return hashes.isRight(piece, kind, await digest);
  };
}
