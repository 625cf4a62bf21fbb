/** Under which names the torrents of the wild are saved: each file alone, all in a zip, and all in a folder. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nameKey } from "../../../app/bridge/safe-names.ts";
import { PieceMap } from "../../../app/engine/content/piece-map.ts";
import { decodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import { type Download, downloadResponse, openDownload } from "../../../app/service-worker/save.ts";
import { writeFileTable } from "../../../app/storage/file-table.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import { PieceCheck } from "../../../app/storage/piece-check.ts";
import type { ContentReader } from "../../../app/worker/content-reader.ts";
import { Saver } from "../../../app/worker/saver.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { SampleContent } from "../../support/sample-content.ts";
import { projectRoot } from "../../support/sources.ts";
import { MemoryFolder } from "../worker/memory-folder.ts";

const cases = join(projectRoot, "tests/fixtures/cases/torrents");

afterEach(() => {
  vi.restoreAllMocks();
});

async function bytesOf({ bytes }: Download): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let part = await bytes.next(); !part.done; part = await bytes.next()) parts.push(part.value);
  return Buffer.concat(parts);
}

/** The names of a zip's entries, which must all be said to be in UTF-8. */
function zipNames(zip: Buffer): string[] {
  const names: string[] = [];
  const signature = Buffer.from("PK\x01\x02", "latin1");
  for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 1)) {
    expect(zip.readUInt16LE(at + 8) & 0x0800).toBe(0x0800);
    names.push(zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}

/** The name that a browser takes from the response's header. */
function downloadName(download: Download): string {
  const header = downloadResponse(download, new ReadableStream()).headers.get("content-disposition")!;
  return decodeURIComponent(/filename\*=UTF-8''(.*)$/.exec(header)![1]!);
}

async function namesOf(name: string) {
  const { info, pieceLayers } = decodeTorrentFile(readFileSync(join(cases, `${name}.torrent`)));
  const record = new SampleContent(info, pieceLayers ?? [], []).record("torrent");
  const db = await openMemoryDatabase();
  await db.put("torrents", record);
  await writeFileTable(db, record.id, info, null);
  const map = new PieceMap(info);
  const pieces = Array.from({ length: info.pieceCount }, (_, piece) => ({
    piece,
    data: new Uint8Array(map.dataLength(piece)),
  }));
  await writeBatch(db, record.id, pieces);
  // The files of these torrents are not known.
  vi.spyOn(PieceCheck.prototype, "check").mockResolvedValue(true);
  const open = (file: number | null) =>
    openDownload(db, { save: "s", torrent: record.id, file }, () => Promise.reject(new Error("not stored")));
  const alone = await Promise.all(info.files.map(async (_, file) => downloadName(await open(file))));
  const all = await open(null);
  const folder = new MemoryFolder("chosen");
  const reader = { begin: () => null, async *read() {} } as unknown as ContentReader;
  const items = info.files.map(({ path, length }, file) => ({
    file,
    length,
    path: info.singleFile ? path : [info.name, ...path],
  }));
  await new Saver(reader).saveToDirectory(record.id, items, folder.handle);
  return {
    alone,
    zip: downloadName(all),
    zipped: zipNames(await bytesOf(all)),
    inFolder: [...folder.files.keys()],
  };
}

describe("a torrent is saved under names that every system takes", () => {
  it.each([
    ["rlo-name", ["holidaygpj.exe"]],
    ["reserved-name", ["_CON.txt"]],
    ["long-name", [`${"n".repeat(226)}.txt`]],
    ["same-path-other-case", ["shoal of fish/a.txt", "shoal of fish/A (2).TXT"]],
    ["slash-in-name", ["Fish R1_beta6 (x86_64)"]],
    ["backslash-in-path", ["shoal of fish/dir_a.txt", "shoal of fish/b.txt"]],
    ["name-latin1", ["caf\ufffd.txt"]],
    ["path-gbk-with-utf8", ["shoal of fish/鱼.txt", "shoal of fish/b.txt"]],
  ])("%s", async (name, expected) => {
    const { alone, zip, zipped, inFolder } = await namesOf(name);
    expect(zipped).toEqual(expected);
    expect(inFolder).toEqual(expected);
    expect(new Set(zipped.map(nameKey)).size).toBe(alone.length);
    for (const each of [...alone, zip, ...zipped.flatMap((path) => path.split("/"))]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(each).toMatch(/^[^<>:"/\\|?*\u0000-\u001f\u202a-\u202e\u2066-\u2069]+$/);
      expect(each).not.toMatch(/[. ]$|^ /);
      expect(each).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      expect(Buffer.byteLength(each)).toBeLessThanOrEqual(230);
    }
  });
});
