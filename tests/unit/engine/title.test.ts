/** The name in a link, beside the one in the info dictionary: which of them is a name that a person gave. */
import { describe, expect, test } from "vitest";
import { sampleContent } from "../../support/sample-content.ts";
import { VirtualNetwork } from "../../support/virtual-network.ts";

const content = sampleContent("v1", { "a.bin": 5, "b.bin": 5 }, 16_384);
const { name } = content.info;

/** The title of a torrent whose link told this name. */
function titleFor(nameHint: string | null, title: string | null = null): string | null {
  const { engine } = new VirtualNetwork().add("A");
  const record = content.record("torrent", { nameHint, title });
  return engine.status(engine.addTorrent({ record, have: "none" })).title;
}

describe("the title", () => {
  test.each([
    ["none", null],
    ["the content's own", name],
    ["the content's own, cut short", `${name.slice(0, 3)}…`],
  ])("is none where the link's name is %s", (_, hint) => {
    expect(titleFor(hint)).toBeNull();
  });

  test("is the link's name where that is another", () => {
    expect(titleFor("Holiday")).toBe("Holiday");
    expect(titleFor(`${name}!`)).toBe(`${name}!`);
    expect(titleFor("Another…")).toBe("Another…");
  });

  test("is what the person here calls it before what the sender does", () => {
    expect(titleFor("Holiday", "Mine")).toBe("Mine");
  });

  test("is none while the content's own name is unknown: the link's name stands in its place", () => {
    const { engine } = new VirtualNetwork().add("A");
    const id = engine.addTorrent({ record: content.record("link", { nameHint: "Holiday" }), have: "none" });
    expect(engine.status(id)).toMatchObject({ name: "Holiday", title: null });
  });

  test("a later link's name is taken where none was known, and only there", () => {
    const { engine } = new VirtualNetwork().add("A");
    const id = engine.addTorrent({ record: content.record("link", { nameHint: null }), have: "none" });
    for (const nameHint of ["first", "second"])
      engine.addTorrent({ record: content.record("link", { nameHint }), have: "none" });
    expect(engine.status(id).name).toBe("first");
  });

  test("what stands beside the first of several files is no other name", () => {
    // Named after the first of its two files.
    const several = sampleContent("v1", { sample: 5, "z.bin": 5 }, 16_384);
    expect(several.info).toMatchObject({ name: "sample", otherEntries: 1 });
    const { engine } = new VirtualNetwork().add("A");
    const record = several.record("torrent", { nameHint: "sample and 1 more" });
    expect(engine.status(engine.addTorrent({ record, have: "none" })).title).toBeNull();
  });
});
