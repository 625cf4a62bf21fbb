/**
 * Descriptions of torrents are what a person opens and keeps as files: .torrent files, read and written, and the file
 * list as JSON. They are a script of their own, loaded when one is asked for.
 */

import { inSlices } from "../bridge/slices.ts";
import type { About } from "../engine/content/about.ts";
import { MAX_TORRENT_FILE_BYTES } from "../engine/content/constants.ts";
import { parsedInfo } from "../engine/content/parsed-info.ts";
import {
  decodeTorrentFile,
  encodeTorrentFile,
  magnetIn,
  type TorrentFileContent,
} from "../engine/content/torrent-file.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentRecord } from "../engine/host.ts";
import { manifestParts } from "./manifest.ts";

/**
 * The content of a .torrent file: a torrent, or only the magnet link of one. One that is too large is not read.
 * @throws ShoalError torrent/too-large, source/gone, or as decoding failed
 */
export async function readTorrentFile(file: File): Promise<TorrentFileContent | { readonly magnet: string }> {
  if (file.size > MAX_TORRENT_FILE_BYTES) throw new ShoalError("torrent/too-large", String(file.size));
  const bytes = await bytesOf(file);
  const magnet = magnetIn(bytes);
  return magnet === null ? decodeTorrentFile(bytes) : { magnet };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new ShoalError("source/gone", file.name, { cause });
  }
}

/** Null until the info dictionary and every piece layer are known. */
export function writeTorrentFile(record: TorrentRecord): Uint8Array | null {
  if (!record.info) return null;
  try {
    return encodeTorrentFile({ ...record, info: parsedInfo(record.info, record.encoding) });
  } catch (error) {
    if (error instanceof ShoalError && error.code === "torrent/incomplete") return null;
    throw error;
  }
}

/** The file list as JSON. A large one is nowhere whole in memory. */
export function writeManifest(info: TorrentInfo, about: About | null, isPublic: boolean): Promise<Blob> {
  return inSlices(blobOf(manifestParts(info, about, isPublic)));
}

function* blobOf(parts: Iterable<string>): Generator<undefined, Blob, undefined> {
  const blobs: Blob[] = [];
  for (const part of parts) {
    blobs.push(new Blob([part]));
    yield;
  }
  return new Blob(blobs, { type: "application/json" });
}
