/**
 * Sharing makes shares of drafts. The same content is one share: before a draft is hashed, its paths, sizes and times are
 * compared with the shares of this device; afterwards its info-hash is. A share that was here before is *known*: it stays
 * whatever becomes of the draft. One that the draft made is replaced when the draft is changed and hashed again.
 *
 * Files that are given to a share again are left to giving.ts.
 */

import type { Commands } from "../bridge/commands.ts";
import { aboutHashOf, makeAbout } from "../engine/content/about.ts";
import { orderKey } from "../engine/content/share-layout.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { Draft } from "./draft.ts";
import type { Drafts } from "./drafts.ts";
import type { Giving } from "./giving.ts";
import { newRecord } from "./new-record.ts";
import type { Origin } from "./origin.ts";
import type { Saver } from "./saver.ts";
import type { SharedFiles } from "./shared-files.ts";

export interface SharingParts {
  readonly engine: Engine;
  readonly origin: Origin;
  readonly shared: SharedFiles;
  readonly saver: Pick<Saver, "cancel">;
  readonly drafts: Drafts;
  readonly giving: Giving;
}

type Request = Commands["share"]["request"];
type Reply = Commands["share"]["reply"];

export class Sharing {
  readonly #parts: SharingParts;

  constructor(parts: SharingParts) {
    this.#parts = parts;
  }

  /** @throws ShoalError as the command `share` says, and as hashing or keeping failed */
  async share(request: Request): Promise<Reply> {
    const { drafts, engine, giving } = this.#parts;
    const { draft: name, fileCount, title, anew } = request;
    const draft = drafts.whole(name, fileCount);
    const isLatest = draft.begin();
    if (draft.made === undefined) draft.made = request.replaces;
    const same = anew === null ? this.#findSame(draft) : null;
    let id: TorrentId;
    if (same === null) {
      id = await this.#hashAndAdd(draft, request, isLatest);
    } else {
      id = same;
      this.#settle(draft, id, true);
      await giving.giveAll(id, draft.files());
    }
    if (!isLatest()) throw new ShoalError("share/cancelled");
    const known = draft.made !== id;
    if (known && title !== null) engine.rename(id, title);
    draft.share = id;
    return { id, known, unreadable: draft.unreadable() };
  }

  /** Ends a draft and removes the share that it made. */
  discard(name: string, replaces: TorrentId | null): void {
    const { drafts } = this.#parts;
    const made = drafts.get(name)?.made;
    drafts.delete(name);
    this.#remove(made === undefined ? replaces : made);
  }

  /**
   * Ends a draft, whose share stays. It goes on if it was paused.
   * @throws ShoalError share/unknown
   */
  passOn(name: string, id: TorrentId): void {
    const { drafts, engine } = this.#parts;
    drafts.delete(name);
    if (!engine.torrents().includes(id)) throw new ShoalError("share/unknown");
    if (engine.record(id).paused) engine.setActive(id, true);
  }

  /**
   * Changes the sender's note of a share, and returns the link that commits to it.
   * @throws ShoalError share/unknown, share/note-too-long
   */
  setNote(id: TorrentId, note: string): string {
    const { engine, shared, origin } = this.#parts;
    const source = shared.source(id);
    if (source === undefined) throw new ShoalError("share/unknown");
    // The times that were told stay, though a file is missing or was given again.
    const about = engine.about(id);
    const files = source.info.files.map((_, at) => ({
      lastModified: about?.modified(at) ?? source.file(at)?.lastModified ?? Number.NaN,
    }));
    engine.setAbout(id, makeAbout(files, note));
    return origin.shareLink({ ...engine.naming(id), membersOnly: false });
  }

  async #hashAndAdd(
    draft: Draft,
    { title, note, anew }: Pick<Request, "title" | "note" | "anew">,
    isLatest: () => boolean,
  ): Promise<TorrentId> {
    const { engine, shared } = this.#parts;
    const { info, pieceLayers, files } = await draft.hash(anew, isLatest);
    const about = makeAbout(
      files.map(({ file }) => file),
      note,
    );
    const aboutHash = about && aboutHashOf(about);
    const told = { title, about, aboutHash };
    const record = newRecord(info, { pieceLayers, trackers: [], webSeeds: [], active: true, ...told });
    const found = engine.find(record);
    const id = found ?? record.id;
    // The files come first: once the engine knows that every piece is here, it may read one.
    const detach = shared.attach(id, info, files);
    try {
      engine.addTorrent({ record, have: "all" });
    } catch (error) {
      detach();
      throw error;
    }
    this.#settle(draft, id, found !== null);
    await shared.keep(id);
    return id;
  }

  /** The draft has become this share. `wasHere`: it was on this device already. */
  #settle(draft: Draft, id: TorrentId, wasHere: boolean): void {
    const made = draft.made ?? null;
    if (made === id) return;
    // If another draft has made it, it is shared by both from now on, and stays.
    if (wasHere) this.#parts.drafts.release(id);
    draft.made = wasHere ? null : id;
    this.#remove(made);
  }

  #remove(id: TorrentId | null): void {
    const { engine, saver } = this.#parts;
    if (id === null || !engine.torrents().includes(id)) return;
    saver.cancel(id);
    engine.removeTorrent(id, true);
  }

  /** The share whose own files have the paths, sizes and times of the draft; null when there is none. */
  #findSame(draft: Draft): TorrentId | null {
    const { engine, shared } = this.#parts;
    const { layout } = draft;
    if (layout === null) return null;
    const files = draft.files();
    const byPath = new Map(files.map(({ path, file }) => [orderKey(path.slice(layout.depth)), file]));
    const isSame = (id: TorrentId): boolean => {
      const source = shared.source(id);
      const entries = shared.entries(id);
      if (!source || !entries || engine.record(id).rendezvous !== null) return false;
      const { name, singleFile, files: own, size } = source.info;
      if (name !== layout.name || singleFile !== layout.singleFile) return false;
      if (own.length !== files.length || size !== draft.size) return false;
      // Of a file whose content was found to be another one, its time tells nothing.
      if ([...source.missing.values()].includes("changed")) return false;
      return own.every(({ path, length }, index) => {
        const file = byPath.get(orderKey(path));
        return file?.size === length && file.lastModified === entries[index]!.lastModified;
      });
    };
    return shared.origins().find(isSame) ?? null;
  }
}
