/**
 * Giving is how a share gets its own files again: after a start of a browser that keeps no way to them, or when one has
 * changed or vanished. The files come from a draft and are matched by path, name and size (own-file-match.ts). A file
 * that has the time that it had when it was shared is taken at once. Another one is read and compared with the torrent's
 * hashes first. The share goes on with each file that is taken.
 */

import type { FilesGiven, MissingFile, NamedPaths, ShareDifference, SharedFile } from "../bridge/commands.ts";
import { MAX_NAMED_PATHS } from "../bridge/constants.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { Draft } from "./draft.ts";
import type { FileSource } from "./file-source.ts";
import type { Library } from "./library.ts";
import { matchOwnFiles } from "./own-file-match.ts";
import type { SharedFiles } from "./shared-files.ts";

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

  /** The shares that miss own files and that the draft has files of, the one with the most of them first. */
  compare(draft: Draft): ShareDifference[] {
    const { shared } = this.#parts;
    const files = draft.files();
    const differences = shared.origins().flatMap((id): ShareDifference[] => {
      const { info, missing } = shared.source(id)!;
      if (missing.size === 0) return [];
      const { found, changed, extra } = matchOwnFiles(info, files, missing);
      if (![...found.keys(), ...changed.keys()].some((index) => missing.has(index))) return [];
      const lacking = [...missing.keys()].filter((index) => !found.has(index) && !changed.has(index));
      return [
        {
          id,
          same: found.size,
          missing: namedFiles(shared.source(id)!, lacking),
          changed: namedFiles(shared.source(id)!, [...changed.keys()]),
          extra: named(extra.map(({ path }) => path)),
        },
      ];
    });
    return differences.sort((a, b) => b.same - a.same);
  }

  /**
   * Gives a share files of a draft.
   * @throws ShoalError share/unknown when the share is not from files, share/cancelled, or as keeping failed
   */
  async give(id: TorrentId, draft: Draft): Promise<FilesGiven> {
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
    const taken = known.map(({ index }) => index);
    this.#take(id, known);
    const doubtful = offers.filter((offer) => !taken.includes(offer.index));
    const changed = new Set(match.changed.keys());
    const check = { size: sizeOf(doubtful), hashed: 0, cancel: () => {} };
    draft.follow(check);
    for (const offer of doubtful) {
      const index = await this.#findTrue(source, offer, (bytes) => {
        if (!isLatest()) throw new ShoalError("share/cancelled");
        check.hashed += bytes;
      });
      if (index === null) {
        changed.add(offer.index);
      } else {
        this.#take(id, [{ ...offer, index }]);
        taken.push(index);
      }
    }
    draft.follow(null);
    if (taken.length > 0) await this.#parts.shared.keep(id);
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
    if (missing.size === 0) return;
    const { found } = matchOwnFiles(info, files, missing);
    this.#take(
      id,
      [...missing.keys()].flatMap((index): Offer[] => {
        const given = found.get(index);
        return given ? [{ index, given }] : [];
      }),
    );
    await this.#parts.shared.keep(id);
  }

  /** @throws ShoalError share/unknown when the share is not from files */
  missingFiles(id: TorrentId): { count: number; first: MissingFile[] } {
    const { info, missing } = this.#source(id);
    const first = [...missing]
      .sort(([a], [b]) => a - b)
      .slice(0, MAX_NAMED_PATHS)
      .map(([file, reason]) => ({ file, path: info.files[file]!.path, reason }));
    return { count: missing.size, first };
  }

  #source(id: TorrentId): FileSource {
    const source = this.#parts.shared.source(id);
    if (!source) throw new ShoalError("share/unknown");
    return source;
  }

  #hasTime(id: TorrentId, index: number, file: File): boolean {
    return this.#parts.shared.entries(id)?.[index]?.lastModified === file.lastModified;
  }

  /**
   * Which missing file holds what was shared, that of the offer or another one of the same name and size; null when none
   * does.
   */
  async #findTrue(
    source: FileSource,
    { index, given }: Offer,
    progress: (bytes: number) => void,
  ): Promise<number | null> {
    const { files } = source.info;
    const like = (other: number) =>
      other !== index &&
      files[other]!.length === files[index]!.length &&
      files[other]!.path.at(-1) === files[index]!.path.at(-1);
    for (const each of [index, ...[...source.missing.keys()].filter(like)]) {
      try {
        if (source.missing.has(each) && (await source.holds(each, given.file, progress))) return each;
      } catch (error) {
        if (error instanceof ShoalError && error.code === "source/gone") return null;
        throw error;
      }
    }
    return null;
  }

  #take(id: TorrentId, offers: readonly Offer[]): void {
    if (offers.length === 0) return;
    const { engine, library, shared } = this.#parts;
    for (const { index, given } of offers) shared.give(id, index, given);
    engine.handleFilesFound(
      id,
      offers.map(({ index }) => index),
    );
    if (library.isWaiting(id)) engine.setActive(id, true);
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
