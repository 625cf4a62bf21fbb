/** Puts a torrent's pieces into the database as the worker would, and saves with the app's own functions. */

import type { ShareSnapshot } from "../../../app/bridge/commands.ts";
import { PieceAnswers } from "../../../app/bridge/piece-requests.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { saveAll, saveFile } from "../../../app/page/saving.ts";
import { openDatabase } from "../../../app/storage/database.ts";
import { writeFileTable } from "../../../app/storage/file-table.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { PIECE_LENGTH, pieceBytes, type SavingTest, type StoredTorrent } from "./stored-torrent.ts";

// Automation cannot choose in Chromium's picker: save as browsers without one do.
Reflect.deleteProperty(window, "showSaveFilePicker");

let database: ShoalDatabase;
const waitedFor: number[] = [];

/** The parts of an info dictionary that storage reads. */
function infoOf({ name, files, singleFile }: StoredTorrent): TorrentInfo {
  let offset = 0;
  const located = files.map(({ path, length }) => {
    const file = { path, length, offset, piecesRoot: null };
    offset = Math.ceil((offset + length) / PIECE_LENGTH) * PIECE_LENGTH;
    return file;
  });
  return { name, singleFile, pieceLength: PIECE_LENGTH, files: located } as unknown as TorrentInfo;
}

async function store(torrent: StoredTorrent): Promise<void> {
  const { id, wanted, missing } = torrent;
  const info = infoOf(torrent);
  await writeFileTable(database, id, info, null);
  await database.put("torrents", {
    id,
    rendezvous: null,
    infoHashV1: null,
    infoHashV2: null,
    info: null,
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
      const length = Math.min(PIECE_LENGTH, file.length - start);
      if (!missing?.includes(piece)) await storePiece(id, piece, length);
    }
  }
}

async function storePiece(id: string, piece: number, length: number): Promise<void> {
  await writeBatch(database, id, [{ piece, data: pieceBytes(piece, length) }]);
}

/** Stands where the worker stands, and downloads a torrent of one file. */
async function lead({ id, files }: StoredTorrent): Promise<void> {
  new PieceAnswers(crypto.randomUUID(), async ({ torrent, start, end }) => {
    if (torrent !== id) throw new ShoalError("save/incomplete");
    const piece = Math.floor(start / PIECE_LENGTH);
    if (end > (piece + 1) * PIECE_LENGTH) throw new RangeError(`no piece has ${start} to ${end}`);
    waitedFor.push(piece);
    await storePiece(id, piece, Math.min(PIECE_LENGTH, files[0]!.length - piece * PIECE_LENGTH));
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
