/**
 * A node that downloads in virtual time, with its pieces and records in a database in memory: the engine, the piece
 * store and those who wait for pieces are the app's own. Timers are to be faked; `drive` lets both times pass together.
 */
import { vi } from "vitest";
import type { PieceRequest } from "../../../app/bridge/piece-requests.ts";
import type { Engine } from "../../../app/engine/engine.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { TorrentId, TorrentRecord } from "../../../app/engine/host.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { Library } from "../../../app/worker/library.ts";
import { PieceStore } from "../../../app/worker/piece-store.ts";
import { PieceWaits } from "../../../app/worker/piece-waits.ts";
import { SharedFiles } from "../../../app/worker/shared-files.ts";
import type { SampleContent } from "../../support/sample-content.ts";
import { turnsUntil } from "../../support/turns.ts";
import { TRACKER, VirtualNetwork, type VirtualNode } from "../../support/virtual-network.ts";

/** Milliseconds that pass in one turn. */
const STEP = 10;

/** The timers that `vi.useFakeTimers` is to fake. */
export const FAKED = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] as const;

/** One wait, and how it ended: "stored", an error's "code: detail", or null while it has not. */
export interface StagedWait {
  readonly ended: string | null;
  cancel(): void;
}

export class WaitsStage {
  readonly net: VirtualNetwork;
  readonly engine: Engine;
  readonly pieces: PieceStore;
  readonly library: Library;
  readonly waits: PieceWaits;
  /** Torrents that are shared from the person's own files. */
  readonly origins: Set<TorrentId>;

  /** `rate`: bytes a millisecond of each connection. */
  constructor(db: ShoalDatabase, rate: number) {
    this.net = new VirtualNetwork(1, { rate });
    const { engine, host } = this.net.add("N");
    this.engine = engine;
    this.pieces = new PieceStore(db, () => engine);
    this.library = new Library(db, this.pieces, new SharedFiles(db));
    host.store = (torrent, piece, data) => this.pieces.store(torrent, piece, data);
    host.saveRecord = (record) => {
      void this.library.save(record);
    };
    host.deleteTorrent = (torrent, data) => {
      void this.library.delete(torrent, data);
    };
    host.read = (request, torrent, piece) => this.pieces.read(request, torrent, piece);
    host.deletePiece = (torrent, piece) => this.pieces.deletePiece(torrent, piece);
    const { library, pieces } = this;
    this.origins = new Set();
    const shared = { isOrigin: (torrent: TorrentId) => this.origins.has(torrent) };
    this.waits = new PieceWaits({ db, engine, library, pieces, shared });
  }

  add(
    content: SampleContent,
    have: "all" | "none" = "none",
    more: Partial<TorrentRecord> = {},
    knows: "torrent" | "link" = "torrent",
  ): TorrentId {
    return this.engine.addTorrent({ record: content.record(knows, { trackers: [TRACKER], ...more }), have });
  }

  /** Somebody who has everything. */
  addSeed(content: SampleContent): VirtualNode {
    const seed = this.net.add("S");
    seed.add(content, "seed");
    return seed;
  }

  wait(request: PieceRequest): StagedWait {
    const controller = new AbortController();
    const wait = { ended: null as string | null, cancel: () => controller.abort("cancelled") };
    this.waits.wait(request, controller.signal).then(
      () => {
        wait.ended = "stored";
      },
      (error: unknown) => {
        wait.ended = error instanceof ShoalError ? error.message : String(error);
      },
    );
    return wait;
  }

  /** Lets time pass until something holds. */
  async drive(condition: () => boolean, what: string): Promise<void> {
    await turnsUntil(condition, what, () => {
      this.net.clock.run(STEP);
      vi.advanceTimersByTime(STEP);
    });
  }

  /** How a wait ends, as soon as it does. */
  async end(wait: StagedWait): Promise<string> {
    await this.drive(() => wait.ended !== null, "the end of the wait");
    return wait.ended!;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await this.library.settled();
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }

  /** Pieces with a deadline, the most urgent first. */
  urgent(id: TorrentId): readonly number[] {
    return this.engine.inspect(id).pieces!.deadlines.pieces();
  }
}
