/** Puts a torrent's pieces into the database as the worker would, and saves with the app's own functions. */

import type { ShareSnapshot } from "../../../app/bridge/commands.ts";
import { PieceAnswers } from "../../../app/bridge/piece-requests.ts";
import { type BencodeInput, encodeBencode } from "../../../app/engine/content/bencode.ts";
import { paddingAfter } from "../../../app/engine/content/file-list.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { saveAll, saveFile } from "../../../app/page/saving.ts";
import { openDatabase } from "../../../app/storage/database.ts";
import { writeFileTable } from "../../../app/storage/file-table.ts";
import { hashSha1 } from "../../../app/storage/hasher.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { PIECE_LENGTH, pieceBytes, type SavingTest, type StoredTorrent } from "./stored-torrent.ts";

// Automation cannot choose in Chromium's picker: save as browsers without one do.
Reflect.deleteProperty(window, "showSaveFilePicker");

let database: ShoalDatabase;
const waitedFor: number[] = [];

/** The info dictionary of a v1 torrent whose files begin with a piece each. */
async function infoOf({ name, files, singleFile }: StoredTorrent): Promise<TorrentInfo> {
  const entries: BencodeInput[] = [];
  const digests: Uint8Array[] = [];
  for (const { path, length } of files) {
    const padding = singleFile ? 0 : paddingAfter(length, PIECE_LENGTH);
    entries.push({ length, path: [...path] });
    if (padding > 0) entries.push({ attr: "p", length: padding, path: [".pad", String(padding)] });
    for (let start = 0; start < length; start += PIECE_LENGTH) {
      const data = pieceBytes(digests.length, Math.min(PIECE_LENGTH, length - start));
      digests.push(await hashSha1(data, singleFile ? 0 : PIECE_LENGTH - data.length));
    }
  }
  const pieces = new Uint8Array(await new Blob(digests as BlobPart[]).arrayBuffer());
  const content = singleFile ? { length: files[0]!.length } : { files: entries };
  return parseInfo(encodeBencode({ ...content, name, "piece length": PIECE_LENGTH, pieces }));
}

async function store(torrent: StoredTorrent): Promise<void> {
  const { id, wanted, missing, damaged } = torrent;
  const info = await infoOf(torrent);
  await writeFileTable(database, id, info, null);
  await database.put("torrents", {
    id,
    rendezvous: null,
    infoHashV1: info.infoHashV1,
    infoHashV2: null,
    info: info.bytes,
    pieceLayers: null,
    nameHint: null,
    title: null,
    trackers: [],
    leftOutTrackers: [],
    webSeeds: [],
    about: null,
    aboutHash: null,
    encoding: null,
    servers: [],
    select: null,
    wanted: wanted ? Uint8Array.from(wanted) : null,
    active: true,
    paused: false,
    addedAt: Date.UTC(2026, 0, 2),
  });
  for (const file of info.files) {
    for (let start = 0; start < file.length; start += PIECE_LENGTH) {
      const piece = (file.offset + start) / PIECE_LENGTH;
      const data = pieceBytes(piece, Math.min(PIECE_LENGTH, file.length - start));
      if (damaged?.includes(piece)) data[data.length - 1]! ^= 1;
      if (!missing?.includes(piece)) await writeBatch(database, id, [{ piece, data }]);
    }
  }
}

/** Stands where the worker stands, and downloads a torrent of one file. */
async function lead({ id, files }: StoredTorrent): Promise<void> {
  new PieceAnswers(crypto.randomUUID(), async ({ torrent, start, end }) => {
    if (torrent !== id) throw new ShoalError("storage/lost", "7");
    const piece = Math.floor(start / PIECE_LENGTH);
    if (end > (piece + 1) * PIECE_LENGTH) throw new RangeError(`no piece has ${start} to ${end}`);
    waitedFor.push(piece);
    const data = pieceBytes(piece, Math.min(PIECE_LENGTH, files[0]!.length - piece * PIECE_LENGTH));
    await writeBatch(database, id, [{ piece, data }]);
  });
}

/** Stands where the node stands: only `blob` is asked of it, when there is no service worker. */
const node = {
  snapshot: null,
  call: async (name: string) => {
    if (name !== "blob") throw new Error(`${name} was not expected`);
    return { blob: new Blob(["from a blob"]) };
  },
} as unknown as NodeClient;

async function outcomeOf(save: Promise<void>): Promise<string> {
  try {
    await save;
    return "saved";
  } catch (error) {
    return error instanceof ShoalError ? error.code : String(error);
  }
}

const test: SavingTest = {
  async start() {
    database = await openDatabase({ blocked: () => {}, lost: () => {} });
    const { serviceWorker } = navigator;
    await serviceWorker.register("/service-worker.js");
    await serviceWorker.ready;
  },
  async stop() {
    await (await navigator.serviceWorker.getRegistration())?.unregister();
  },
  store,
  lead,
  waitedFor: async () => waitedFor,
  saveFile: (id, index, name) => outcomeOf(saveFile(node, id, index, name)),
  saveAll: (id, name) =>
    outcomeOf(saveAll(node, { id, name, singleFile: false, fromFiles: false } as ShareSnapshot)),
};
Object.assign(window, { savingTest: test });
