/**
 * A node is the engine with everything that it needs in the worker. At its start, it opens the database, builds the
 * engine and its host, gives the engine what the library kept, and starts the clock. Tabs hear at once that the node
 * is there. Their commands wait until the start is done, and fail with its error if it fails.
 *
 * A node writes to the database only while it leads. Another may take its place when it was frozen or hung: it claims the
 * database (storage/fence.ts), and this node stands down as soon as it notices. Its window then ends its worker.
 */

import { version } from "../../package.json";
import { WorkerBus } from "../bridge/bus.ts";
import type { CommandMessage, FolderStatus, ShareStatus } from "../bridge/commands.ts";
import type { ConnectionEvent, LinkEvent } from "../bridge/connections.ts";
import { PieceAnswers } from "../bridge/piece-requests.ts";
import { tabLock } from "../bridge/tab-lock.ts";
import { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";
import { openDatabase } from "../storage/database.ts";
import { claim, fence, isClaimed } from "../storage/fence.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { storageError } from "../storage/storage-error.ts";
import { asDamage } from "../storage/torrent-row.ts";
import type { CommandTable } from "./commands.ts";
import { ASLEEP, PEER_ID_PREFIX, TICK_INTERVAL } from "./constants.ts";
import { EngineHost } from "./engine-host.ts";
import { type FaultSubject, Faults } from "./faults.ts";
import { Lazy } from "./lazy.ts";
import { LazyWaits } from "./lazy-waits.ts";
import { Library } from "./library.ts";
import { LinkTable } from "./link-table.ts";
import { Log } from "./log.ts";
import { Origin } from "./origin.ts";
import { PieceStore } from "./piece-store.ts";
import { type NodeStatus, Publisher } from "./publisher.ts";
import { RecordWrites } from "./record-writes.ts";
import type { PostToPage } from "./relay-transport.ts";
import type { Saver } from "./saver.ts";
import type { Sending } from "./sending.ts";
import { SharedFiles } from "./shared-files.ts";
import type { Statistics } from "./statistics.ts";
import { StorageBudget } from "./storage-budget.ts";
import { TrackerSockets } from "./tracker-sockets.ts";

export type StartEvent = Extract<ConnectionEvent, { type: "start" }>;

/** Everything that exists once the database is open. */
interface Running {
  readonly db: ShoalDatabase;
  readonly engine: Engine;
  readonly links: LinkTable;
  readonly pieces: PieceStore;
  readonly shared: SharedFiles;
  readonly library: Library;
  readonly records: RecordWrites;
  readonly statistics: Statistics;
  readonly saver: Lazy<Saver>;
  readonly sending: Lazy<Sending>;
  readonly commands: Lazy<CommandTable>;
  readonly waits: LazyWaits;
  readonly answers: PieceAnswers;
  readonly clock: ReturnType<typeof setInterval>;
  readonly folder: (id: TorrentId) => FolderStatus | null;
  readonly closeFiles: () => void;
}

export class Node {
  readonly #start: StartEvent;
  readonly #post: PostToPage;
  readonly #log: Log;
  readonly #origin: Origin;
  readonly #budget: StorageBudget;
  readonly #bus: WorkerBus;
  readonly #publisher: Publisher;
  readonly #faults: Faults;
  readonly #ready: Promise<Running>;
  #running: Running | null;
  /** Shares whose records could not be taken up. */
  readonly #damaged: Set<TorrentId>;
  /** When the clock last ticked, on this thread's clock. */
  #tickedAt: number;
  /** A full disk may keep the database from being claimed. Its content can be read and shared all the same. */
  #hasClaimed: boolean;
  /** Another node has taken this one's place. */
  #isReplaced: boolean;

  constructor(start: StartEvent, post: PostToPage) {
    this.#start = start;
    this.#post = post;
    this.#log = new Log(start.epoch);
    this.#origin = new Origin(start.origin, start.tracker);
    this.#budget = new StorageBudget();
    this.#running = null;
    this.#damaged = new Set();
    this.#tickedAt = performance.now();
    this.#hasClaimed = false;
    this.#isReplaced = false;
    const source = {
      status: () => this.#status(),
      arrays: (id: TorrentId) => this.#running!.engine.arrays(id),
    };
    this.#publisher = new Publisher(source, (update) => this.#bus.broadcast(update));
    this.#faults = new Faults((fault) => this.#tellFault(fault));
    this.#bus = new WorkerBus(start.epoch, {
      hello: () => this.#publisher.repeat(),
      ping: () => post({ type: "are-you-there" }),
      rival: () => void this.#handleRival(),
      command: (message) => this.#command(message),
    });
    this.#publisher.start();
    this.#ready = this.#run();
    // Each command fails with this error. Tabs that asked for nothing are told of it as a fault.
    this.#ready.catch((error: unknown) => this.#faults.begin("database", asShoalError(error)));
  }

  /** The window answers that it is there. */
  handleHere(): void {
    if (!this.#isReplaced) this.#bus.alive();
  }

  /** Handles what the page tells of one connection. */
  handleConnection(event: LinkEvent): void {
    this.#running?.links.handleEvent(event);
  }

  /** The device is on another network, or back on one. */
  handleNetworkChanged(): void {
    this.#running?.engine.handleNetworkChanged();
  }

  #tellFault(fault: ShoalError | null): void {
    if (fault !== null && fault.code !== this.#publisher.fault?.code)
      this.#log.write("fault-began", { error: fault.code, detail: fault.detail });
    this.#publisher.setFault(fault?.code ?? null, fault?.detail);
  }

  /** Tells the tabs of an exception that nothing caught. */
  handleException(error: unknown): void {
    this.#faults.begin("exception", asShoalError(error));
  }

  /** Tells the tabs that a kept share could not be taken up. The fault ends once the share is there after all. */
  #handleDamage(id: TorrentId, error: ShoalError): void {
    this.#log.write("share-damaged", { reason: error.detail });
    this.#damaged.add(id);
    this.#faults.begin("damage", error);
  }

  #noteMended({ engine }: Running): void {
    if (this.#damaged.size === 0) return;
    for (const id of engine.torrents()) this.#damaged.delete(id);
    if (this.#damaged.size === 0) this.#faults.end("damage");
  }

  /** `error`: the database's refusal, or null when it refuses no more. */
  #handleStorage(subject: FaultSubject, error: unknown): void {
    if (error === null) this.#faults.end(subject);
    else this.#faults.begin(subject, storageError(error));
  }

  /** Another worker says that it is there. The one that claimed the database later goes on. */
  async #handleRival(): Promise<void> {
    const running = await this.#ready.catch(() => null);
    if (running !== null && (await this.#leads(running.db))) this.#bus.ready();
  }

  /** Whether no other node has taken this one's place. If one has, this node stands down. */
  async #leads(db: ShoalDatabase): Promise<boolean> {
    // A database that is closed tells nothing of others.
    const leads = !this.#hasClaimed || (await isClaimed(db, this.#start.epoch).catch(() => true));
    if (!leads) this.#standDown();
    return !this.#isReplaced;
  }

  /** Says and writes nothing more. Calls that are not answered are asked of the node that leads. */
  #standDown(): void {
    if (this.#isReplaced) return;
    this.#isReplaced = true;
    this.#log.write("worker-replaced", {});
    this.#bus.close();
    this.stop();
    this.#post({ type: "replaced" });
  }

  /** The window is going away: trackers and peers are told. */
  stop(): void {
    this.#publisher.stop();
    if (!this.#running) return;
    clearInterval(this.#running.clock);
    // This comes before the engine stops: the next worker answers what is waited for.
    this.#running.answers.close();
    this.#running.closeFiles();
    this.#running.pieces.flush();
    // The statistics take what the engine has counted until now.
    this.#status();
    this.#running.statistics.stop();
    this.#running.records.stop();
    this.#running.engine.stop();
  }

  async #command(message: CommandMessage): Promise<unknown> {
    const running = await this.#ready;
    // A call that came while this worker was frozen may have been sent to the next one since.
    const wasAsleep = performance.now() - this.#tickedAt > ASLEEP;
    if (this.#isReplaced || (wasAsleep && !(await this.#leads(running.db)))) return new Promise(() => {});
    this.#publisher.touch();
    try {
      return await (await running.commands.load()).run(message);
    } catch (error) {
      this.#noteFailure(message.name, error);
      throw error;
    } finally {
      this.#noteMended(running);
      running.waits.check();
      this.#publisher.touch();
    }
  }

  /** A person reads a sentence without the browser's words, so these are in the log. */
  #noteFailure(command: string, error: unknown): void {
    const cause = error instanceof ShoalError ? error.cause : error;
    if (cause === undefined) return;
    this.#log.write("command-failed", { command, error: asShoalError(error).code, detail: String(cause) });
  }

  async #run(): Promise<Running> {
    const { epoch, webrtc } = this.#start;
    const hindered = (error: ShoalError) => this.#faults.begin("database", error);
    const loading = import("./statistics.ts").catch((cause: unknown) => {
      throw new ShoalError("connection/worker-not-loaded", "", { cause });
    });
    const [opened, { Statistics }] = await Promise.all([
      openDatabase({ blocked: hindered, lost: hindered }),
      loading,
    ]);
    this.#hasClaimed = await claim(opened, epoch).then(
      () => true,
      () => false,
    );
    this.#faults.end("database");
    const db = this.#hasClaimed ? fence(opened, epoch, () => this.#standDown()) : opened;
    const running = await this.#build(db, Statistics);
    this.#running = running;
    if (!webrtc) this.#faults.begin("webrtc", new ShoalError("connection/webrtc-unavailable"));
    this.#publisher.touch();
    return running;
  }

  async #build(db: ShoalDatabase, StatisticsClass: typeof Statistics): Promise<Running> {
    const inputs = (): Engine => {
      this.#publisher.touch();
      return engine;
    };
    const links = new LinkTable(this.#post, inputs, this.#start.webrtc);
    const { tracker } = this.#origin;
    // Trackers answer hundreds of shares all the time. Their answers show at the next look, within a second.
    const trackerInputs = {
      handleTrackerOpened: (url: string) => inputs().handleTrackerOpened(url),
      handleTrackerMessage: (url: string, text: string) => engine.handleTrackerMessage(url, text),
      handleTrackerClosed: (url: string, isBusy: boolean) => inputs().handleTrackerClosed(url, isBusy),
    };
    const probe = `${this.#start.origin}/healthz`;
    const trackers = new TrackerSockets(trackerInputs, { tracker, probe });
    const pieces = new PieceStore(db, inputs);
    const shared = new SharedFiles(db);
    const library = new Library(db, pieces, shared);
    const log = this.#log;
    const records = new RecordWrites(library, (error) => this.#handleStorage("records", error));
    const isKept = (id: TorrentId) => library.isKept(id);
    const statistics = new StatisticsClass(db, isKept, (error) => this.#handleStorage("statistics", error));
    const folders = new Lazy(async () => {
      const { DiskFolders } = await import("./disk-folders.ts");
      return new DiskFolders({ db, engine, pieces, renew });
    });
    const removed = (id: TorrentId) => {
      this.#publisher.forget(id);
      statistics.forget(id);
      folders.loaded?.delete(id).catch((error: unknown) => this.#noteFailure("remove", error));
    };
    const host = new EngineHost({
      links,
      trackers,
      pieces,
      shared,
      folders: () => folders.loaded,
      records,
      log,
      inputs,
      removed,
    });
    const engine: Engine = new Engine(host, {
      peerId: newPeerId(),
      secret: crypto.getRandomValues(new Uint8Array(32)),
      version,
      connections: this.#start.connections,
      commonTrackers: [this.#origin.tracker],
    });
    const failed = (id: TorrentId, error: unknown) => this.#handleDamage(id, asDamage(error));
    for (const { record, have } of await library.load(failed)) {
      try {
        // A page's own address decides which trackers it reaches.
        const sorted = this.#origin.sort([...record.trackers, ...record.leftOutTrackers]);
        engine.addTorrent({ record: { ...record, ...sorted }, have });
      } catch (error) {
        failed(record.id, error);
      }
    }
    const limits = new Lazy(async () => {
      const { Limits } = await import("./limits.ts");
      return new Limits(db, engine);
    });
    const applyLimits = async () => {
      if ((await db.count("limits")) > 0) await (await limits.load()).load();
    };
    await Promise.all([applyLimits(), statistics.start()]);
    const renew = (record: TorrentRecord, have: Uint8Array | "none") => {
      statistics.carryOver(record.id);
      host.keepDuring(record.id, () => {
        engine.removeTorrent(record.id, false);
        engine.addTorrent({ record, have });
      });
      applyLimits().catch((error: unknown) => this.#noteFailure("limits", error));
    };
    if ((await db.count("folders")) > 0)
      await (await folders.load()).load(new Set(engine.torrents().filter((id) => library.wouldGoOn(id))));
    const waits = new LazyWaits({ db, engine, library, pieces, shared });
    const reader = new Lazy(async () => {
      const { ContentReader } = await import("./content-reader.ts");
      return new ContentReader({ db, shared, engine, waits });
    });
    const saver = new Lazy(async () => {
      const { Saver } = await import("./saver.ts");
      return new Saver(await reader.load());
    });
    const cancel = (id: TorrentId) => saver.loaded?.cancel(id);
    const origin = this.#origin;
    const awaitTabEnd = (tab: string) => navigator.locks.request(tabLock(tab), () => {});
    library.draftShares.followTabs(awaitTabEnd);
    const sending = new Lazy(async () => {
      const { Sending } = await import("./sending.ts");
      return new Sending({ engine, library, origin, shared, saver: { cancel }, awaitTabEnd });
    });
    const listings = new Lazy(async () => {
      const { Listings } = await import("./listings.ts");
      return new Listings(engine);
    });
    const stored = new Lazy(async () => {
      const { StoredData } = await import("./stored-data.ts");
      const isInFolder = (id: TorrentId) => folders.loaded?.status(id) != null;
      return new StoredData({ db, engine, pieces, shared, isInFolder, renew });
    });
    const commands = new Lazy(async () => {
      const { CommandTable } = await import("./commands.ts");
      return new CommandTable({
        ...{ engine, library, limits, saver, reader, origin, sending, listings, stored, folders },
        ...{ budget: this.#budget, awaitTabEnd },
      });
    });
    // At once: the first command comes soon. If it fails, that command tries again.
    commands.load().catch(() => {});
    const answers = new PieceAnswers(this.#start.epoch, (request, signal) => waits.wait(request, signal));
    const clock = setInterval(() => this.#tick(engine), TICK_INTERVAL);
    const status = (id: TorrentId) => folders.loaded?.status(id) ?? null;
    const closeFiles = () => void folders.loaded?.closeFiles();
    return {
      ...{ db, engine, links, pieces, shared, library, records, statistics, saver, sending, commands, waits },
      ...{ answers, clock, folder: status, closeFiles },
    };
  }

  #tick(engine: Engine): void {
    this.#tickedAt = performance.now();
    engine.handleTick();
  }

  #status(): NodeStatus | null {
    const running = this.#running;
    if (!running) return null;
    this.#budget.refresh();
    return {
      shares: running.engine.torrents().map((id) => this.#share(running, id)),
      drafts: running.sending.loaded?.drafts.snapshots() ?? [],
      saving: running.saver.loaded?.snapshots() ?? [],
      storage: this.#budget.use,
    };
  }

  #share({ engine, links, shared, library, statistics, folder }: Running, id: TorrentId): ShareStatus {
    const status = engine.status(id);
    return {
      ...status,
      addedAt: library.addedAt(id),
      totals: statistics.total(id, status),
      kept: library.isKept(id) && !library.draftShares.has(id),
      fromFiles: shared.isOrigin(id),
      ownFiles: shared.status(id),
      needsFiles: shared.needsFiles(id),
      folder: folder(id),
      link: this.#origin.shareLink({ ...engine.naming(id), membersOnly: status.membersOnly }),
      routes: Object.fromEntries(status.peers.map(({ link }) => [link, links.route(link)])),
    };
  }
}

/** BEP 20: client and version, then 12 random bytes; new at each start. */
function newPeerId(): Uint8Array {
  const peerId = crypto.getRandomValues(new Uint8Array(20));
  peerId.set(new TextEncoder().encode(PEER_ID_PREFIX));
  return peerId;
}

function asShoalError(error: unknown): ShoalError {
  if (error instanceof ShoalError) return error;
  return new ShoalError("connection/worker-failed", String(error), { cause: error });
}
