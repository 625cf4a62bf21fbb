/** Which of the files that are about to be shared are members-only .torrent files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { membersOnlyFiles } from "../../../../app/page/intake/members-only.ts";
import { projectRoot } from "../../../support/sources.ts";

const isMembersOnly = async (file: File) =>
  (await membersOnlyFiles([{ file, path: [file.name], handle: null }])).includes(file);

const bytesOf = (name: string) => readFileSync(join(projectRoot, "tests/fixtures/cases/torrents", name));

it.each([
  ["private.torrent", "private.torrent", true],
  ["private.torrent", "PRIVATE.TORRENT", true],
  ["plain.torrent", "plain.torrent", false],
  ["private.torrent", "private.txt", false],
])("%s under the name %s: %s", async (torrent, name, expected) => {
  expect(await isMembersOnly(new File([bytesOf(torrent)], name))).toBe(expected);
});

it("one that cannot be read is none", async () => {
  const file = new File(["7:privatei1e"], "gone.torrent");
  file.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotFoundError"));
  expect(await isMembersOnly(file)).toBe(false);
});

it("the beginning of the entry alone, and the file's very end, are no entry", async () => {
  for (const text of ["7:privatei0e", "7:private", "7:privatei1", ""])
    expect(await isMembersOnly(new File([text], "a.torrent"))).toBe(false);
  expect(await isMembersOnly(new File(["77:7:privatei1e"], "a.torrent"))).toBe(true);
});
