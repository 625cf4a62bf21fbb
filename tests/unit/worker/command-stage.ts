/**
 * A command stage runs a node's commands without a browser: its engine is in a virtual network, and its database in
 * memory. The saver, the reader and the storage budget only note what they are asked.
 */
import type { CommandName, Commands, SharedFile } from "../../../app/bridge/commands.ts";
import type { Engine } from "../../../app/engine/engine.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { TorrentId, TorrentRecord } from "../../../app/engine/host.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { type CommandParts, CommandTable } from "../../../app/worker/commands.ts";
import { DiskFolders } from "../../../app/worker/disk-folders.ts";
import type { Drafts } from "../../../app/worker/drafts.ts";
import { Lazy } from "../../../app/worker/lazy.ts";
import { Library } from "../../../app/worker/library.ts";
import { Limits } from "../../../app/worker/limits.ts";
import { Listings } from "../../../app/worker/listings.ts";
import { Origin } from "../../../app/worker/origin.ts";
import { PieceStore } from "../../../app/worker/piece-store.ts";
import type { SaveItem, Saver } from "../../../app/worker/saver.ts";
import { Sending } from "../../../app/worker/sending.ts";
import { SharedFiles } from "../../../app/worker/shared-files.ts";
import { StoredData } from "../../../app/worker/stored-data.ts";
import type { VirtualHost } from "../../support/virtual-host.ts";
import { TRACKER, VirtualNetwork } from "../../support/virtual-network.ts";

/** A part that was loaded before. */
function lazyOf<Part>(part: Part): Pick<Lazy<Part>, "load" | "loaded"> {
  return { loaded: part, load: async () => part };
}

export class CommandStage {
  readonly net: VirtualNetwork;
  readonly host: VirtualHost;
  readonly engine: Engine;
  readonly db: ShoalDatabase;
  readonly shared: SharedFiles;
  readonly library: Library;
  readonly limits: Limits;
  readonly drafts: Drafts;
  readonly folders: Lazy<DiskFolders>;
  /** The requests to the saver and the reader: "save 0 a.txt", "cancel"; see `item`. */
  readonly asked: string[];
  /** The bytes that the storage budget was asked to have room for. */
  readonly needed: number[];
  /** The bytes that it has room for. */
  room: number;
  /** Ends a tab, by its id. */
  readonly endTab: Map<string, () => void>;
  readonly #commands: CommandTable;

  constructor(db: ShoalDatabase, net = new VirtualNetwork(1)) {
    this.net = net;
    const { host, engine } = net.add("N", undefined, [TRACKER]);
    this.host = host;
    this.engine = engine;
    this.db = db;
    this.shared = new SharedFiles(db);
    const pieces = new PieceStore(db, () => engine);
    this.library = new Library(db, pieces, this.shared);
    this.asked = [];
    this.needed = [];
    this.room = Infinity;
    this.endTab = new Map();
    host.saveRecord = (record) => {
      void this.library.save(record);
    };
    const [store, read] = [host.store.bind(host), host.read.bind(host)];
    host.store = (id, piece, data) => {
      if (this.folders.loaded?.store(id, piece, data) !== true) store(id, piece, data);
    };
    host.read = (request, id, piece) => {
      if (this.folders.loaded?.read(request, id, piece) !== true) read(request, id, piece);
    };
    const { library, shared } = this;
    const origin = new Origin("https://shoal.example", TRACKER);
    const noting = this.#noting();
    const saver = noting.saver as unknown as Saver;
    const awaitTabEnd = (tab: string) =>
      new Promise<void>((resolve) => {
        const others = this.endTab.get(tab);
        this.endTab.set(tab, () => {
          others?.();
          resolve();
        });
      });
    library.draftShares.followTabs(awaitTabEnd);
    const sending = new Sending({ engine, library, origin, shared, saver, awaitTabEnd });
    this.drafts = sending.drafts;
    const listings = new Listings(engine);
    let renewed: TorrentId | null = null;
    const renew = (record: TorrentRecord, have: Uint8Array | "none") => {
      renewed = record.id;
      engine.removeTorrent(record.id, false);
      engine.addTorrent({ record, have });
      renewed = null;
    };
    host.deleteTorrent = (id, data) => {
      if (id !== renewed) void this.library.delete(id, data);
    };
    const isInFolder = (id: TorrentId) => this.folders.loaded?.status(id) != null;
    const stored = new Lazy(async () => new StoredData({ db, engine, pieces, shared, isInFolder, renew }));
    this.folders = new Lazy(async () => new DiskFolders({ db, engine, pieces, renew }));
    const { folders } = this;
    this.limits = new Limits(db, engine);
    const limits = lazyOf(this.limits);
    const parts = {
      folders,
      engine,
      origin,
      library,
      limits,
      listings: lazyOf(listings),
      stored,
      sending: lazyOf(sending),
      ...noting,
      saver: lazyOf(saver),
      reader: lazyOf(noting.reader),
    };
    this.#commands = new CommandTable({ ...parts, awaitTabEnd } as unknown as CommandParts);
  }

  /** Gives the engine what was kept, as a node does at its start. */
  async load(): Promise<void> {
    const failed = (_id: TorrentId, error: unknown) => {
      throw error;
    };
    for (const kept of await this.library.load(failed)) this.engine.addTorrent(kept);
    await this.limits.load();
  }

  run<K extends CommandName>(name: K, request: Commands[K]["request"]): Promise<Commands[K]["reply"]> {
    const message = { to: "worker", call: "1", epoch: "", name, request };
    return this.#commands.run(message as never) as Promise<Commands[K]["reply"]>;
  }

  /** Brings files of a draft, in place of those that it had. */
  async gather(draft: string, files: readonly SharedFile[]): Promise<void> {
    await this.run("gather", { draft, tab: "tab", begin: true, files });
  }

  /** Shares the files as a draft; `changes` of what is asked. */
  async share(
    files: readonly SharedFile[],
    { draft = "draft", ...changes }: Partial<Commands["share"]["request"]> = {},
  ): Promise<Commands["share"]["reply"]> {
    await this.gather(draft, files);
    const asked = { title: null, note: "", anew: null, replaces: null, ...changes };
    return this.run("share", { draft, fileCount: files.length, ...asked });
  }

  /** Waits, in virtual time, until a torrent's files are known. */
  driveToFiles(id: TorrentId): void {
    this.net.drive(() => this.engine.snapshot(id).fileCount > 0, 60_000, "the info dictionary");
  }

  /** Ticks a file or folder, or unticks it. */
  async select(id: TorrentId, path: string, want: boolean): Promise<void> {
    const query = { open: true, turned: [], search: "", from: 0, to: 1_000 };
    const { rows } = await this.run("rows", { id, query });
    const { node } = rows.find((row) => row.path === path)!;
    await this.run("select", { id, node, want });
  }

  /** Drawn as one character a file: + wanted, - not. */
  wanted(id: TorrentId): string {
    return this.engine
      .files(id)
      .map(({ wanted }) => (wanted ? "+" : "-"))
      .join("");
  }

  #noting() {
    const item = ({ file, length, path }: SaveItem) => `${file} ${path.join("/")} ${length}`;
    const note = (text: string) => {
      this.asked.push(text);
    };
    return {
      saver: {
        saveToHandle: async (id: TorrentId, saved: SaveItem) => note(`save ${id} ${item(saved)}`),
        saveToDirectory: async (id: TorrentId, items: readonly SaveItem[]) =>
          note(`save ${id} ${items.map(item).join(", ")}`),
        cancel: (id: TorrentId) => note(`cancel ${id}`),
      },
      reader: {
        blob: async (id: TorrentId, file: number) => {
          note(`blob ${id} ${file}`);
          return new Blob();
        },
      },
      budget: {
        check: async (needed: number) => {
          this.needed.push(needed);
          if (needed > this.room) throw new ShoalError("storage/too-large");
        },
      },
    };
  }
}
