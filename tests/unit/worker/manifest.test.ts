/** The file list as JSON: its form to the byte, and that it agrees with the torrent. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { makeAbout, readAbout } from "../../../app/engine/content/about.ts";
import { MANIFEST_FILES_AT_ONCE } from "../../../app/worker/constants.ts";
import { manifestParts } from "../../../app/worker/manifest.ts";
import { type SampleContent, sampleContent } from "../../support/sample-content.ts";

const sea = sampleContent("hybrid", { "fish.jpg": 68_000, "empty.txt": 0, "sand/grain.txt": 2000 }, 65_536);

const textOf = (
  ...[{ info }, about = null, hasHashes = true]: [
    SampleContent,
    Parameters<typeof manifestParts>[1]?,
    boolean?,
  ]
) => [...manifestParts(info, about, hasHashes)].join("");

describe("a manifest", () => {
  it("has one line a file, in this form", () => {
    const [empty, fish, grain] = sea.info.files;
    expect(empty!.piecesRoot).toBeNull();
    const times = [0, 1_700_000_000_999, Number.NaN].map((lastModified) => ({ lastModified }));
    const about = readAbout(makeAbout(times, "From the sea")!, 3);
    expect(textOf(sea, about).split("\n")).toEqual([
      `{"manifest":1,"name":"sample","infoHashV1":"${bytesToHex(sea.info.infoHashV1!)}","infoHashV2":"${bytesToHex(sea.info.infoHashV2!)}","pieceLength":65536,"pieceCount":3,"fileCount":3,"length":70000,"note":"From the sea","files":[`,
      `{"path":["empty.txt"],"length":0,"offset":0,"piecesRoot":null,"modified":"1970-01-01T00:00:00Z"},`,
      `{"path":["fish.jpg"],"length":68000,"offset":0,"piecesRoot":"${bytesToHex(fish!.piecesRoot!)}","modified":"2023-11-14T22:13:20Z"},`,
      `{"path":["sand","grain.txt"],"length":2000,"offset":131072,"piecesRoot":"${bytesToHex(grain!.piecesRoot!)}","modified":null}`,
      "]}",
      "",
    ]);
  });

  it("of a private share tells the roots, and no info-hash", () => {
    const text = textOf(sea, null, false);
    const manifest = JSON.parse(text);
    expect(manifest).toMatchObject({ infoHashV1: null, infoHashV2: null, note: null });
    expect(manifest.files[1].piecesRoot).toBe(bytesToHex(sea.info.files[1]!.piecesRoot!));
    expect(text).not.toContain(bytesToHex(sea.info.infoHashV1!));
    expect(text).not.toContain(bytesToHex(sea.info.infoHashV2!));
  });

  it.each(["v1", "v2"] as const)("of a %s torrent says null for what it has not", (version) => {
    const { info } = sampleContent(version, { a: 100_000 }, 65_536);
    const manifest = JSON.parse([...manifestParts(info, null, true)].join(""));
    expect([
      manifest.infoHashV1 !== null,
      manifest.infoHashV2 !== null,
      manifest.files[0].piecesRoot !== null,
    ]).toEqual(version === "v1" ? [true, false, false] : [false, true, true]);
  });

  it.each([0, -1, 1])("of many files is whole, with parts of a bounded size (%i)", (more) => {
    const count = 2 * MANIFEST_FILES_AT_ONCE + more;
    const names = Array.from(
      { length: count },
      (_, at) => [`${String(at).padStart(5, "0")} "\u202e.txt`, 0] as const,
    );
    const content = sampleContent("v2", { ...Object.fromEntries(names), last: 20_000 }, 16_384);
    const times = content.info.files.map((_, file) => ({ lastModified: file * 1000 }));
    const about = readAbout(makeAbout(times, "")!, times.length);
    const parts = [...manifestParts(content.info, about, true)];
    expect(Math.max(...parts.map((part) => part.split("\n").length))).toBeLessThanOrEqual(
      MANIFEST_FILES_AT_ONCE + 1,
    );
    const manifest = JSON.parse(parts.join(""));
    expect(manifest.files).toEqual(
      content.info.files.map(({ path, length, offset, piecesRoot }, file) => ({
        ...{ path, length, offset, piecesRoot: piecesRoot && bytesToHex(piecesRoot) },
        modified: new Date(file * 1000).toISOString().replace(".000", ""),
      })),
    );
  });
});
