/** Several .torrent files at once: each is opened, and one that is bad is named. */
import { expect, test } from "vitest";
import type { Commands } from "../../../app/bridge/commands.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { openTorrents } from "../../../app/ui/open-torrents.ts";

const file = (name: string) => ({ file: new File([name], name), path: [name], handle: null });

/** A node that opens files but those whose names begin with "bad". Its ids are the names up to the dot. */
function nodeThatNotes() {
  const asked: string[] = [];
  const call = async (_: string, { file, tab }: Commands["openTorrentFile"]["request"]) => {
    asked.push(`${file.name} ${tab}`);
    if (file.name.startsWith("bad")) throw new ShoalError("torrent/no-name");
    return { id: file.name.split(".")[0]! };
  };
  const snapshot = { shares: [{ id: "b" }] };
  return { asked, node: { call, snapshot } as unknown as NodeClient };
}

test("one is gone to", async () => {
  const { asked, node } = nodeThatNotes();
  const gone: string[] = [];
  const goTo = async ({ name }: File) => void gone.push(name);
  expect(await openTorrents(node, [file("a.torrent")], goTo)).toEqual({ opened: 1, added: [], bad: [] });
  expect([gone, asked]).toEqual([["a.torrent"], []]);
});

test("several are opened and kept, each once; those that fail are named and keep no other away", async () => {
  const { asked, node } = nodeThatNotes();
  const files = ["a.torrent", "bad.torrent", "a.2.torrent", "b.TORRENT"].map(file);
  const { opened, added, bad } = await openTorrents(node, files, () =>
    Promise.reject(new Error("not asked for")),
  );
  expect({ opened, added }).toEqual({ opened: 3, added: ["a"] });
  expect(bad).toEqual([{ name: "bad.torrent", sentence: expect.stringMatching(/./) }]);
  expect(asked).toEqual(files.map(({ file: { name } }) => `${name} null`));
});
