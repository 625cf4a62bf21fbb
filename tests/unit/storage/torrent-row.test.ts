/** Rows of the database: golden ones and those that a node saves are records, damaged ones are not. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ShoalError } from "../../../app/engine/errors.ts";
import { asDamage, readTorrentRow } from "../../../app/storage/torrent-row.ts";
import { sampleContent } from "../../support/sample-content.ts";

const content = sampleContent("hybrid", { "a.bin": 100_000 });
const record = content.record("torrent", {
  trackers: ["wss://a.example/"],
  webSeeds: ["https://a.example/a.bin"],
  wanted: Uint8Array.of(1),
});

function revive(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("bytes" in value) return Uint8Array.from(Buffer.from(String(value.bytes), "hex"));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revive(each)]));
}

/** The records of a golden file. */
async function golden(name: string): Promise<Record<string, unknown>[]> {
  const url = new URL(`../../fixtures/storage/${name}`, import.meta.url);
  const { rows } = JSON.parse(await readFile(url, "utf8"));
  return rows.torrents.map((row: { value: unknown }) => revive(row.value));
}

test("what is saved is a record, as it is", async () => {
  for (const row of [record, content.record("link", { select: [0, 7] })])
    expect(readTorrentRow(row)).toEqual(row);
  const rows = await golden("version-4.json");
  expect(rows.map(readTorrentRow)).toEqual(rows);
  expect(await golden("version-3.json"), "records did not change").toEqual(rows);
  expect(rows).toMatchObject([
    { id: "aa", rendezvous: null, webSeeds: ["https://holiday.example/files/"], select: null },
    { id: "bb", rendezvous: new Uint8Array(20).fill(3), infoHashV1: null, infoHashV2: null, select: [1] },
  ]);
});

const untold = { title: null, encoding: null, leftOutTrackers: [], about: null, aboutHash: null };

/** The trackers of a row of version 1 or 2, of which the first was the page's own. */
function apart(row: Record<string, unknown>) {
  const [own, ...trackers] = row.trackers as string[];
  return { servers: own === undefined ? [] : [own], trackers };
}

test("what version 1 saved is a public share's record, without web seeds and without a link's selection", async () => {
  const [row] = await golden("version-1.json");
  expect(row).not.toHaveProperty("webSeeds");
  const known = { rendezvous: null, webSeeds: [], select: null, ...untold, ...apart(row!) };
  expect(readTorrentRow(row)).toEqual({ ...row, ...known });
});

test("what version 2 saved has no title, nothing that the sender tells, and no tracker left out", async () => {
  const rows = await golden("version-2.json");
  expect(rows.map(readTorrentRow)).toEqual(rows.map((row) => ({ ...row, ...untold, ...apart(row) })));
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["a text", "record"],
  ["no id", { ...record, id: undefined }],
  ["a hash of the wrong length", { ...record, infoHashV1: new Uint8Array(25) }],
  ["a hash that is a text", { ...record, infoHashV2: "ab" }],
  ["no hash and no rendezvous", { ...record, infoHashV1: null, infoHashV2: null }],
  ["a rendezvous of the wrong length", { ...record, rendezvous: new Uint8Array(32) }],
  ["info that is a Blob", { ...record, info: new Blob() }],
  ["layers that are none", { ...record, pieceLayers: [1] }],
  ["a tracker that is a number", { ...record, trackers: [5] }],
  ["trackers that are no list", { ...record, trackers: "wss://a.example/" }],
  ["a server that is a number", { ...record, servers: [5] }],
  ["an encoding that is a number", { ...record, encoding: 936 }],
  ["a web seed that is a number", { ...record, webSeeds: [5] }],
  ["web seeds that are none", { ...record, webSeeds: null }],
  ["a selection that is a list", { ...record, wanted: [1, 0] }],
  ["a link's selection of flags", { ...record, select: [true] }],
  ["a link's selection of less than nothing", { ...record, select: [-1] }],
  ["a link's selection that is a text", { ...record, select: "1" }],
  ["a state that is a number", { ...record, paused: 1 }],
  ["no time", { ...record, addedAt: Number.NaN }],
])("%s is none", (_, row) => {
  expect(() => readTorrentRow(row)).toThrow(ShoalError);
});

test("whatever else keeps a share from being taken up is told as damage, and what storage says as it is", () => {
  const full = new ShoalError("storage/full");
  expect(asDamage(full)).toBe(full);
  expect(asDamage(new ShoalError("torrent/malformed", "info.path: fish.bin"))).toMatchObject({
    code: "storage/damaged",
    detail: "torrent/malformed",
  });
  expect(asDamage(new TypeError("no such thing"))).toMatchObject({
    code: "storage/damaged",
    detail: "no such thing",
  });
  expect(asDamage("lost")).toMatchObject({ code: "storage/damaged", detail: "lost" });
});
