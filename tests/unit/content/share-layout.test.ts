import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSafeName } from "../../../app/engine/content/path-name.ts";
import { layOutShare } from "../../../app/engine/content/share-layout.ts";
import { TorrentBuilder } from "../../../app/engine/content/torrent-builder.ts";

const filesOf = (...paths: string[]) => paths.map((path) => ({ path: path.split("/") }));

/** A layout as text: the name, "/" behind a folder's, how many entries it has besides that one, then the paths. */
function drawn(...paths: string[]): string[] {
  const layout = layOutShare(filesOf(...paths));
  const others = layout.otherEntries === 0 ? "" : ` +${layout.otherEntries}`;
  return [
    `${layout.name}${layout.singleFile ? "" : "/"}${others}`,
    ...filesOf(...paths).map(({ path }) => `  ${path.slice(layout.depth).join("/")}`),
  ];
}

describe("the layout of a share", () => {
  it.each([
    [["photo.jpg"], ["photo.jpg", "  photo.jpg"]],
    [["sea/a"], ["sea/", "  a"]],
    [
      ["sea/b", "sea/deep/a"],
      ["sea/", "  b", "  deep/a"],
    ],
    [
      ["b.jpg", "a.jpg"],
      ["a.jpg/ +1", "  b.jpg", "  a.jpg"],
    ],
    [
      ["b", "c/x", "a/z", "a/y"],
      ["a/ +2", "  b", "  c/x", "  a/z", "  a/y"],
    ],
  ])("of %j", (paths, expected) => {
    expect(drawn(...paths)).toEqual(expected);
  });

  it("has the name that the torrent begins with, in whatever order the files come", () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 3 }).filter((text) => isSafeName(text));
    // A string's own order would have these the other way round.
    const examples: [string[]][] = [[["😀", "Ａ"]]];
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 6 }), (names) => {
        const files = names.map((each) => ({ path: [each], length: 0 }));
        const layout = layOutShare(files);
        const { info } = new TorrentBuilder(files, layout).finish();
        expect(info.files[0]!.path).toEqual([layout.name]);
        expect(info.otherEntries).toBe(names.length - 1);
        expect(layOutShare([...files].reverse()).name).toBe(layout.name);
      }),
      { examples },
    );
  });
});
