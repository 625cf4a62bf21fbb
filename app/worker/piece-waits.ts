/**
 * A piece wait ends when certain pieces of a download are stored, so that a file can be read while it is still being
 * downloaded. The engine fetches these pieces before others, by the wait's deadline. Where waits share pieces, the
 * earliest deadline holds. The wait ends with the first of these events:
 *
 * | event | the wait |
 * | --- | --- |
 * | all its pieces are stored and checked | resolves |
 * | the share was removed | fails with share/unknown |
 * | the share was stopped by an error | fails with that error |
 * | the share or the file is not being downloaded | fails with save/incomplete, or storage/lost for a lost piece |
 * | storage lost a piece, and for LOST_PATIENCE no linked peer had it | fails with storage/lost |
 * | nobody waits any more | fails with the reason of its signal |
 *
 * A reader waits because it did not find a piece in storage, or found it damaged. So pieces that the engine believes to
 * be stored are read and checked, and fetched again if they are not right. Where none of a wait's pieces is missing,
 * those that were found right before are read again as well.
 *
 * bridge/piece-requests.ts brings waits from other threads. The engine decides in which order pieces are fetched.
 */

import type { PieceRequest } from "../bridge/piece-requests.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { readFileLocation } from "../storage/file-table.ts";
import { pieceSpans } from "../storage/read-range.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { LOST_PATIENCE, WAITS_CHECK_INTERVAL } from "./constants.ts";
import type { Library } from "./library.ts";
import type { PieceStore } from "./piece-store.ts";
import type { SharedFiles } from "./shared-files.ts";

export interface PieceWaitsParts {
  readonly db: ShoalDatabase;
  readonly engine: Pick<
    Engine,
    "checkAgain" | "dropDeadlines" | "hashes" | "isWanted" | "piece" | "setDeadline" | "status" | "torrents"
  >;
  readonly library: Pick<Library, "settled">;
  readonly pieces: Pick<PieceStore, "onStored">;
  readonly shared: Pick<SharedFiles, "isOrigin">;
}

interface Wait {
  readonly wanted: PieceRequest;
  /** When the bytes are needed, on this thread's clock. */
  readonly due: number;
  readonly pieces: ReadonlySet<number>;
  /** The pieces that are not known to be stored and right. */
  readonly missing: Set<number>;
  /** When a linked peer last had what was lost, or the wait began. */
  hopefulAt: number;
  readonly fileName: string;
  resolve(): void;
  reject(error: unknown): void;
}

/** Why a wait may never end well. */
interface Doubt {
  readonly error: ShoalError;
  /** A missing piece is in storage: it will be known to be right or wrong, unless it cannot be read. */
  readonly isBeingRead: boolean;
}

export class PieceWaits {
  readonly #parts: PieceWaitsParts;
  readonly #waits: Set<Wait>;
  /** Stops the listener and the timer, which run while anybody waits. */
  #stopWatching: () => void;

  constructor(parts: PieceWaitsParts) {
    this.#parts = parts;
    this.#waits = new Set();
    this.#stopWatching = () => {};
  }

  /**
   * Resolves when every piece of the range is stored and checked. In a share of own files, every piece counts as such
   * from the first, though none of them is in storage.
   * @throws ShoalError share/unknown; save/incomplete when the file is not being downloaded; storage/lost when storage
   * lost a piece and nobody has it; or why its share stopped. RangeError where the file has no such bytes. The signal's reason
   */
  async wait(wanted: PieceRequest, signal: AbortSignal): Promise<void> {
    const { torrent, file, start, end, milliseconds } = wanted;
    const due = performance.now() + milliseconds;
    // The file table of a torrent whose description has just come may still be on its way there.
    await this.#parts.library.settled();
    const location = await readFileLocation(this.#parts.db, torrent, file);
    signal.throwIfAborted();
    if (!location) throw this.#withoutFile(torrent);
    if (!(start >= 0 && start <= end && end <= location.length))
      throw new RangeError(`no bytes ${start} to ${end}`);
    const pieces = new Set(pieceSpans(location, start, end).map(({ piece }) => piece));
    const fileName = location.path.at(-1) ?? "";
    await new Promise<void>((resolve, reject) => {
      const hopefulAt = performance.now();
      const wait = { wanted, due, pieces, missing: new Set(pieces), hopefulAt, fileName, resolve, reject };
      signal.addEventListener("abort", () => this.#fail(wait, signal.reason), { once: true });
      this.#begin(wait);
    });
  }

  /** Ends the waits whose pieces are here, and those whose pieces will not come. To be called after each command. */
  check(): void {
    for (const torrent of new Set([...this.#waits].map(({ wanted }) => wanted.torrent))) this.#check(torrent);
  }

  #begin(wait: Wait): void {
    if (this.#waits.size === 0) this.#watch();
    this.#waits.add(wait);
    this.#checkAgain(wait);
    this.#check(wait.wanted.torrent);
    if (!this.#waits.has(wait)) return;
    if (this.#sharing(wait).length === 0) this.#setDeadline(wait);
    else this.#setDeadlines(wait.wanted.torrent);
  }

  /** Why a torrent has no such file. Its files may not be known yet. */
  #withoutFile(torrent: TorrentId): ShoalError {
    const { engine } = this.#parts;
    const status = engine.torrents().includes(torrent) ? engine.status(torrent) : null;
    if (status?.fileCount !== 0) return new ShoalError("share/unknown");
    return new ShoalError("save/incomplete", status.name ?? "");
  }

  #watch(): void {
    const stopHearing = this.#parts.pieces.onStored((torrent, piece) => this.#handleStored(torrent, piece));
    const timer = setInterval(() => this.check(), WAITS_CHECK_INTERVAL);
    this.#stopWatching = () => {
      stopHearing();
      clearInterval(timer);
    };
  }

  #handleStored(torrent: TorrentId, piece: number): void {
    for (const wait of this.#of(torrent)) {
      wait.missing.delete(piece);
      if (wait.missing.size === 0) this.#end(wait)?.resolve();
    }
  }

  #check(torrent: TorrentId): void {
    const { engine } = this.#parts;
    if (!engine.torrents().includes(torrent)) {
      for (const wait of this.#of(torrent)) this.#fail(wait, new ShoalError("share/unknown"));
      return;
    }
    const { phase, error } = engine.status(torrent);
    for (const wait of this.#of(torrent)) {
      for (const piece of wait.missing) if (this.#isUsable(torrent, piece)) wait.missing.delete(piece);
      if (wait.missing.size === 0) {
        this.#end(wait)?.resolve();
        continue;
      }
      const doubt = this.#doubtOf(wait);
      if (doubt === null) wait.hopefulAt = performance.now();
      const isComing = phase === "downloading" && engine.isWanted(torrent, wait.wanted.file);
      if (isComing || doubt?.isBeingRead) {
        if (performance.now() - wait.hopefulAt >= LOST_PATIENCE) this.#fail(wait, doubt!.error);
      } else if (error) this.#fail(wait, new ShoalError(error.code, error.detail));
      else this.#fail(wait, doubt?.error ?? new ShoalError("save/incomplete", wait.fileName));
    }
  }

  /** Whether a piece is where the person's own files are, or in storage and right. */
  #isUsable(torrent: TorrentId, piece: number): boolean {
    const { engine, shared } = this.#parts;
    const { stored, checked } = engine.piece(torrent, piece);
    return stored && (checked || shared.isOrigin(torrent));
  }

  /** Has the pieces of a wait checked that are said to be stored. */
  #checkAgain({ wanted: { torrent }, pieces }: Wait): void {
    const { engine, shared } = this.#parts;
    if (!engine.torrents().includes(torrent) || shared.isOrigin(torrent)) return;
    const stored = [...pieces].filter((piece) => engine.piece(torrent, piece).stored);
    const isMissingSome = stored.length < pieces.size;
    const unsure = stored.filter((piece) => !isMissingSome || !engine.piece(torrent, piece).checked);
    engine.checkAgain(torrent, unsure);
  }

  /**
   * Why a wait may never end well, although nothing stopped its share; null when nothing speaks for that. A piece that
   * cannot be read now is read again.
   */
  #doubtOf({ wanted: { torrent }, missing, fileName }: Wait): Doubt | null {
    const { engine } = this.#parts;
    for (const piece of missing) {
      const { stored, lost, withPeers } = engine.piece(torrent, piece);
      if (stored) {
        engine.checkAgain(torrent, [piece]);
        const isKnown = engine.hashes(torrent)?.canVerify(piece) ?? false;
        return {
          error: new ShoalError(isKnown ? "save/failed" : "save/incomplete", isKnown ? "" : fileName),
          isBeingRead: true,
        };
      }
      if (lost && !withPeers)
        return { error: new ShoalError("storage/lost", String(piece)), isBeingRead: false };
    }
    return null;
  }

  /** Ends a wait without its pieces. Pieces that others wait for as well keep their deadlines. */
  #fail(wait: Wait, error: unknown): void {
    if (!this.#end(wait)) return;
    const { engine } = this.#parts;
    const { torrent } = wait.wanted;
    if (engine.torrents().includes(torrent)) {
      engine.dropDeadlines(torrent, wait.wanted);
      if (this.#sharing(wait).length > 0) this.#setDeadlines(torrent);
    }
    wait.reject(error);
  }

  /** The wait, ended now; null if it had ended before. */
  #end(wait: Wait): Wait | null {
    if (!this.#waits.delete(wait)) return null;
    if (this.#waits.size === 0) this.#stopWatching();
    return wait;
  }

  /** Sets the deadlines of all waits. The earliest comes last, so that it holds. */
  #setDeadlines(torrent: TorrentId): void {
    for (const wait of this.#of(torrent).sort((a, b) => b.due - a.due)) this.#setDeadline(wait);
  }

  #setDeadline({ wanted, due }: Wait): void {
    const { torrent, file, start, end } = wanted;
    this.#parts.engine.setDeadline(torrent, file, start, end, Math.max(0, due - performance.now()));
  }

  #of(torrent: TorrentId): Wait[] {
    return [...this.#waits].filter(({ wanted }) => wanted.torrent === torrent);
  }

  /** Other waits for some of the same pieces. */
  #sharing(wait: Wait): Wait[] {
    return this.#of(wait.wanted.torrent).filter(
      (other) => other !== wait && [...other.pieces].some((piece) => wait.pieces.has(piece)),
    );
  }
}
