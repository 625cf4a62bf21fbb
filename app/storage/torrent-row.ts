/**
 * A torrent's record as the database gives it back: browsers lose and damage rows, and older versions wrote them. Only
 * what is of the right kind goes on to the engine. What an older version did not know reads as none.
 */

import { ShoalError } from "../engine/errors.ts";
import type { TorrentRecord } from "../engine/host.ts";

const isBytes = (value: unknown, length?: number) =>
  value === null || (value instanceof Uint8Array && (length === undefined || value.length === length));

const isTexts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === "string");
const isIndex = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;

/** The fields that came later, as rows without them read. */
const later: Pick<TorrentRecord, "webSeeds" | "select"> = { webSeeds: [], select: null };

/** Each field's own kind. */
const fields: Readonly<Record<keyof TorrentRecord, (value: unknown) => boolean>> = {
  id: (value) => typeof value === "string" && value !== "",
  infoHashV1: (value) => isBytes(value, 20),
  infoHashV2: (value) => isBytes(value, 32),
  info: (value) => isBytes(value),
  pieceLayers: (value) => value === null || (Array.isArray(value) && value.every((layer) => isBytes(layer))),
  nameHint: (value) => value === null || typeof value === "string",
  trackers: isTexts,
  webSeeds: isTexts,
  select: (value) => value === null || (Array.isArray(value) && value.every(isIndex)),
  wanted: (value) => isBytes(value),
  active: (value) => typeof value === "boolean",
  paused: (value) => typeof value === "boolean",
  addedAt: (value) => typeof value === "number" && Number.isFinite(value),
};

/** The row as a record. Throws ShoalError storage/damaged when it is none. */
export function readTorrentRow(row: unknown): TorrentRecord {
  if (typeof row !== "object" || row === null) throw new ShoalError("storage/damaged", "record");
  const record = { ...later, ...row } as TorrentRecord;
  for (const [name, isRight] of Object.entries(fields))
    if (!isRight(record[name as keyof TorrentRecord])) throw new ShoalError("storage/damaged", name);
  if (record.infoHashV1 === null && record.infoHashV2 === null)
    throw new ShoalError("storage/damaged", "infoHashV1, infoHashV2");
  return record;
}

/** The reason why a kept share cannot be taken up, as a person is told: it was good when it was kept. */
export function asDamage(error: unknown): ShoalError {
  if (error instanceof ShoalError && error.code.startsWith("storage/")) return error;
  // The details of others may name files.
  const detail =
    error instanceof ShoalError ? error.code : error instanceof Error ? error.message : String(error);
  return new ShoalError("storage/damaged", detail, { cause: error });
}
