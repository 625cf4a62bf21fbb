import { describe, expect, test } from "vitest";
import { RateLimit } from "../../../app/engine/swarm/rate-limit.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { VirtualNetwork } from "../../support/virtual-network.ts";

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
});

describe("whole engines under a limit", () => {
  const content = sampleContent("hybrid", { "a.bin": 2_000_000 }, 65_536);

  test.each([
    ["the sender's upload", 0],
    ["the receiver's download", 1],
  ])("%s sets the pace", (_, limited) => {
    const net = new VirtualNetwork();
    const nodes = [net.add("A"), net.add("B")];
    const id = nodes[0]!.add(content, "seed");
    nodes[1]!.add(content, "link");
    nodes[limited]!.engine.setLimits({
      up: limited === 0 ? 200_000 : null,
      down: limited === 1 ? 200_000 : null,
    });
    net.clock.run(5000);
    const early = nodes[1]!.engine.snapshot(id).downloaded;
    expect(early).toBeGreaterThan(500_000);
    expect(early).toBeLessThan(1_150_000);
    nodes[limited]!.engine.setLimits({ up: null, down: null });
    net.drive(() => nodes[1]!.has(content, id), 5000, "the rest, without a limit");
  });
});
