/** Several .torrent files at once: each is opened, and one that is bad is named. */
import { expect, test } from "vitest";
import type { Commands } from "../../../app/bridge/commands.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { openTorrentFiles } from "../../../app/page/torrent-files.ts";

const file = (name: string) => ({ file: new File([name], name), path: [name], handle: null });

/** A node that opens files but those whose names begin with "bad". Its ids are the names up to the dot. */
function nodeThatNotes() {
  const asked: string[] = [];
  const call = async (_: string, { file, tab }: Commands["openTorrentFile"]["request"]) => {
    asked.push(`${file.name} ${tab}`);
    if (file.name.startsWith("bad")) throw new ShoalError("torrent/no-name");
    return { id: file.name.split(".")[0]! };
  };
  return { asked, node: { call: call as never } };
}

test("one is opened for the tab that shows it", async () => {
  const { asked, node } = nodeThatNotes();
  expect(await openTorrentFiles(node, [file("a.torrent")], "T")).toEqual({ opened: ["a"], failed: [] });
  expect(asked).toEqual(["a.torrent T"]);
});

test("several are opened and kept, each once; those that fail are named and keep no other away", async () => {
  const { asked, node } = nodeThatNotes();
  const files = ["a.torrent", "bad.torrent", "a.2.torrent", "b.TORRENT"].map(file);
  const { opened, failed } = await openTorrentFiles(node, files, "T");
  expect(opened).toEqual(["a", "b"]);
  expect(failed).toMatchObject([{ name: "bad.torrent", error: { code: "torrent/no-name" } }]);
  expect(asked).toEqual(files.map(({ file: { name } }) => `${name} null`));
});
