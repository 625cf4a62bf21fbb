/** Members-only torrents (BEP 27): who is asked for peers, who is met, and what a link of a stranger changes. */
import { describe, expect, test } from "vitest";
import { type BencodeInput, decodeBencode, encodeBencode } from "../../../app/engine/content/bencode.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import type { TorrentRecord } from "../../../app/engine/host.ts";
import { SampleContent, sampleContent, type Version } from "../../support/sample-content.ts";
import { VirtualNetwork, type VirtualNode } from "../../support/virtual-network.ts";

const OWN = "wss://members.example/0123456789abcdef/announce";
const PAGE = "wss://page.example/announce";
const SERVER = "wss://server.example/announce";
const STRANGER = "wss://stranger.example/announce";

/** The sample with `private = 1` in its info dictionary. */
function membersOnly(version: Version): SampleContent {
  const plain = sampleContent(version, { "a.bin": 300_000 }, 32_768);
  const dictionary = decodeBencode(plain.info.bytes) as Map<string, BencodeInput>;
  dictionary.set("private", 1);
  return new SampleContent(parseInfo(encodeBencode(dictionary)), plain.pieceLayers, [
    { path: ["a.bin"], bytes: bytesOf(plain) },
  ]);
}

function bytesOf(content: SampleContent): Uint8Array {
  return Buffer.concat(Array.from({ length: content.info.pieceCount }, (_, piece) => content.piece(piece)));
}

const addresses = { trackers: [OWN], servers: [SERVER] };

function seed(node: VirtualNode, content: SampleContent, trackers: readonly string[]): void {
  const record = content.record("torrent", { trackers });
  for (let piece = 0; piece < content.info.pieceCount; piece++)
    node.host.piecesOf(record.id).set(piece, content.piece(piece));
  node.engine.addTorrent({ record, have: "all" });
}

/** Notes to which trackers a node sends what, and each tracker's latest event. */
function listen({ host }: VirtualNode): { told: Set<string>; events: Map<string, string> } {
  const told = new Set<string>();
  const events = new Map<string, string>();
  const { sendTracker } = host;
  host.sendTracker = (url, text) => {
    told.add(url);
    const { event } = JSON.parse(text);
    if (event !== undefined) events.set(url, event);
    sendTracker.call(host, url, text);
  };
  return { told, events };
}

const inUse = (node: VirtualNode, id: string) => node.engine.snapshot(id).trackers.map(({ url }) => url);

describe.each(["v1", "v2", "hybrid"] as const)("a members-only %s torrent", (version) => {
  const content = membersOnly(version);

  test("of a .torrent file is announced to its own trackers only", () => {
    const net = new VirtualNetwork(1);
    const [a, b] = [net.add("A", undefined, [PAGE]), net.add("B", undefined, [PAGE])];
    const heard = listen(b);
    seed(a, content, [OWN]);
    const id = b.engine.addTorrent({ record: content.record("torrent", addresses), have: "none" });
    net.drive(() => b.has(content, id), 30_000, "the download");
    b.engine.handleNetworkChanged();
    net.clock.run(10_000);
    b.engine.stop();
    net.clock.run(1000);
    expect([...heard.told]).toEqual([OWN]);
    expect(b.engine.snapshot(id).membersOnly).toBe(true);
  });

  test("of a magnet leaves what the magnet does not name, once it is known for one", () => {
    const net = new VirtualNetwork(1);
    // It announces the torrent where it must not.
    const outsider = net.add("A");
    const b = net.add("B", undefined, [PAGE]);
    const heard = listen(b);
    seed(outsider, content, [PAGE, SERVER]);
    const id = b.engine.addTorrent({ record: content.record("link", addresses), have: "none" });
    expect(inUse(b, id)).toEqual([PAGE, SERVER, OWN]);
    net.drive(() => b.engine.snapshot(id).membersOnly, 30_000, "the info dictionary");
    expect(b.engine.snapshot(id).peers, "who was met elsewhere is dropped").toEqual([]);
    expect(inUse(b, id)).toEqual([OWN]);
    net.clock.run(60_000);
    expect(Object.fromEntries(heard.events)).toEqual({
      [PAGE]: "stopped",
      [SERVER]: "stopped",
      [OWN]: "started",
    });
    expect(b.engine.snapshot(id)).toMatchObject({ peers: [], haveCount: 0 });
    expect(b.host.logged.map(({ code }) => code)).toContain("share-members-only");
    const member = net.add("C");
    seed(member, content, [OWN]);
    net.drive(() => b.has(content, id), 60_000, "the download");
    expect(net.linksOf(outsider)).toBe(0);
    expect(b.host.records.get(id)).toMatchObject(addresses);
  });

  test("keeps the peers that it met through its own trackers", () => {
    const net = new VirtualNetwork(1);
    const [member, b] = [net.add("A"), net.add("B", undefined, [PAGE])];
    seed(member, content, [OWN]);
    const id = b.engine.addTorrent({ record: content.record("link", addresses), have: "none" });
    net.drive(() => b.engine.snapshot(id).membersOnly, 30_000, "the info dictionary");
    expect(b.engine.snapshot(id).peers).toHaveLength(1);
  });
});

const content = membersOnly("hybrid");

describe("further addresses of a members-only torrent", () => {
  const node = () => new VirtualNetwork(1).add("A", undefined, [PAGE]);
  const link = (trackers: readonly string[]): TorrentRecord =>
    content.record("link", { trackers, servers: [STRANGER] });

  test("of a link are not used, because anybody can make links", () => {
    const { engine } = node();
    const id = engine.addTorrent({ record: content.record("torrent", addresses), have: "none" });
    engine.addTorrent({ record: link([STRANGER]), have: "none" });
    expect(engine.record(id)).toMatchObject(addresses);
  });

  test("of a .torrent file replace the former ones, as that of a member's new key", () => {
    const { engine } = node();
    const id = engine.addTorrent({ record: content.record("torrent", addresses), have: "none" });
    const fresh = { trackers: ["wss://members.example/new"], leftOutTrackers: ["udp://members.example"] };
    engine.addTorrent({ record: content.record("torrent", fresh), have: "none" });
    expect(engine.record(id)).toMatchObject({ ...fresh, servers: [] });
    engine.addTorrent({ record: content.record("torrent"), have: "none" });
    expect(engine.record(id), "a .torrent file that names none changes nothing").toMatchObject(fresh);
  });

  test("of a link go when its .torrent file is opened, and what was met through them", () => {
    const net = new VirtualNetwork(1);
    const stranger = net.add("A");
    const b = net.add("B", undefined, [PAGE]);
    const heard = listen(b);
    seed(stranger, content, [STRANGER]);
    const id = b.engine.addTorrent({
      record: content.record("link", { trackers: [STRANGER] }),
      have: "none",
    });
    net.drive(() => b.engine.snapshot(id).membersOnly, 30_000, "the info dictionary");
    expect(b.engine.snapshot(id).peers).toHaveLength(1);
    b.engine.addTorrent({ record: content.record("torrent", { trackers: [OWN] }), have: "none" });
    expect(inUse(b, id)).toEqual([OWN]);
    net.clock.run(60_000);
    expect(b.engine.snapshot(id)).toMatchObject({ peers: [], trackers: [{ url: OWN }] });
    expect(heard.events.get(STRANGER)).toBe("stopped");
    expect(heard.events.get(OWN)).toBe("started");
  });

  test("of a link go also if the .torrent file is the first to say what it is", () => {
    const net = new VirtualNetwork(1);
    const b = net.add("B", undefined, [PAGE]);
    const heard = listen(b);
    const trackers = [STRANGER];
    const id = b.engine.addTorrent({ record: content.record("link", { trackers }), have: "none" });
    net.clock.run(5000);
    expect([...heard.told].sort()).toEqual([PAGE, STRANGER].sort());
    b.engine.addTorrent({ record: content.record("torrent", { trackers: [OWN] }), have: "none" });
    expect(inUse(b, id)).toEqual([OWN]);
    expect(b.engine.record(id)).toMatchObject({ trackers: [OWN], servers: [] });
    net.clock.run(60_000);
    expect(Object.fromEntries(heard.events)).toEqual({
      [PAGE]: "stopped",
      [STRANGER]: "stopped",
      [OWN]: "started",
    });
  });

  test("of a link are not used where its own are such as a page cannot reach", () => {
    const { engine } = node();
    const leftOutTrackers = ["udp://members.example:6969"];
    const id = engine.addTorrent({ record: content.record("torrent", { leftOutTrackers }), have: "none" });
    engine.addTorrent({ record: link([STRANGER]), have: "none" });
    expect(engine.record(id)).toMatchObject({ trackers: [], servers: [], leftOutTrackers });
  });

  test("of a link are where it has none, and only those that the link names", () => {
    const added = node();
    const id = added.engine.addTorrent({
      record: content.record("torrent", { servers: [SERVER] }),
      have: "none",
    });
    expect(added.engine.snapshot(id)).toMatchObject({ trackers: [], stall: "no-tracker" });
    added.engine.addTorrent({ record: link([OWN]), have: "none" });
    expect(inUse(added, id)).toEqual([OWN]);
  });
});

test("other torrents of the node use the page's tracker as before", () => {
  const net = new VirtualNetwork(1);
  const a = net.add("A", undefined, [PAGE]);
  const heard = listen(a);
  const open = sampleContent("hybrid", { "b.bin": 7 }, 32_768);
  a.engine.addTorrent({ record: content.record("torrent", addresses), have: "none" });
  const id = a.engine.addTorrent({ record: open.record("torrent"), have: "none" });
  net.clock.run(10_000);
  expect(inUse(a, id)).toEqual([PAGE]);
  expect([...heard.told].sort()).toEqual([OWN, PAGE].sort());
});
