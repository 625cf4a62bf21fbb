/**
 * A torrent row is a torrent's record as the database gives it back. Browsers lose and damage rows, and older
 * versions of Shoal wrote some. So each field is checked before the record goes to the engine. Fields that an older
 * version did not know are read as empty.
 */

import { ShoalError } from "../engine/errors.ts";
import type { TorrentRecord } from "../engine/host.ts";

const isBytes = (value: unknown, length?: number) =>
  value === null || (value instanceof Uint8Array && (length === undefined || value.length === length));

const isTexts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === "string");
const isIndex = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

type LaterField =
  // Since version 2.
  | "rendezvous"
  | "webSeeds"
  | "select"
  // Since version 3.
  | "title"
  | "encoding"
  | "servers"
  | "leftOutTrackers"
  | "about"
  | "aboutHash";

/** The fields that came with later versions of the database, as they are read from rows without them. */
const later: Pick<TorrentRecord, LaterField> = {
  rendezvous: null,
  webSeeds: [],
  select: null,
  title: null,
  encoding: null,
  servers: [],
  leftOutTrackers: [],
  about: null,
  aboutHash: null,
};

/** The check of each field. */
const fields: Readonly<Record<keyof TorrentRecord, (value: unknown) => boolean>> = {
  id: (value) => typeof value === "string" && value !== "",
  rendezvous: (value) => isBytes(value, 20),
  infoHashV1: (value) => isBytes(value, 20),
  infoHashV2: (value) => isBytes(value, 32),
  info: (value) => isBytes(value),
  pieceLayers: (value) => value === null || (Array.isArray(value) && value.every((layer) => isBytes(layer))),
  nameHint: (value) => value === null || typeof value === "string",
  title: (value) => value === null || typeof value === "string",
  trackers: isTexts,
  encoding: (value) => value === null || typeof value === "string",
  servers: isTexts,
  leftOutTrackers: isTexts,
  webSeeds: isTexts,
  about: (value) => isBytes(value),
  aboutHash: (value) => isBytes(value, 16),
  select: (value) => value === null || (Array.isArray(value) && value.every(isIndex)),
  wanted: (value) => isBytes(value),
  active: (value) => typeof value === "boolean",
  paused: (value) => typeof value === "boolean",
  addedAt: (value) => typeof value === "number" && Number.isFinite(value),
};

/**
 * A row with its servers. Until version 3 they stood among the trackers, and the tracker of the page itself stood first.
 */
function withServers(row: object): object {
  const { trackers } = row as Partial<TorrentRecord>;
  if ("servers" in row || !Array.isArray(trackers)) return row;
  return { ...row, servers: trackers.slice(0, 1), trackers: trackers.slice(1) };
}

/** The row as a record. Throws ShoalError storage/damaged when it is none. */
export function readTorrentRow(row: unknown): TorrentRecord {
  if (typeof row !== "object" || row === null) throw new ShoalError("storage/damaged", "record");
  const record = { ...later, ...withServers(row) } as TorrentRecord;
  for (const [name, isRight] of Object.entries(fields))
    if (!isRight(record[name as keyof TorrentRecord])) throw new ShoalError("storage/damaged", name);
  if (record.rendezvous === null && record.infoHashV1 === null && record.infoHashV2 === null)
    throw new ShoalError("storage/damaged", "infoHashV1, infoHashV2");
  return record;
}

/**
 * The error that a person is told when a kept share cannot be taken up. Its record was good when it was kept, so
 * every other failure than one of storage is told as storage/damaged.
 */
export function asDamage(error: unknown): ShoalError {
  if (error instanceof ShoalError && error.code.startsWith("storage/")) return error;
  // The details of others may name files.
  const detail =
    error instanceof ShoalError ? error.code : error instanceof Error ? error.message : String(error);
  return new ShoalError("storage/damaged", detail, { cause: error });
}
