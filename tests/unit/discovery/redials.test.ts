/** Redials: the pauses between attempts that all fail. */
import { describe, expect, test } from "vitest";
import { REDIAL_FIRST, REDIAL_MAX } from "../../../app/engine/discovery/constants.ts";
import { Redials } from "../../../app/engine/discovery/redials.ts";
import { quietHost } from "../swarm/test-peers.ts";

function world(seed: number) {
  const host = quietHost(seed);
  const redials = new Redials(host);
  /** An attempt fails: the pause until the next, which then begins. */
  const pause = (): number => {
    const milliseconds = redials.plan() - host.now();
    host.clock.run(milliseconds);
    return milliseconds;
  };
  return { host, redials, pause };
}

describe("the pauses between attempts in vain", () => {
  test("grow with full jitter, within seconds at first, never longer than some minutes", () => {
    const many = Array.from({ length: 80 }, (_, seed) => {
      const { pause } = world(seed);
      return Array.from({ length: 14 }, pause);
    });
    for (let attempt = 0; attempt < 14; attempt++) {
      const longest = Math.min(REDIAL_MAX, REDIAL_FIRST * 2 ** attempt);
      const each = many.map((list) => list[attempt]!);
      expect(Math.max(...each)).toBeLessThanOrEqual(longest);
      expect(Math.min(...each)).toBeGreaterThanOrEqual(REDIAL_FIRST / 2);
      if (attempt > 2) expect(Math.max(...each)).toBeGreaterThan(longest * 0.8);
      if (attempt > 2) expect(Math.min(...each)).toBeLessThan(longest * 0.25);
    }
  });

  test("are short again after a reason to hope", () => {
    const { redials, pause } = world(1);
    for (let attempt = 0; attempt < 12; attempt++) pause();
    redials.reset();
    expect(pause()).toBeLessThanOrEqual(REDIAL_FIRST);
  });
});

test("several that fail together are tried together, and count as one failure", () => {
  const { host, redials, pause } = world(1);
  const first = redials.plan();
  for (let peer = 0; peer < 20; peer++) expect(redials.plan()).toBe(first);
  host.clock.run(first - host.now());
  expect(pause()).toBeLessThanOrEqual(REDIAL_FIRST * 2);
});

test("a reason to hope ends a pause", () => {
  const { host, redials, pause } = world(1);
  for (let attempt = 0; attempt < 12; attempt++) pause();
  const planned = redials.plan();
  redials.reset();
  expect(redials.plan()).toBeLessThan(planned);
  expect(redials.plan() - host.now()).toBeLessThanOrEqual(REDIAL_FIRST);
});
