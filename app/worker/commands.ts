/**
 * The command table carries out the commands of tabs (bridge/commands.ts), one method for each. It keeps nothing
 * itself: the engine, the library and the drafts do. A command that fails throws a ShoalError, which the tab
 * shows.
 */

import type { CommandMessage, CommandName, Commands } from "../bridge/commands.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";
import { ROOM_PAUSES } from "./constants.ts";
import type { ContentReader } from "./content-reader.ts";
import type { DiskFolders } from "./disk-folders.ts";
import type { Lazy } from "./lazy.ts";
import type { Library } from "./library.ts";
import { isLimit, type Limits } from "./limits.ts";
import type { Listings } from "./listings.ts";
import { newRecord } from "./new-record.ts";
import { type Origin, torrentId } from "./origin.ts";
import type { SaveItem, Saver } from "./saver.ts";
import type { Sending } from "./sending.ts";
import type { StorageBudget } from "./storage-budget.ts";
import type { StoredData } from "./stored-data.ts";
import { Visits } from "./visits.ts";

export interface CommandParts {
  readonly engine: Engine;
  readonly origin: Origin;
  readonly library: Library;
  readonly limits: Lazy<Limits>;
  readonly listings: Lazy<Listings>;
  readonly sending: Lazy<Sending>;
  readonly saver: Lazy<Saver>;
  readonly reader: Lazy<ContentReader>;
  readonly budget: StorageBudget;
  readonly stored: Lazy<StoredData>;
  readonly folders: Lazy<DiskFolders>;
  /** Settles when a tab is gone (bridge/tab-lock.ts). */
  readonly awaitTabEnd: (tab: string) => Promise<unknown>;
}

/**
 * Commands that bring shares, take them away or say what to download. Some wait for the database or the browser, so
 * each begins when the one before it has ended: the last one is what the person meant.
 */
const inTurn: ReadonlySet<CommandName> = new Set([
  "open",
  "openTorrentFile",
  "leave",
  "start",
  "pause",
  "select",
  "remove",
  "free",
]);

/** Commands that only ask. They cause no writes, so that their answers wait for none. */
const questions: ReadonlySet<CommandName> = new Set([
  "rows",
  "files",
  "links",
  "manifest",
  "blob",
  "storage",
  "folder",
]);

type Request<K extends CommandName> = Commands[K]["request"];
type Reply<K extends CommandName> = Promise<Commands[K]["reply"]>;
type CommandHandlers = { [K in CommandName]: (request: Request<K>) => Reply<K> };

export class CommandTable implements CommandHandlers {
  readonly #parts: CommandParts;
  readonly #visits: Visits;
  /** Settles when the latest command of `inTurn` has ended. */
  #turn: Promise<unknown>;
  /** Until downloads that had no room are started again. */
  #goingOn: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: CommandParts) {
    this.#parts = parts;
    this.#visits = new Visits(parts.awaitTabEnd, (tab) => void this.#inTurn(async () => this.#leaveAll(tab)));
    this.#turn = Promise.resolve();
  }

  /**
   * Carries out a command. Answers once the writes that it caused have ended, so that nothing is lost if the tab goes
   * after the answer.
   * @throws ShoalError as the command failed
   */
  async run(message: CommandMessage): Promise<unknown> {
    const handle = this[message.name] as (request: unknown) => Promise<unknown>;
    const carryOut = () => handle.call(this, message.request);
    const reply = await (inTurn.has(message.name) ? this.#inTurn(carryOut) : carryOut());
    if (!questions.has(message.name)) await this.#parts.library.settled();
    return reply;
  }

  #inTurn(carryOut: () => Promise<unknown>): Promise<unknown> {
    const replying = this.#turn.then(carryOut);
    this.#turn = replying.catch(() => {});
    return replying;
  }

  async gather({ draft, tab, begin, files }: Request<"gather">): Reply<"gather"> {
    const { drafts } = await this.#parts.sending.load();
    const opened = drafts.open(draft, tab);
    if (begin) opened.clear();
    opened.gather(files);
    return null;
  }

  async takeOut({ draft, paths }: Request<"takeOut">): Reply<"takeOut"> {
    const { drafts } = await this.#parts.sending.load();
    drafts.get(draft)?.takeOut(paths);
    return null;
  }

  async share(request: Request<"share">): Reply<"share"> {
    const { sharing } = await this.#parts.sending.load();
    return sharing.share(request);
  }

  async discard({ draft }: Request<"discard">): Reply<"discard"> {
    const { sharing } = await this.#parts.sending.load();
    sharing.discard(draft);
    return null;
  }

  async passOn({ draft, id }: Request<"passOn">): Reply<"passOn"> {
    const { sharing } = await this.#parts.sending.load();
    sharing.passOn(draft, id);
    return null;
  }

  async compare({ draft, fileCount }: Request<"compare">): Reply<"compare"> {
    const { drafts, giving } = await this.#parts.sending.load();
    return { differences: giving.compare(drafts.whole(draft, fileCount)) };
  }

  async giveFiles({ id, draft, fileCount, resume }: Request<"giveFiles">): Reply<"giveFiles"> {
    const { drafts, giving } = await this.#parts.sending.load();
    // Whoever gives it files wants it for itself.
    this.#parts.library.draftShares.release(id);
    return giving.give(id, drafts.whole(draft, fileCount), resume);
  }

  async readAgain({ id }: Request<"readAgain">): Reply<"readAgain"> {
    const { giving } = await this.#parts.sending.load();
    await giving.readAgain(id);
    return null;
  }

  async missingFiles({ id }: Request<"missingFiles">): Reply<"missingFiles"> {
    const { giving } = await this.#parts.sending.load();
    return giving.missingFiles(id);
  }

  async rename({ id, title }: Request<"rename">): Reply<"rename"> {
    this.#known(id);
    this.#parts.engine.rename(id, title);
    return null;
  }

  async setNote({ id, note }: Request<"setNote">): Reply<"setNote"> {
    this.#known(id);
    const { sharing } = await this.#parts.sending.load();
    return { link: sharing.setNote(id, note) };
  }

  async open({ link, tab }: Request<"open">): Reply<"open"> {
    const { engine, origin } = this.#parts;
    const { parseShareLink } = await import("../engine/content/parse-link.ts");
    const parsed = parseShareLink(link);
    // All but `peers`: those are addresses of sockets, which a browser does not open.
    const { infoHashV1, infoHashV2, name, trackers, webSeeds, select, aboutHash, origin: server } = parsed;
    const record: TorrentRecord = {
      id: torrentId(infoHashV1, infoHashV2),
      rendezvous: null,
      infoHashV1,
      infoHashV2,
      info: null,
      pieceLayers: null,
      nameHint: name,
      title: null,
      encoding: null,
      ...origin.sort(trackers),
      servers: origin.servers(server),
      webSeeds,
      about: null,
      aboutHash,
      select,
      wanted: null,
      active: false,
      paused: false,
      addedAt: 0,
    };
    this.#arrive(record, tab);
    const id = engine.addTorrent({ record, have: "none" });
    return {
      id,
      fragment: origin.fragment(parsed, { ...record, membersOnly: engine.status(id).membersOnly }),
    };
  }

  async openTorrentFile({ file, tab }: Request<"openTorrentFile">): Reply<"openTorrentFile"> {
    const { engine, library, origin } = this.#parts;
    const { readTorrentFile } = await import("./descriptions.ts");
    const content = await readTorrentFile(file);
    if ("magnet" in content) {
      const { id } = await this.open({ link: content.magnet, tab });
      return { id };
    }
    const { info, trackers, ...rest } = content;
    const record = newRecord(info, { ...rest, ...origin.sort(trackers), active: false });
    const have = await library.storedPieces(record.id, info.pieceCount);
    // Pieces of it are stored, so it was here before.
    this.#arrive(record, have === "none" ? tab : null);
    return { id: engine.addTorrent({ record, have }) };
  }

  async leave({ id, tab }: Request<"leave">): Reply<"leave"> {
    this.#leave(id, tab);
    return null;
  }

  /** A torrent is about to be opened: for a tab that shows it, or to be kept. */
  #arrive(record: TorrentRecord, tab: string | null): void {
    const { engine, library } = this.#parts;
    const known = engine.find(record);
    // Its link was passed on, or shown by a tab that has it from elsewhere.
    library.draftShares.release(known ?? record.id);
    if (tab === null) library.keep(known ?? record.id);
    else {
      if (known === null) library.visit(record.id);
      this.#visits.arrive(known ?? record.id, tab);
    }
  }

  #leave(id: TorrentId, tab: string): void {
    const { engine, library } = this.#parts;
    const isLast = this.#visits.leave(id, tab);
    if (isLast && !library.isKept(id) && engine.torrents().includes(id)) engine.removeTorrent(id, false);
  }

  #leaveAll(tab: string): void {
    for (const id of this.#visits.of(tab)) this.#leave(id, tab);
  }

  async start({ id }: Request<"start">): Reply<"start"> {
    this.#known(id);
    const folder = this.#parts.folders.loaded?.status(id) ?? null;
    // Nothing of it is here, and nothing is to be stored elsewhere.
    if (folder !== null && folder.state !== "writing") return null;
    await this.#checkBudget(id, this.#remaining(id));
    this.#parts.engine.setActive(id, true);
    return null;
  }

  async pause({ id }: Request<"pause">): Reply<"pause"> {
    this.#known(id);
    this.#parts.engine.setActive(id, false);
    await this.#parts.folders.loaded?.closeFiles(id);
    return null;
  }

  async select({ id, node, want }: Request<"select">): Reply<"select"> {
    this.#known(id);
    const { engine, listings } = this.#parts;
    const wanted = await (await listings.load()).selection(id, node, want);
    const { files, stored } = engine.content(id);
    const remaining = files.reduce(
      (sum, { length }, file) => sum + (wanted[file] === 1 ? length - stored[file]! : 0),
      0,
    );
    const isStored = this.#parts.folders.loaded?.status(id) == null;
    if (isStored && engine.record(id).active) await this.#checkBudget(id, remaining);
    engine.select(id, wanted);
    return null;
  }

  async remove({ id, data }: Request<"remove">): Reply<"remove"> {
    this.#known(id);
    this.#parts.saver.loaded?.cancel(id);
    this.#parts.engine.removeTorrent(id, data);
    await this.#handleFreed();
    return null;
  }

  async storage(): Reply<"storage"> {
    return (await this.#parts.stored.load()).bytes();
  }

  async free({ id }: Request<"free">): Reply<"free"> {
    const stored = await this.#parts.stored.load();
    if (id !== null) this.#parts.saver.loaded?.cancel(id);
    if (id === null) await stored.freeForgotten();
    else await stored.free(id);
    await this.#handleFreed();
    return null;
  }

  /** Storage may have been freed: downloads that had stopped because it was full go on. */
  async #handleFreed(): Promise<void> {
    await this.#parts.library.settled();
    clearTimeout(this.#goingOn);
    if (this.#startFull()) this.#goOn(0);
  }

  /** Tries again after pauses that grow: browsers give room back some time after the deletion, and only when at rest. */
  #goOn(attempt: number): void {
    const pause = ROOM_PAUSES[attempt];
    if (pause === undefined) return;
    this.#goingOn = setTimeout(() => {
      this.#startFull();
      this.#goOn(attempt + 1);
    }, pause);
  }

  /** Starts the downloads that stopped because storage was full. False when there are none. */
  #startFull(): boolean {
    const { engine, folders } = this.#parts;
    const full = engine.torrents().filter((id) => {
      const { phase, error } = engine.status(id);
      return phase === "failed" && error?.code === "storage/full" && folders.loaded?.status(id) == null;
    });
    for (const id of full) engine.setActive(id, true);
    return full.length > 0;
  }

  async limits({ id, up, down }: Request<"limits">): Reply<"limits"> {
    if (id !== null) this.#known(id);
    for (const rate of [up, down]) if (!isLimit(rate)) throw new ShoalError("share/bad-limit", String(rate));
    const limits = await this.#parts.limits.load();
    await limits.set(id, { up, down });
    return null;
  }

  async rows({ id, query }: Request<"rows">): Reply<"rows"> {
    this.#known(id);
    return (await this.#parts.listings.load()).rows(id, query);
  }

  async files({ id, from, to }: Request<"files">): Reply<"files"> {
    this.#known(id);
    return { files: this.#parts.engine.files(id, from, to) };
  }

  async links({ id }: Request<"links">): Reply<"links"> {
    const { writeTorrentFile } = await import("./descriptions.ts");
    this.#known(id);
    const { engine, origin } = this.#parts;
    const record = engine.record(id);
    const { name, membersOnly } = engine.status(id);
    // A magnet and a .torrent name the content, to trackers and to all who read them.
    const isPublic = record.rendezvous === null && !membersOnly;
    return {
      share: origin.shareLink({ ...record, membersOnly }),
      magnet: origin.magnet(record, membersOnly, name),
      torrent: isPublic ? writeTorrentFile({ ...record, trackers: origin.allTrackers(record) }) : null,
    };
  }

  async manifest({ id }: Request<"manifest">): Reply<"manifest"> {
    const { writeManifest } = await import("./descriptions.ts");
    this.#known(id);
    const { engine } = this.#parts;
    const info = engine.info(id);
    if (info === null) return { manifest: null };
    const isPublic = engine.record(id).rendezvous === null;
    return { manifest: await writeManifest(info, engine.about(id), isPublic) };
  }

  async saveToHandle({ id, file, handle }: Request<"saveToHandle">): Reply<"saveToHandle"> {
    const item = this.#completeItem(id, file);
    await (await this.#parts.saver.load()).saveToHandle(id, item, handle);
    return null;
  }

  async saveToDirectory({ id, handle }: Request<"saveToDirectory">): Reply<"saveToDirectory"> {
    this.#known(id);
    const { engine, saver } = this.#parts;
    const { name, singleFile } = engine.status(id);
    const items: SaveItem[] = [];
    for (const [file, wanted] of engine.content(id).wanted.entries())
      if (wanted === 1) items.push(this.#completeItem(id, file));
    const placed = singleFile ? items : items.map((item) => ({ ...item, path: [name ?? id, ...item.path] }));
    await (await saver.load()).saveToDirectory(id, placed, handle);
    return null;
  }

  async toFolder({ id, folder }: Request<"toFolder">): Reply<"toFolder"> {
    this.#known(id);
    await (await this.#parts.folders.load()).start(id, folder);
    return null;
  }

  async folder({ id }: Request<"folder">): Reply<"folder"> {
    return { folder: this.#parts.folders.loaded?.folder(id) ?? null };
  }

  async closeFiles(): Reply<"closeFiles"> {
    await this.#parts.folders.loaded?.closeFiles();
    return null;
  }

  async blob({ id, file }: Request<"blob">): Reply<"blob"> {
    this.#completeItem(id, file);
    return { blob: await (await this.#parts.reader.load()).blob(id, file) };
  }

  async cancelSave({ id }: Request<"cancelSave">): Reply<"cancelSave"> {
    this.#parts.saver.loaded?.cancel(id);
    return null;
  }

  #known(id: TorrentId): void {
    if (!this.#parts.engine.torrents().includes(id)) throw new ShoalError("share/unknown");
  }

  /** A file that can be saved. @throws ShoalError save/incomplete, share/unknown */
  #completeItem(id: TorrentId, file: number): SaveItem {
    const entry = this.#parts.engine.file(id, file);
    if (entry === undefined) throw new ShoalError("share/unknown");
    const { path, length, stored } = entry;
    if (stored < length) throw new ShoalError("save/incomplete", path.at(-1));
    return { file, length, path };
  }

  /** Bytes of the selection that are still to be stored. */
  #remaining(id: TorrentId): number {
    if (this.#parts.folders.loaded?.status(id) != null) return 0;
    const { wantedBytes, storedBytes } = this.#parts.engine.status(id);
    return wantedBytes - storedBytes;
  }

  /**
   * Checks that `remaining` bytes of a torrent fit, beside what the other active downloads still need.
   * @throws ShoalError storage/too-large
   */
  async #checkBudget(id: TorrentId, remaining: number): Promise<void> {
    if (remaining <= 0) return;
    const { engine, budget } = this.#parts;
    const others = engine.torrents().filter((other) => other !== id && engine.record(other).active);
    await budget.check(others.reduce((sum, other) => sum + this.#remaining(other), remaining));
  }
}
