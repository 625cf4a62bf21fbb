/** The engine: several engines meet through a tracker and exchange real torrents, in virtual time. */
import { describe, expect, test } from "vitest";
import type { SampleContent, Version } from "../../support/sample-content.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { TRACKER, VirtualNetwork, type VirtualNode } from "../../support/virtual-network.ts";

const KIB = 1024;
const folder = { "a.bin": 300 * KIB + 1, "b/c.txt": 5, "b/empty": 0, "z.bin": 64 * KIB };
const samples = new Map<Version, SampleContent>();
const sample = (version: Version = "hybrid") => {
  if (!samples.has(version)) samples.set(version, sampleContent(version, folder, 32 * KIB));
  return samples.get(version)!;
};

/** A seed and a receiver that knows only the link. */
function pair(content = sample(), seed = 1) {
  const net = new VirtualNetwork(seed);
  const [a, b] = [net.add("A"), net.add("B")];
  const id = a.add(content, "seed");
  b.add(content, "link");
  return { net, a, b, id, content };
}

const stored = (node: VirtualNode, id: string) => node.host.piecesOf(id).size;

describe("from a link alone", () => {
  test.each(["hybrid", "v1", "v2"] as const)("a %s folder arrives whole", (version) => {
    const { net, a, b, id, content } = pair(sample(version));
    net.drive(() => b.has(content, id), 30_000, "the download");
    net.clock.run(1000);
    expect(b.engine.snapshot(id)).toMatchObject({
      phase: "seeding",
      wasted: 0,
      downloaded: content.info.size,
    });
    expect(a.engine.snapshot(id)).toMatchObject({ uploaded: content.info.size });
    expect(b.engine.files(id).map((file) => file.path.join("/"))).toEqual(
      content.info.files.map((file) => file.path.join("/")),
    );
    expect(b.host.records.get(id)?.info).toEqual(content.info.bytes);
    expect(b.host.records.get(id)?.pieceLayers).toEqual(version === "v1" ? null : content.pieceLayers);
  });

  test("a large v2 file whose layer takes several requests", () => {
    const content = sampleContent("v2", { "big.bin": 1100 * 16 * KIB }, 16 * KIB);
    const { net, b, id } = pair(content);
    net.drive(() => b.has(content, id), 60_000, "the download");
    expect(b.host.records.get(id)?.pieceLayers?.[0]).toEqual(content.pieceLayers[0]);
  });

  test("the same seed gives the same run, another seed another", () => {
    const run = (seed: number) => {
      const { net, b, id, content } = pair(sample(), seed);
      net.drive(() => b.has(content, id), 30_000, "the download");
      return `${net.clock.now} ${[...b.host.piecesOf(id).keys()].join()}`;
    };
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });

  test("receivers feed each other", () => {
    const net = new VirtualNetwork(3);
    const content = sampleContent("hybrid", { "a.bin": 4 * 1024 * KIB }, 64 * KIB);
    const seed = net.add("S");
    const id = seed.add(content, "seed");
    const receivers = ["A", "B", "C"].map((name) => net.add(name));
    for (const each of receivers) each.add(content, "link");
    net.drive(() => receivers.every((each) => each.has(content, id)), 120_000, "all downloads");
    for (const each of receivers) expect(each.engine.snapshot(id).uploaded).toBeGreaterThan(0);
    expect(seed.engine.snapshot(id).uploaded).toBeLessThan(2 * content.info.size);
  });

  test("a receiver that came first waits, and says why", () => {
    const net = new VirtualNetwork();
    const content = sample();
    const b = net.add("B");
    const id = b.add(content, "link");
    net.clock.run(20_000);
    expect(b.engine.snapshot(id)).toMatchObject({ phase: "metadata", stall: "no-peers" });
    net.add("A").add(content, "seed");
    net.drive(() => b.has(content, id), 60_000, "the download");
  });

  test("a tracker that is away at first is tried until it is back", () => {
    const net = new VirtualNetwork();
    net.setTrackers(false);
    const content = sample();
    const [a, b] = [net.add("A"), net.add("B")];
    const id = a.add(content, "seed");
    b.add(content, "link");
    net.clock.run(15_000);
    expect(b.engine.snapshot(id)).toMatchObject({ phase: "metadata", stall: "tracker-unreachable" });
    net.setTrackers(true);
    net.drive(() => b.has(content, id), 60_000, "the download");
  });
});

describe("own files that fail and are found again", () => {
  test("a share sends what can be read, and the rest once its files are given again", () => {
    const { net, a, b, id, content } = pair();
    a.engine.inspect(id).handleUnreadable(0, { code: "source/changed", detail: "a.bin" });
    net.drive(() => stored(b, id) > 0 && b.engine.status(id).stall === "no-source", 60_000, "the rest");
    const had = stored(b, id);
    expect(a.engine.status(id)).toMatchObject({ phase: "seeding", haveCount: had, complete: false });
    expect(a.engine.status(id).error).not.toBeNull();
    a.engine.handleFilesFound(id, [0]);
    expect(a.engine.status(id)).toMatchObject({ phase: "seeding", error: null, complete: true });
    net.drive(() => b.has(content, id), 30_000, "the file that was found");
    expect(a.host.records.get(id)?.wanted).toEqual(Uint8Array.of(1, 1, 1, 1));
  });

  test("a share that lost all of them comes back with the first that is given", () => {
    const { net, a, b, id } = pair();
    const { pieces } = a.engine.inspect(id);
    for (const piece of pieces!.have)
      if (pieces!.have.has(piece))
        a.engine.inspect(id).handleUnreadable(piece, { code: "source/gone", detail: "" });
    expect(a.engine.status(id)).toMatchObject({ phase: "failed", haveCount: 0 });
    a.engine.handleFilesFound(id, [3]);
    expect(a.engine.status(id)).toMatchObject({ phase: "seeding", haveCount: 2 });
    net.drive(() => stored(b, id) === 2, 60_000, "the file that is there");
  });

  test("files found in the middle of a download end it for them", () => {
    const { net, b, id } = pair();
    net.drive(() => stored(b, id) >= 3, 30_000, "three pieces");
    b.engine.handleFilesFound(id, [0, 1, 2, 3]);
    expect(b.engine.status(id)).toMatchObject({ phase: "seeding", complete: true });
    const { pieces, budget } = b.engine.inspect(id);
    expect([pieces!.partials.size, pieces!.received.size, budget.isOpen]).toEqual([0, 0, true]);
    const before = stored(b, id);
    net.clock.run(30_000);
    // What was being written is written; nothing more is asked for.
    expect(stored(b, id)).toBeLessThanOrEqual(before + 4);
    expect(b.engine.status(id)).toMatchObject({ phase: "seeding", complete: true });
  });
});

describe("commands midway", () => {
  const big = sampleContent("hybrid", { "a.bin": 6 * 1024 * KIB }, 64 * KIB);

  function midway() {
    const { net, a, b, id } = pair(big);
    net.drive(() => stored(b, id) >= 20, 30_000, "twenty pieces");
    return { net, a, b, id };
  }

  test("pause leaves the swarm at once; resume goes on with what is there", () => {
    const { net, a, b, id } = midway();
    b.engine.setActive(id, false);
    net.clock.run(1000);
    const kept = stored(b, id);
    expect(b.engine.snapshot(id)).toMatchObject({ phase: "paused", peers: [], stall: null });
    expect(net.linksOf(b)).toBe(0);
    expect(net.announced).toBe(1);
    net.clock.run(60_000);
    expect(stored(b, id)).toBe(kept);
    expect(a.engine.snapshot(id).peers.filter((peer) => peer.state === "connected")).toEqual([]);
    b.engine.setActive(id, true);
    net.drive(() => b.has(big, id), 60_000, "the rest");
    expect(b.engine.snapshot(id).downloaded).toBe(big.info.size);
  });

  test("removed, nothing is left: no links, no tracker, no record, no data, no late answers", () => {
    const { net, b, id } = midway();
    b.engine.removeTorrent(id, true);
    net.clock.run(5000);
    expect(b.engine.torrents()).toEqual([]);
    expect(net.linksOf(b)).toBe(0);
    expect(net.announced).toBe(1);
    expect(b.host.records.size).toBe(0);
    expect(b.host.disk.torrents).toEqual([]);
    expect(() => b.engine.snapshot(id)).toThrow("share/unknown");
  });

  test("removed and opened again, it arrives whole", () => {
    const { net, b, id } = midway();
    b.engine.removeTorrent(id, true);
    net.clock.run(100);
    b.add(big, "link");
    net.drive(() => b.has(big, id), 60_000, "the download");
  });

  test("a restart from the stored pieces fetches only the others", () => {
    const { net, b, id } = midway();
    b.engine.stop();
    const have = b.engine.snapshot(id).have;
    const kept = b.host.piecesOf(id).size;
    net.clock.run(200);
    const again = net.add("B2");
    for (const [piece, bytes] of b.host.piecesOf(id)) again.host.piecesOf(id).set(piece, bytes);
    again.engine.addTorrent({ record: b.host.records.get(id)!, have });
    net.drive(() => again.has(big, id), 60_000, "the rest");
    expect(again.engine.snapshot(id).downloaded).toBeLessThanOrEqual(big.info.size - (kept - 2) * 64 * KIB);
  });

  test("a file that is not wanted is not fetched, and is once it is", () => {
    const net = new VirtualNetwork();
    const content = sample();
    const [a, b] = [net.add("A"), net.add("B")];
    const id = a.add(content, "seed");
    b.add(content, "torrent");
    b.engine.select(
      id,
      content.info.files.map((file) => file.path.join("/") === "z.bin"),
    );
    net.drive(() => b.engine.snapshot(id).phase === "seeding", 30_000, "the one file");
    net.clock.run(2000);
    expect(stored(b, id)).toBe(2);
    expect(b.engine.snapshot(id)).toMatchObject({ complete: false, wantedBytes: 64 * KIB });
    b.engine.select(
      id,
      content.info.files.map(() => true),
    );
    net.drive(() => b.has(content, id), 60_000, "the others");
  });

  test("stopping says goodbye: links, offers and announces end", () => {
    const { net, b } = midway();
    b.engine.stop();
    net.clock.run(1000);
    expect(net.linksOf(b)).toBe(0);
    expect(net.announced).toBe(1);
  });
});

describe("faults", () => {
  test("a damaged piece is not stored, its only sender is banned, another seed brings it", () => {
    const { net, a, b, id, content } = pair();
    a.host.tampering = (_, bytes) => {
      const copy = bytes.slice();
      if (copy.length > 10_000) copy[copy.length - 1]! ^= 1;
      return copy;
    };
    net.drive(() => b.host.logged.some(({ code }) => code === "peer-banned"), 30_000, "the ban");
    expect(stored(b, id)).toBe(0);
    net.add("C").add(content, "seed");
    net.drive(() => b.has(content, id), 90_000, "the download");
    expect(b.engine.snapshot(id).peers.filter((peer) => peer.peerId.startsWith("-SH0100-41"))).toEqual([]);
  });

  test("with a full disk nothing more is asked for, and what is there is served; after resuming it completes", () => {
    const { net, a, b, id, content } = pair();
    net.drive(() => stored(b, id) >= 3, 30_000, "three pieces");
    b.host.disk.failure = { code: "storage/full", detail: "" };
    net.drive(() => b.engine.snapshot(id).phase === "failed", 30_000, "the failure");
    const kept = stored(b, id);
    net.clock.run(10_000);
    expect(b.engine.snapshot(id)).toMatchObject({
      phase: "failed",
      error: { code: "storage/full" },
      peers: [{ amInterested: false, requestsOut: 0 }],
    });
    const c = net.add("C");
    c.add(content, "link");
    net.drive(() => c.has(content, id), 30_000, "the download of another");
    a.engine.stop();
    const d = net.add("D");
    d.add(content, "link");
    c.engine.stop();
    net.drive(() => stored(d, id) === kept, 30_000, "what the one with the full disk has");
    b.engine.setActive(id, false);
    expect(b.engine.snapshot(id), "not shared any more, and not said to be").toMatchObject({
      phase: "paused",
      error: { code: "storage/full" },
    });
    b.host.disk.failure = null;
    a.engine.setActive(id, true);
    b.engine.setActive(id, true);
    net.drive(() => b.has(content, id), 60_000, "the rest");
    expect(b.engine.snapshot(id)).toMatchObject({ error: null, phase: "seeding" });
  });

  test("with a full disk and nothing stored there is nobody to be had, and the torrent leaves", () => {
    const { net, b, id } = pair();
    b.host.disk.failure = { code: "storage/full", detail: "" };
    net.drive(() => b.engine.snapshot(id).phase === "failed", 30_000, "the failure");
    expect(b.engine.snapshot(id)).toMatchObject({ error: { code: "storage/full" }, peers: [] });
    expect(net.linksOf(b)).toBe(0);
  });

  test("a file that can no longer be read is no longer promised; the others go on being shared", () => {
    const { net, a, b, id, content } = pair();
    a.host.disk.unreadable.add(3);
    net.drive(() => a.engine.snapshot(id).error !== null, 30_000, "the failed read");
    net.clock.run(30_000);
    a.host.disk.unreadable.clear();
    expect(a.engine.snapshot(id)).toMatchObject({ error: { code: "source/gone" } });
    expect(b.engine.snapshot(id).phase).toBe("downloading");
    const [whole] = content.info.files
      .map((file, at) => (file.length === 5 ? at : -1))
      .filter((at) => at >= 0);
    expect(b.engine.file(id, whole!)!.stored).toBe(5);
    // The same files are dropped again: everything is there, and the receiver gets the rest.
    a.engine.addTorrent({ record: content.record("torrent", { trackers: [TRACKER] }), have: "all" });
    expect(a.engine.snapshot(id)).toMatchObject({ error: null, complete: true, phase: "seeding" });
    net.drive(() => b.has(content, id), 90_000, "the rest");
  });

  test("a sender that vanishes midway leaves the others with what they hold together", () => {
    const net = new VirtualNetwork(5);
    const content = sampleContent("hybrid", { "a.bin": 2 * 1024 * KIB }, 32 * KIB);
    const [s, a, b] = [net.add("S"), net.add("A"), net.add("B")];
    const id = s.add(content, "seed");
    a.add(content, "link");
    b.add(content, "link");
    const together = () => new Set([...a.host.piecesOf(id).keys(), ...b.host.piecesOf(id).keys()]).size;
    net.drive(() => together() === content.info.pieceCount, 60_000, "a second copy");
    s.engine.stop();
    net.drive(() => a.has(content, id) && b.has(content, id), 120_000, "the exchange");
  });

  test("both know both hashes and meet over each: one link remains between two peers", () => {
    for (let seed = 0; seed < 12; seed++) {
      const { net, b, id, content } = pair(sample(), seed);
      net.drive(() => b.has(content, id), 30_000, "the download");
      net.clock.run(60_000);
      expect(net.openLinks, `seed ${seed}`).toBe(2);
    }
  });
});

describe("a node that bears few connections", () => {
  const LIMITS = { node: 20, torrent: 10 };
  const MIB = 1024 * KIB;

  /** It seeds ten shares, each with two peers that have everything by now, and holds all it may. */
  function full(seed: number) {
    const net = new VirtualNetwork(seed);
    const node = net.add("N", LIMITS);
    const shares = Array.from({ length: 10 }, (_, at) => sampleContent("hybrid", { [`${at}`]: 20_000 + at }));
    const ids = shares.map((share) => node.add(share, "seed"));
    const peers = ["P", "Q"].map((name) => net.add(name));
    for (const peer of peers) for (const share of shares) peer.add(share, "link");
    const all = () => shares.every((share, at) => peers.every((peer) => peer.has(share, ids[at]!)));
    net.drive(all, 120_000, "ten shares");
    net.clock.run(60_000);
    expect(net.linksOf(node)).toBe(LIMITS.node);
    return { net, node, ids };
  }

  test.each([1, 2, 3])("downloads beside ten idle seeds, which stay in their swarms (seed %i)", (seed) => {
    const { net, node, ids } = full(seed);
    const content = sampleContent("hybrid", { "a.bin": 4 * MIB }, 64 * KIB);
    const sources = ["A", "B", "C", "D", "E", "F"].map((name) => net.add(name));
    for (const source of sources) source.add(content, "seed");
    const id = node.add(content, "link");
    let most = 0;
    const watched = (until: () => boolean) => () => {
      most = Math.max(most, net.linksOf(node));
      return until();
    };
    net.drive(
      watched(() => node.has(content, id)),
      30_000,
      "the download",
    );
    expect(most).toBe(LIMITS.node);
    expect(node.engine.snapshot(id).peers.length).toBeGreaterThan(3);
    for (const each of ids) expect(node.engine.snapshot(each).peers.length).toBeGreaterThan(0);
  });

  test("never holds more, though twice as many want something of it, and all get it", () => {
    const net = new VirtualNetwork(5);
    const node = net.add("N", { node: 6, torrent: 4 });
    const content = sample();
    const id = node.add(content, "seed");
    const peers = Array.from({ length: 12 }, (_, at) => net.add(`P${at}`));
    for (const peer of peers) peer.add(content, "link");
    net.drive(
      () => {
        expect(net.linksOf(node)).toBeLessThanOrEqual(6);
        return peers.every((peer) => peer.has(content, id));
      },
      300_000,
      "all downloads",
    );
  });
});
