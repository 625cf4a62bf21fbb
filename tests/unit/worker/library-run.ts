/**
 * A library run is one run of a node, as far as its library goes: a library over a database, and what it finds there.
 */
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { asDamage } from "../../../app/storage/torrent-row.ts";
import { type KeptTorrent, Library } from "../../../app/worker/library.ts";
import { PieceStore } from "../../../app/worker/piece-store.ts";
import { SharedFiles } from "../../../app/worker/shared-files.ts";

export class LibraryRun {
  readonly db: ShoalDatabase;
  readonly shared: SharedFiles;
  readonly library: Library;
  kept: readonly KeptTorrent[];
  /** "id code" of what could not be taken up. */
  readonly failed: string[];

  constructor(db: ShoalDatabase) {
    const silent = { handleStored: () => {}, handleRead: () => {}, checkAgain: () => {} };
    this.db = db;
    this.shared = new SharedFiles(db);
    this.library = new Library(db, new PieceStore(db, () => silent), this.shared);
    this.kept = [];
    this.failed = [];
  }

  async load(): Promise<void> {
    this.kept = await this.library.load((torrent, error) => {
      this.failed.push(`${torrent} ${asDamage(error).code}`);
    });
  }
}
