import { describe, expect, test } from "vitest";
import { RateLimit } from "../../../../app/engine/swarm/flow/rate-limit.ts";
import { encodeChoke, encodeReject, encodeUnchoke } from "../../../../app/engine/wire/encode.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { VirtualNetwork } from "../../../support/virtual-network.ts";
import { BLOCK, Stage, type Stranger } from "../stage.ts";

/** Takes blocks of 10 bytes whenever it may, looking every 10 ms; how many passed after each second. */
function secondBySecond(limit: RateLimit, seconds: number): number[] {
  const passed: number[] = [];
  let bytes = 0;
  for (let now = 0; now < seconds * 1000; now += 10) {
    while (limit.isOpen(now) && bytes < 1e6) {
      limit.take(10);
      bytes += 10;
    }
    if (now % 1000 === 990) passed.push(bytes);
  }
  return passed;
}

describe("a token bucket", () => {
  test("without a rate lets everything pass", () => {
    const limit = new RateLimit(0, null);
    limit.take(1e9);
    expect(limit.isOpen(0)).toBe(true);
  });

  test("lets its rate pass, second by second", () => {
    const limit = new RateLimit(0, null);
    limit.setRate(1000, 0);
    const passed = secondBySecond(limit, 3);
    for (const [second, bytes] of passed.entries()) expect(bytes).toBeCloseTo(1000 * (second + 1), -2);
  });

  test("what was not used is not saved up beyond a short burst", () => {
    const limit = new RateLimit(0, null);
    limit.setRate(1000, 0);
    expect(limit.isOpen(60_000)).toBe(true);
    let passed = 0;
    while (limit.isOpen(60_000)) {
      limit.take(10);
      passed += 10;
    }
    expect(passed).toBe(300);
  });

  test("two that share a parent share its rate", () => {
    const node = new RateLimit(0, null);
    node.setRate(1000, 0);
    const torrents = [new RateLimit(0, node), new RateLimit(0, node)];
    torrents[0]!.setRate(200, 0);
    const passed = [0, 0];
    for (let now = 0; now < 10_000; now += 10) {
      for (const at of [0, 1]) {
        while (torrents[at]!.isOpen(now)) {
          torrents[at]!.take(10);
          passed[at]! += 10;
        }
      }
    }
    expect(passed[0]).toBeCloseTo(2000, -3);
    expect(passed[0]! + passed[1]!).toBeCloseTo(10_000, -3);
  });

  /** Bytes that each of two of a parent of 1000 bytes a second got in 10 s, in blocks; who looks how often is up to them. */
  function shared(takes: (at: 0 | 1, now: number) => boolean, blocks = 10): number[] {
    const node = new RateLimit(0, null);
    node.setRate(1000, 0);
    const torrents = [new RateLimit(0, node), new RateLimit(0, node)];
    const passed = [0, 0];
    for (let now = 0; now < 10_000; now += 10) {
      for (const at of [0, 1] as const) {
        while (takes(at, now) && torrents[at]!.isOpen(now)) {
          torrents[at]!.take(blocks);
          passed[at]! += blocks;
        }
      }
    }
    return passed;
  }

  test.each([10, 500])("who looks ten times as often gets no more, in blocks of %i bytes", (blocks) => {
    const [often, seldom] = shared((at, now) => at === 0 || now % 100 === 0, blocks);
    expect(Math.abs(often! - seldom!)).toBeLessThanOrEqual(100 + 2 * blocks);
    expect(often! + seldom!).toBeCloseTo(10_000, -3);
  });

  test("who does not ask leaves its part to the other, and saves nothing up", () => {
    const [always, late] = shared((at, now) => at === 0 || now >= 5000);
    expect(always).toBeCloseTo(7500, -3);
    expect(late).toBeCloseTo(2500, -3);
  });

  test("what is given back may pass again", () => {
    const node = new RateLimit(0, null);
    node.setRate(1000, 0);
    const torrent = new RateLimit(0, node);
    expect(torrent.isOpen(100)).toBe(true);
    torrent.take(500);
    expect(torrent.isOpen(100)).toBe(false);
    torrent.giveBack(500);
    expect(torrent.isOpen(100)).toBe(true);
  });
});

describe("whole engines under a limit", () => {
  const content = sampleContent("hybrid", { "a.bin": 2_000_000 }, 65_536);

  test.each([
    ["the sender's upload", 0, "node"],
    ["the receiver's download", 1, "node"],
    ["the sender's upload of one torrent", 0, "torrent"],
    ["the receiver's download of one torrent", 1, "torrent"],
  ])("%s sets the pace", (_, limited, of) => {
    const net = new VirtualNetwork();
    const nodes = [net.add("A"), net.add("B")];
    const id = nodes[0]!.add(content, "seed");
    nodes[1]!.add(content, "link");
    const limits = { up: limited === 0 ? 200_000 : null, down: limited === 1 ? 200_000 : null };
    nodes[limited]!.engine.setLimits(limits, of === "node" ? null : id);
    net.clock.run(5000);
    const early = nodes[1]!.engine.snapshot(id).downloaded;
    expect(early).toBeGreaterThan(500_000);
    expect(early).toBeLessThan(1_150_000);
    nodes[limited]!.engine.setLimits({ up: null, down: null }, of === "node" ? null : id);
    net.drive(() => nodes[1]!.has(content, id), 5000, "the rest, without a limit");
  });
});

describe("a limit of a node is shared evenly by its torrents, however many peers each has", () => {
  const RATE = 2_000_000;
  const SECONDS = 3;
  const few = sampleContent("hybrid", { "few.bin": 12_000_000 }, 65_536);
  const many = sampleContent("hybrid", { "many.bin": 12_000_000 }, 65_536);

  /** One torrent has one peer, one has ten: the share of the first in all bytes, and that of these in the limit. */
  function shares(role: "seed" | "link", limitOfFew: number | null = null): { few: number; both: number } {
    const net = new VirtualNetwork(1, { delay: 50, rate: 2000 });
    const { engine, ids } = addNode(net, role);
    engine.setLimits({ up: RATE, down: RATE });
    engine.setLimits({ up: limitOfFew, down: limitOfFew }, ids[0]);
    const bytes = () => ids.map((id) => engine.snapshot(id)[role === "seed" ? "uploaded" : "downloaded"]);
    net.drive(() => bytes().every((each) => each > 0), 10_000, "a piece of each");
    // The burst that the limit lets through at first, and the pieces under way then, are no part of a pace.
    net.clock.run(1000);
    const before = bytes();
    net.clock.run(SECONDS * 1000);
    const [ofFew, ofMany] = bytes().map((each, at) => each - before[at]!);
    const both = ofFew! + ofMany!;
    return { few: ofFew! / both, both: both / (SECONDS * RATE) };
  }

  function addNode(net: VirtualNetwork, role: "seed" | "link") {
    const node = net.add("N");
    const ids = [few, many].map((content) => node.add(content, role));
    for (let at = 0; at <= 10; at++)
      net.add(`${at}`).add(at === 0 ? few : many, role === "seed" ? "link" : "seed");
    return { engine: node.engine, ids };
  }

  test.each([
    ["upload", "seed"],
    ["download", "link"],
  ] as const)("%s", (_, role) => {
    const { few, both } = shares(role);
    expect(few).toBeGreaterThan(0.45);
    expect(few).toBeLessThan(0.55);
    expect(both).toBeGreaterThan(0.95);
    expect(both).toBeLessThan(1.05);
  });

  test("what one may not take is the other's", () => {
    const { few, both } = shares("link", RATE / 10);
    expect(few).toBeGreaterThan(0.08);
    expect(few).toBeLessThan(0.12);
    expect(both).toBeGreaterThan(0.9);
  });
});

describe("what was asked for and does not come is no part of a download's limit", () => {
  const RATE = 10 * BLOCK;
  const content = sampleContent("hybrid", { "a.bin": 128 * BLOCK }, 2 * BLOCK);

  /** Blocks that A brings in four seconds. One of the others, who are asked first, ends what it owes in every fifth. */
  function brought(end: (other: Stranger) => void): number {
    const stage = new Stage(content);
    stage.engine.setLimits({ up: null, down: RATE });
    const others = Array.from({ length: 20 }, (_, at) => stage.meet(`${at}`, { unchokes: false }));
    const a = stage.meet("A");
    let blocks = 0;
    for (const other of others) {
      other.say(encodeUnchoke());
      stage.run(100);
      end(other);
      stage.run(100);
      blocks += a.serve().length;
    }
    return blocks;
  }

  test.each([
    ["refused", (other: Stranger) => refuseAll(other)],
    ["given up as its peer has gone", (other: Stranger) => other.leave()],
  ])("%s", (_, end) => {
    const blocks = brought(end);
    expect(blocks).toBeGreaterThan(36);
    expect(blocks).toBeLessThan(42);
  });

  function refuseAll(other: Stranger): void {
    other.say(encodeChoke());
    for (const each of other.takeMessages()) if (each.type === "request") other.say(encodeReject(each));
  }
});
