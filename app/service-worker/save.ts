/**
 * A save answers an address below /save/ with a download, which is read from the database as fast as the browser
 * takes it. One piece is read ahead, and a file is never whole in memory. Each piece is checked before its bytes leave.
 * Pieces that are still to come are waited for, and so are those that are damaged or lost, until they have come again. If
 * a piece will not come, the download fails; it is not cut short. saves.ts keeps the saves that run.
 */

import { makeZip, predictLength } from "client-zip";
import { SafePaths, safeName, zipName } from "../bridge/safe-names.ts";
import type { SaveRequest } from "../bridge/service-worker.ts";
import { zipTime } from "../bridge/zip-time.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentRecord } from "../engine/host.ts";
import { type FileLocation, readFileLocation, readFileTable } from "../storage/file-table.ts";
import { StoredPieces } from "../storage/piece-batches.ts";
import { checkOf } from "../storage/piece-check.ts";
import { type RangeSource, readRange } from "../storage/read-range.ts";
import type { ShoalDatabase } from "../storage/schema.ts";
import { readTorrentRow } from "../storage/torrent-row.ts";
import { withZip64End, zip64EndLength } from "./zip-end.ts";

/** A download's bytes and what the browser is told of them beforehand. */
export interface Download {
  readonly name: string;
  readonly type: string;
  /** Bytes, exactly. */
  readonly length: number;
  /** Read from only when the browser wants more. */
  readonly bytes: AsyncIterator<Uint8Array<ArrayBuffer>, unknown, undefined>;
}

/** Waits for bytes of a torrent's file that are not stored; see WaitForBytes. */
export type WaitForFile = (torrent: string, file: number, start: number, end: number) => Promise<boolean>;

/** The stored pieces of the torrent that a download is of, and what is known of them. */
type Stored = Pick<RangeSource, "pieces" | "check">;

/** Opens what `request` names. @throws ShoalError share/unknown, or as reading the database fails */
export async function openDownload(
  db: ShoalDatabase,
  { torrent, file }: SaveRequest,
  wait: WaitForFile,
): Promise<Download> {
  const record = await readRecord(db, torrent);
  // Each download checks each piece anew: what another one found may not hold any more.
  const stored = { pieces: new StoredPieces(db), check: checkOf(record) };
  if (file === null) return openZip(db, record, stored, wait);
  const location = await readFileLocation(db, torrent, file);
  if (!location) throw new ShoalError("share/unknown");
  return {
    name: safeName(location.path.at(-1) ?? ""),
    type: "application/octet-stream",
    length: location.length,
    bytes: readFile(location, file, stored, wait),
  };
}

async function readRecord(db: ShoalDatabase, torrent: string): Promise<TorrentRecord> {
  const row = await db.get("torrents", torrent);
  if (row === undefined) throw new ShoalError("share/unknown");
  return readTorrentRow(row);
}

/** `index`: the file's place in the torrent. */
function readFile(file: FileLocation, index: number, stored: Stored, wait: WaitForFile) {
  const waitHere = (start: number, end: number) => wait(file.torrent, index, start, end);
  return readRange(file, { ...stored, wait: waitHere });
}

/** The selected files, below a folder of the torrent's name. */
async function openZip(
  db: ShoalDatabase,
  { id, wanted, addedAt }: TorrentRecord,
  stored: Stored,
  wait: WaitForFile,
): Promise<Download> {
  const table = await readFileTable(db, id);
  if (!table) throw new ShoalError("share/unknown");
  const selected = [...table.files.entries()].filter(([index]) => wanted === null || wanted[index] === 1);
  const names = new SafePaths();
  const entries = selected.map(([index, file]) => ({
    name: names.add(table.singleFile ? file.path : [table.name, ...file.path]).join("/"),
    size: file.length,
    lastModified: zipTime(file.modified, addedAt),
    file,
    index,
  }));
  const zip = chunksOf(makeZip(zipInputs(entries, stored, wait)) as ReadableStream<Uint8Array<ArrayBuffer>>);
  const more = zip64EndLength(entries);
  return {
    name: zipName(table.name),
    type: "application/zip",
    length: Number(predictLength(entries)) + more,
    bytes: more === 0 ? zip : withZip64End(zip, entries.length),
  };
}

/** Each entry's reading begins when the zip comes to it. */
function* zipInputs<Entry extends { readonly file: FileLocation; readonly index: number }>(
  entries: readonly Entry[],
  stored: Stored,
  wait: WaitForFile,
) {
  for (const entry of entries) yield { ...entry, input: readFile(entry.file, entry.index, stored, wait) };
}

async function* chunksOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** RFC 6266: a plain name for old clients, the real one in UTF-8. */
function contentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** The response that makes the browser download `body`. */
export function downloadResponse(
  download: Download,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Response {
  return new Response(body, {
    headers: {
      "content-type": download.type,
      "content-length": String(download.length),
      "content-disposition": contentDisposition(download.name),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
