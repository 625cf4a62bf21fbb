/**
 * Odd torrents are .torrent files as many programs wrote them over the years: the cases from the field
 * (tests/fixtures/cases/torrents) and more of the same kinds. They are opened by Shoal in unit tests, and by libtorrent
 * beside it in interop tests.
 */
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../fixtures/cases/torrents/", import.meta.url);

/** A .torrent file from the field. */
export function torrentCase(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.torrent`, folder)));
}

/** The names of all cases from the field. */
export function torrentCases(): string[] {
  return readdirSync(folder).flatMap((name) => (name.endsWith(".torrent") ? [name.slice(0, -8)] : []));
}

/** A byte string as it is bencoded: characters 0–255. */
const s = (text: string): string => `${text.length}:${text}`;

const PIECE = 16_384;
const piece = `12:piece lengthi${PIECE}e`;
const hashes = (count: number) => `6:pieces${20 * count}:${"h".repeat(20 * count)}`;
const single = (name: string) => `d6:lengthi20000e4:name${name}${piece}${hashes(2)}e`;
const list = (files: string, rest = "") => `d5:filesl${files}e4:name4:fish${piece}${hashes(2)}${rest}e`;
const file = (length: number, ...path: string[]) => `d6:lengthi${length}e4:pathl${path.map(s).join("")}ee`;
const two = file(10_000, "a.txt") + file(9000, "b.txt");

const root = `11:pieces root32:${"r".repeat(32)}`;
const leaf = (length: number) => `d0:d6:lengthi${length}e${length > 0 ? root : ""}ee`;
const tree = (entries: string, rest = "", name = "4:fish") =>
  `d9:file treed${entries}e12:meta versioni2e4:name${name}${piece}${rest}e`;
const pad = (length: number) => `d4:attr1:p6:lengthi${length}e4:pathl4:.pad4:6384ee`;
const hybrid = (files: string, entries: string, count: number) =>
  `d9:file treed${entries}e5:filesl${files}e12:meta versioni2e4:name4:fish${piece}${hashes(count)}e`;

/** An info dictionary in a .torrent file. `before`, `after`: other keys; `behind`: what follows the file. */
const torrent = (info: string, before = "", after = "", behind = "") =>
  Uint8Array.from(Buffer.from(`d${before}4:info${info}${after}e${behind}`, "latin1"));

/** Info dictionaries of folders whose one path component is odd. */
const oddNames: readonly string[] = [
  "",
  ".",
  "..",
  "...",
  "/",
  "a/b",
  "/etc/passwd",
  "..\\x",
  "a\0b",
  "a\nb",
  "\xff\xfe",
  "caf\xe9",
  "\xed\xa0\x80",
  " x ",
  "CON",
  "x".repeat(300),
  "x".repeat(5000),
];

const nested = (depth: number): string => (depth === 0 ? leaf(5) : `d${s(`f${depth}`)}${nested(depth - 1)}e`);

/** Odd .torrent files by name. */
export const oddTorrents: ReadonlyMap<string, Uint8Array> = new Map([
  ...oddNames.flatMap((name): [string, Uint8Array][] => [
    [`single ${JSON.stringify(name).slice(0, 20)} ${name.length}`, torrent(single(s(name)))],
    [
      `folder ${JSON.stringify(name).slice(0, 20)} ${name.length}`,
      torrent(list(two).replace("4:name4:fish", `4:name${s(name)}`)),
    ],
    [
      `path ${JSON.stringify(name).slice(0, 20)} ${name.length}`,
      torrent(list(file(10_000, "d", name) + file(9000, name, "b.txt"))),
    ],
  ]),
  ["the whole unsorted, twice", torrent(single("4:fish"), "1:zi1e1:ai1e1:zi2e")],
  ["info twice", torrent(`${single("4:fish")}4:info${single("4:crab")}`)],
  ["keys of info twice", torrent(`d6:lengthi20000e6:lengthi1e4:name4:fish4:name4:crab${piece}${hashes(2)}e`)],
  ["leading zeros", torrent(`d6:lengthi0020000e4:name04:fish${piece}${hashes(2)}e`)],
  ["minus zero", torrent(`${single("4:fish").slice(0, -1)}1:xi-0ee`)],
  ["a huge number that means nothing", torrent(`${single("4:fish").slice(0, -1)}1:xi99999999999999999999ee`)],
  ["a number of 21 digits", torrent(`${single("4:fish").slice(0, -1)}1:xi999999999999999999999ee`)],
  ["a web page behind it", torrent(single("4:fish"), "", "", "<!doctype html>")],
  ["cut short", torrent(single("4:fish")).slice(0, -3)],
  [
    "a name that is a number, and one in UTF-8",
    torrent(`d6:lengthi20000e4:namei7e10:name.utf-8${s("f")}${piece}${hashes(2)}e`),
  ],
  ["a name that is a list", torrent(`d6:lengthi20000e4:namele${piece}${hashes(2)}e`)],
  [
    "files that are no list, with a length",
    torrent(`d5:filesi1e6:lengthi20000e4:name4:fish${piece}${hashes(2)}e`),
  ],
  ["files and a length that disagree", torrent(list(two).replace("4:name", "6:lengthi7e4:name"))],
  ["a path without names", torrent(list(`d6:lengthi20000e4:pathlee`))],
  ["a path that is text", torrent(list(`d6:lengthi20000e4:path1:ae`))],
  ["a path with a number in it", torrent(list(`d6:lengthi20000e4:pathl1:ai1eee`))],
  ["no path", torrent(list("d6:lengthi20000ee"))],
  ["a pad without a path", torrent(list(`${file(10_000, "a")}d4:attr1:p6:lengthi384ee${file(9000, "b")}`))],
  [
    "pads of BitComet",
    torrent(
      list(`${file(10_000, "a")}${file(6384, "_____padding_file_0_if you see this")}${file(9000, "b")}`),
    ),
  ],
  ["a negative length", torrent(list(file(-1, "a")))],
  ["no length", torrent(list("d4:pathl1:aee"))],
  ["a length beyond 2^53", torrent(list(file(2 ** 60, "a")))],
  ["one path twice", torrent(list(file(10_000, "a", "b.txt") + file(9000, "a", "b.txt")))],
  ["a file, then a folder", torrent(list(file(10_000, "a") + file(9000, "a", "b")))],
  ["a folder, then a file", torrent(list(file(10_000, "a", "b") + file(9000, "a")))],
  [
    "a link with a length",
    torrent(list(`${file(20_000, "a")}d4:attr1:l6:lengthi9e4:pathl1:le12:symlink pathl1:aee`)),
  ],
  ["a link without a target", torrent(list(`${file(20_000, "a")}d4:attr1:l4:pathl1:lee`))],
  [
    "a target without the attribute",
    torrent(list(`${file(20_000, "a")}d6:lengthi0e4:pathl1:le12:symlink pathl1:aee`)),
  ],
  [
    "a link to somewhere else",
    torrent(list(`${file(20_000, "a")}d4:attr1:l4:pathl1:le12:symlink pathl2:..3:etcee`)),
  ],
  ["a link first", torrent(list(`d4:attr1:l4:pathl1:le12:symlink pathl1:aee${file(20_000, "z")}`))],
  ["odd attributes", torrent(list(`d4:attr3:xhq6:lengthi20000e4:pathl1:aee`))],
  ["too few hashes", torrent(list(two).replace(hashes(2), hashes(1)))],
  ["half a hash", torrent(list(two).replace(hashes(2), `6:pieces30:${"h".repeat(30)}`))],
  ["no hashes", torrent(list(two).replace(hashes(2), ""))],
  ["a piece length of 0", torrent(list(two).replace(`i${PIECE}e`, "i0e"))],
  [
    "a piece length of 1 KB",
    torrent(list(two).replace(`i${PIECE}e`, "i1000e").replace(hashes(2), hashes(19))),
  ],
  ["version 1", torrent(list(two, "12:meta versioni1e"))],
  ["version 0, unsorted", torrent(list(two, "12:meta versioni0e"))],
  ["a version that is text", torrent(list(two, "12:meta version1:2"))],
  ["version 3", torrent(tree(`1:a${leaf(5)}`).replace("versioni2e", "versioni3e"))],
  ["v2", torrent(tree(`1:a${leaf(5)}1:b${leaf(0)}1:cd1:d${leaf(40_000)}e`))],
  ["v2, one file", torrent(tree(`1:a${leaf(5)}`))],
  ["v2, one file in a folder", torrent(tree(`1:ad1:b${leaf(5)}e`))],
  ["v2 without a version", torrent(tree(`1:a${leaf(5)}`).replace("12:meta versioni2e", ""))],
  ["v2, unsorted", torrent(tree(`1:b${leaf(5)}1:a${leaf(5)}`))],
  ["v2, a name twice", torrent(tree(`1:a${leaf(5)}1:a${leaf(5)}`))],
  ["v2, a leading zero", torrent(tree(`1:a${leaf(5).replace("i5e", "i05e")}`))],
  ["v2, unsorted outside", torrent(tree(`1:a${leaf(5)}`), "1:zi1e1:ai1e")],
  ["v2, an empty folder", torrent(tree(`1:ade1:b${leaf(5)}`))],
  ["v2, a file and a folder in one", torrent(tree(`1:a${leaf(5).slice(0, -1)}1:bdee`))],
  ["v2, no root", torrent(tree(`1:ad0:d6:lengthi5eee`))],
  ["v2, slashes", torrent(tree(`3:a/b${leaf(5)}3:c\\d${leaf(5)}`))],
  ["v2, dots", torrent(tree(`2:..${leaf(5)}1:a${leaf(5)}`))],
  ["v2, not UTF-8", torrent(tree(`1:\xe9${leaf(5)}1:\xfcd1:x${leaf(7)}e`))],
  ["v2, a link", torrent(tree(`1:a${leaf(5)}1:ld0:d4:attr1:l12:symlink pathl1:aeee`))],
  ["v2, a pad", torrent(tree(`1:ad0:d4:attr1:p6:lengthi5e${root}ee`))],
  ["v2, 80 folders deep", torrent(tree(nested(80).slice(1, -1)))],
  ["v2, 120 folders deep", torrent(tree(nested(120).slice(1, -1)))],
  [
    "v2 with a length that counts for nothing",
    torrent(tree(`1:a${leaf(5)}`, "", "1:a").replace("12:meta", "6:lengthi5e12:meta")),
  ],
  ["v2 with hashes of v1 and no list", torrent(tree(`1:a${leaf(5)}`, hashes(1)))],
  [
    "v2 with wrong layers",
    torrent(tree(`1:a${leaf(40_000)}`), "", `12:piece layersd32:${"r".repeat(32)}${s("l".repeat(96))}e`),
  ],
  ["v2 with layers that are a list", torrent(tree(`1:a${leaf(40_000)}`), "", "12:piece layersle")],
  [
    "hybrid",
    torrent(hybrid(file(10_000, "a") + pad(6384) + file(9000, "b"), `1:a${leaf(10_000)}1:b${leaf(9000)}`, 2)),
  ],
  [
    "hybrid with a last pad and an empty file behind it",
    torrent(hybrid(file(10_000, "a") + pad(6384) + file(0, "b"), `1:a${leaf(10_000)}1:b${leaf(0)}`, 1)),
  ],
  [
    "hybrid of other files",
    torrent(hybrid(file(10_000, "a") + pad(6384) + file(9000, "c"), `1:a${leaf(10_000)}1:b${leaf(9000)}`, 2)),
  ],
  [
    "hybrid of other sizes",
    torrent(hybrid(file(10_000, "a") + pad(6384) + file(9001, "b"), `1:a${leaf(10_000)}1:b${leaf(9000)}`, 2)),
  ],
  [
    "hybrid without pads",
    torrent(hybrid(file(10_000, "a") + file(9000, "b"), `1:a${leaf(10_000)}1:b${leaf(9000)}`, 2)),
  ],
  [
    "hybrid, slashes in both halves",
    torrent(
      hybrid(file(10_000, "a/x") + pad(6384) + file(9000, "b"), `3:a/x${leaf(10_000)}1:b${leaf(9000)}`, 2),
    ),
  ],
  [
    "a v1 path 95 folders deep",
    torrent(list(file(10_000, ...Array<string>(95).fill("d"), "a") + file(9000, "b"))),
  ],
  [
    "a magnet link in a file",
    Uint8Array.from(Buffer.from(`d10:magnet-uri${s(`magnet:?xt=urn:btih:${"a".repeat(40)}`)}e`, "latin1")),
  ],
]);
