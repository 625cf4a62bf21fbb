/**
 * Giving is how a share gets its own files again: after a start of a browser that keeps no way to them, or when one has
 * changed or vanished. The files come from a draft and are matched by path, name and size (own-file-match.ts). A file
 * that has the time that it had when it was shared is taken at once. Another one is read and compared with the torrent's
 * hashes first. The share goes on with the files that are taken while others are still read (taken-files.ts).
 *
 * Files whose handles are kept come back by themselves once the person allows it (`readAgain`).
 */

import type { FilesGiven, MissingFile, NamedPaths, ShareDifference, SharedFile } from "../bridge/commands.ts";
import { MAX_NAMED_PATHS } from "../bridge/constants.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { Draft } from "./draft.ts";
import type { CheckProgress, FileSource } from "./file-source.ts";
import type { Library } from "./library.ts";
import { matchOwnFiles } from "./own-file-match.ts";
import type { SharedFiles } from "./shared-files.ts";
import { TakenFiles } from "./taken-files.ts";

export interface GivingParts {
  readonly engine: Engine;
  readonly library: Library;
  readonly shared: SharedFiles;
}

/** A file that was given in place of one that is missing. */
interface Offer {
  /** Index of the missing file. */
  readonly index: number;
  readonly given: SharedFile;
}

export class Giving {
  readonly #parts: GivingParts;

  constructor(parts: GivingParts) {
    this.#parts = parts;
  }

  /**
   * The shares that miss own files and that the draft has files of, the one with the most of them first. The share
   * that the draft itself was before is none of them.
   */
  compare(draft: Draft): ShareDifference[] {
    const { shared } = this.#parts;
    const files = draft.files();
    const own = this.#parts.library.draftShares.of(draft.id);
    const differences = shared.origins().flatMap((id): ShareDifference[] => {
      if (own.includes(id)) return [];
      const { info, missing } = shared.source(id)!;
      if (missing.size === 0) return [];
      const { found, changed, extra } = matchOwnFiles(info, files, missing);
      if (![...found.keys(), ...changed.keys()].some((index) => missing.has(index))) return [];
      const sameTimes = [...found].filter(([index, { file }]) => this.#hasTime(id, index, file)).length;
      // Many folders have a README of some size. One with another time is no more than alike.
      if (sameTimes === 0 && 2 * (found.size + changed.size) < info.files.length) return [];
      const lacking = [...missing.keys()].filter((index) => !found.has(index) && !changed.has(index));
      return [
        {
          id,
          same: found.size,
          sameTimes,
          missing: namedFiles(shared.source(id)!, lacking),
          changed: namedFiles(shared.source(id)!, [...changed.keys()]),
          extra: named(extra.map(({ path }) => path)),
        },
      ];
    });
    return differences.sort((a, b) => b.same - a.same);
  }

  /**
   * Gives a share files of a draft. With `resume`, it goes on even if it was paused.
   * @throws ShoalError share/unknown when the share is not from files, share/cancelled, or as keeping failed
   */
  async give(id: TorrentId, draft: Draft, resume: boolean): Promise<FilesGiven> {
    const source = this.#source(id);
    const { missing } = source;
    const isLatest = draft.begin();
    const match = matchOwnFiles(source.info, draft.files(), missing);
    const offers = [...match.found].flatMap(([index, given]): Offer[] =>
      missing.has(index) ? [{ index, given }] : [],
    );
    const isKnown = ({ index, given: { file } }: Offer) =>
      missing.get(index) !== "changed" && this.#hasTime(id, index, file);
    const known = offers.filter(isKnown);
    this.#take(id, known, resume);
    const doubtful = offers.filter((offer) => !isKnown(offer) && missing.has(offer.index));
    const changed = new Set(match.changed.keys());
    const batch = new TakenFiles<Offer>((found) => this.#take(id, found, resume));
    const check = { size: sizeOf(doubtful), hashed: 0, cancel: () => {} };
    draft.follow(check);
    const alike = missingAlike(source);
    try {
      for (const offer of doubtful) {
        const index = await findTrue(source, offer, alike, (bytes) => {
          if (!isLatest()) throw new ShoalError("share/cancelled");
          check.hashed = Math.min(check.size, check.hashed + bytes);
          batch.handleTime();
        });
        if (index === null) changed.add(offer.index);
        else batch.add({ ...offer, index });
      }
    } finally {
      batch.end();
    }
    const taken = [...known, ...batch.all].map(({ index }) => index);
    draft.follow(null);
    const isUpdated = this.#takeHandles(id, match.found);
    if (taken.length > 0 || isUpdated) await this.#parts.shared.keep(id);
    const lacking = [...source.missing.keys()].filter((index) => !changed.has(index));
    return {
      taken: namedFiles(source, taken),
      missing: namedFiles(source, lacking),
      changed: namedFiles(
        source,
        [...changed].filter((index) => missing.has(index)),
      ),
      extra: named(match.extra.map(({ path }) => path)),
    };
  }

  /** Gives a share all files that it misses, out of files that were found to be the same by paths, sizes and times. */
  async giveAll(id: TorrentId, files: readonly SharedFile[]): Promise<void> {
    const { info, missing } = this.#source(id);
    const { found } = matchOwnFiles(info, files, missing);
    const offers = [...missing.keys()].flatMap((index): Offer[] => {
      const given = found.get(index);
      return given ? [{ index, given }] : [];
    });
    this.#take(id, offers, true);
    const isUpdated = this.#takeHandles(id, found);
    if (offers.length > 0 || isUpdated) await this.#parts.shared.keep(id);
  }

  /**
   * Reads the files again that the person has allowed to be read, of this share and of all others.
   * @throws ShoalError share/unknown when the share is not from files
   */
  async readAgain(id: TorrentId): Promise<void> {
    this.#source(id);
    const { shared } = this.#parts;
    for (const each of shared.origins()) {
      const offers = (await shared.reopen(each)).map(
        ([index, file]): Offer => ({ index, given: { file, path: [], handle: null } }),
      );
      this.#take(each, offers, each === id);
    }
  }

  /** @throws ShoalError share/unknown when the share is not from files */
  missingFiles(id: TorrentId): { count: number; first: MissingFile[]; handles: FileSystemFileHandle[] } {
    const { info, missing } = this.#source(id);
    const { shared } = this.#parts;
    const first = [...missing]
      .sort(([a], [b]) => a - b)
      .slice(0, MAX_NAMED_PATHS)
      .map(([file, reason]) => ({ file, path: info.files[file]!.path, reason }));
    const asked = shared.notAllowed(id).slice(0, MAX_NAMED_PATHS);
    const handles = asked.flatMap((index) => shared.entries(id)![index]!.handle ?? []);
    return { count: missing.size, first, handles };
  }

  #source(id: TorrentId): FileSource {
    const source = this.#parts.shared.source(id);
    if (!source) throw new ShoalError("share/unknown");
    return source;
  }

  #hasTime(id: TorrentId, index: number, file: File): boolean {
    return this.#parts.shared.entries(id)?.[index]?.lastModified === file.lastModified;
  }

  /** Keeps the handles of files that were given and can be read as they are. False when there is nothing new to keep. */
  #takeHandles(id: TorrentId, found: ReadonlyMap<number, SharedFile>): boolean {
    const { missing } = this.#source(id);
    let isUpdated = false;
    for (const [index, given] of found) {
      const isSame = !missing.has(index) && this.#hasTime(id, index, given.file);
      if (isSame && this.#parts.shared.takeHandle(id, index, given)) isUpdated = true;
    }
    return isUpdated;
  }

  /** Costs a write of the whole record, whatever the number of files. */
  #take(id: TorrentId, offers: readonly Offer[], resume: boolean): void {
    const { engine, library, shared } = this.#parts;
    // It may have been removed while its files were opened.
    if (offers.length === 0 || !engine.torrents().includes(id)) return;
    for (const { index, given } of offers) shared.give(id, index, given);
    engine.handleFilesFound(
      id,
      offers.map(({ index }) => index),
    );
    const isToGoOn = resume ? library.isWaiting(id) : library.wouldGoOn(id);
    if (isToGoOn) engine.setActive(id, true);
  }
}

/** The missing files by name and size: of two images of one name, only the content tells which one was given. */
function missingAlike({ info, missing }: FileSource): Map<string, Set<number>> {
  const alike = new Map<string, Set<number>>();
  for (const index of missing.keys()) {
    const key = likeness(info, index);
    const group = alike.get(key);
    if (group) group.add(index);
    else alike.set(key, new Set([index]));
  }
  return alike;
}

function likeness({ files }: TorrentInfo, index: number): string {
  const { path, length } = files[index]!;
  return `${length} ${path.at(-1)}`;
}

/**
 * Which missing file holds what was shared, that of the offer or another one like it; null when none does. It is taken
 * out of `alike`.
 */
async function findTrue(
  source: FileSource,
  { index, given }: Offer,
  alike: ReadonlyMap<string, Set<number>>,
  progress: CheckProgress,
): Promise<number | null> {
  const group = alike.get(likeness(source.info, index));
  try {
    let found = group?.has(index) ? await source.find(given.file, [index], progress) : null;
    found ??= await source.find(
      given.file,
      [...(group ?? [])].filter((other) => other !== index),
      progress,
    );
    if (found !== null) group!.delete(found);
    return found;
  } catch (error) {
    if (error instanceof ShoalError && error.code === "source/gone") return null;
    throw error;
  }
}

function sizeOf(offers: readonly Offer[]): number {
  return offers.reduce((sum, { given }) => sum + given.file.size, 0);
}

function namedFiles({ info }: FileSource, files: readonly number[]): NamedPaths {
  return named([...files].sort((a, b) => a - b).map((index) => info.files[index]!.path));
}

function named(paths: readonly (readonly string[])[]): NamedPaths {
  return { count: paths.length, first: paths.slice(0, MAX_NAMED_PATHS) };
}
