/** Odd .torrent files, opened by libtorrent and by Shoal: what libtorrent opens, Shoal opens, as the same torrent. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { expect, test } from "vitest";
import { decodeTorrentFile, magnetIn } from "../../../app/engine/content/torrent-file.ts";
import { oddTorrents, torrentCase, torrentCases } from "../../support/odd-torrents.ts";
import { type OpenedTorrent, openAll } from "./libtorrent.ts";

const hex = (bytes: Uint8Array | null) => (bytes === null ? null : bytesToHex(bytes));

/** As libtorrent's answer. Null when Shoal refuses the file. */
function open(bytes: Uint8Array): OpenedTorrent | null {
  try {
    const { info } = decodeTorrentFile(bytes);
    return {
      v1: hex(info.infoHashV1),
      v2: hex(info.infoHashV2),
      private: info.isPrivate,
      pieceCount: info.pieceCount,
      files: info.files.map(({ length, offset }, i) => ({ entry: info.entryIndices[i]!, length, offset })),
    };
  } catch {
    return null;
  }
}

const all = new Map([...torrentCases().map((name) => [name, torrentCase(name)] as const), ...oddTorrents]);
const answers = openAll([...all.values()]);
const theirs = new Map([...all.keys()].map((name, i) => [name, answers[i] ?? null] as const));

/** Where Shoal differs on purpose. */
const differing: Readonly<Record<string, Partial<OpenedTorrent> | null>> = {
  // libtorrent removes the slash, and has no name left.
  'single "/" 1': open(oddTorrents.get('single "/" 1')!),
  // libtorrent makes an empty file of a link that leads nowhere.
  "a link without a target": { files: [{ entry: 0, length: 20_000, offset: 0 }] },
  // Without SHA-1 hashes no peer can use the v1 info-hash that libtorrent gives it too.
  "v2 with a length that counts for nothing": { v1: null },
  // It has no info dictionary; the link in it is opened.
  "a magnet link in a file": null,
};

test.each([...all.keys()])("%s", (name) => {
  const their = theirs.get(name)!;
  const expected = name in differing ? differing[name] && { ...their, ...differing[name] } : their;
  expect(open(all.get(name)!)).toEqual(expected);
});

test("a magnet link in a file is the torrent that libtorrent takes it for", () => {
  const name = "a magnet link in a file";
  expect(magnetIn(oddTorrents.get(name)!)).toContain(theirs.get(name)!.v1!);
});
