/** The v1 link and the v2 link of one hybrid torrent, opened before anybody knows that they are one. */
import { expect, test } from "vitest";
import { sampleContent } from "../../support/sample-content.ts";
import { TRACKER, VirtualNetwork } from "../../support/virtual-network.ts";

const content = sampleContent("hybrid", { "a.bin": 100_000, "b.bin": 70_000 }, 32_768);
const v1 = content.record("link", { id: "v1", infoHashV2: null, trackers: [TRACKER], active: false });
const v2 = content.record("link", { id: "v2", infoHashV1: null, trackers: [TRACKER], active: false });

test.each([
  ["the v1 link first", [v1, v2]],
  ["the v2 link first", [v2, v1]],
] as const)("become one torrent, %s", (_, [first, second]) => {
  const net = new VirtualNetwork(1);
  const [a, b] = [net.add("A"), net.add("B")];
  a.add(content, "seed");
  const wanting = {
    ...first,
    active: true,
    trackers: [TRACKER, "wss://further.example/"],
    webSeeds: ["https://w/"],
  };
  b.engine.addTorrent({ record: wanting, have: "none" });
  b.engine.addTorrent({ record: second, have: "none" });
  expect(b.engine.torrents()).toHaveLength(2);
  net.drive(() => b.engine.torrents().length === 1, 30_000, "one torrent");
  const id = b.engine.torrents()[0]!;
  net.drive(() => b.has(content, id), 60_000, "the download, which one of them was for");
  expect(b.engine.record(id)).toMatchObject({
    trackers: [TRACKER, "wss://further.example/"],
    webSeeds: ["https://w/"],
    active: true,
  });
  expect([...b.host.records.keys()], "the other's record is gone").toEqual([id]);
  expect(b.engine.find(v1)).toBe(id);
  expect(b.engine.find(v2)).toBe(id);
});
