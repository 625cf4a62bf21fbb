/** A lane plan for a peer whose rate depends on how many lanes are open. Each change of that number is drawn. */
import { describe, expect, test } from "vitest";
import { LANE_REST, LANE_SLOW, LANE_STEPS } from "../../../../app/engine/swarm/lanes/constants.ts";
import { LanePlan } from "../../../../app/engine/swarm/lanes/lane-plan.ts";

/**
 * `rateOf`: bytes a millisecond that so many lanes, beside the link, bring at a time. Draws the open lanes after each
 * change.
 */
function drive(
  rateOf: (lanes: number, now: number) => number,
  seconds: number,
  { isLimited = true, promisingUntil = 0 } = {},
) {
  const plan = new LanePlan();
  const drawn: number[] = [];
  let open = 0;
  let received = 0;
  let opensAt: { at: number; count: number } | null = null;
  for (let now = 0; now < seconds * 1000; now += 100) {
    received += 100 * rateOf(open, now);
    if (opensAt !== null && now >= opensAt.at) {
      open += opensAt.count;
      drawn.push(open);
      opensAt = null;
    }
    const { want, giveBack } = plan.step(now, {
      isLimited: isLimited && now >= promisingUntil,
      isPromising: now < promisingUntil,
      received,
      open,
    });
    if (want > 0) opensAt ??= { at: now + 400, count: want };
    if (giveBack > 0) {
      open -= giveBack;
      drawn.push(open);
    }
  }
  return drawn;
}

const [few = 0, many = 0] = LANE_STEPS;

describe("how many lanes, ahead of any proof", () => {
  const promising = { promisingUntil: 600 };

  test("the first step where it is promising, at once", () => {
    const openAt = (options: object) => [0.6, 1.2, 2].map((end) => drive(() => 2500, end, options));
    expect(openAt(promising)).toEqual([[few], [few], [few]]);
    expect(openAt({})).toEqual([[], [few], [few]]);
  });

  test("it stays although the line is full, and only the second is a trial", () => {
    expect(drive(() => 2500, LANE_REST / 1000, promising)).toEqual([few, many, few]);
  });

  test("on a slow line it is given back, and tried again only after a rest", () => {
    const slow = (LANE_SLOW / 1000) * 0.9;
    expect(drive(() => slow, LANE_REST / 1000, promising)).toEqual([few, 0]);
    expect(drive(() => slow, 2 * (LANE_REST / 1000), promising)).toEqual([few, 0, few, 0]);
  });

  test("where nobody grants it in time, the step is a trial as ever", () => {
    const plan = new LanePlan();
    const state = { received: 0, open: 0 };
    expect(plan.step(0, { ...state, isLimited: false, isPromising: true }).want).toBe(few);
    const rate = 2500;
    let gaveBack = 0;
    for (let now = 100; now < 6_000; now += 100) {
      const open = now < 2_000 ? 0 : few - gaveBack;
      gaveBack += plan.step(now, {
        isLimited: true,
        isPromising: false,
        received: rate * now,
        open,
      }).giveBack;
    }
    expect(gaveBack).toBe(few);
  });
});

describe("how many lanes", () => {
  test("where each brings as much as the first, step by step up to the most", () => {
    expect(drive((lanes) => 1 + lanes, 30)).toEqual(LANE_STEPS);
  });

  test("where the line is full, the first step is tried and given back; and again only after a rest", () => {
    expect(drive(() => 2500, LANE_REST / 1000)).toEqual([few, 0]);
    expect(drive(() => 2500, 2 * (LANE_REST / 1000))).toEqual([few, 0, few, 0]);
  });

  test("where the first step fills the line, the second is given back and the first is kept", () => {
    expect(drive((lanes) => 1 + Math.min(lanes, few), LANE_REST / 1000)).toEqual([few, many, few]);
  });

  test("a peer that is not limited by its connection needs none", () => {
    expect(drive((lanes) => 1 + lanes, 30, { isLimited: false })).toEqual([]);
  });

  test.each([200, 1500])(
    "where the link falls to %i after a trial in vain, they are tried at once, and kept",
    (left) => {
      const collapsing = (lanes: number, now: number) => (now < 5_000 || lanes > 0 ? 2500 : left);
      expect(drive(collapsing, 8)).toEqual([few, 0, few]);
      expect(drive(collapsing, 20)).toEqual([few, 0, few, many, few]);
    },
  );

  test("where others take most of the line, they are tried once", () => {
    const contested = (_: number, now: number) => (now < 5_000 ? 2500 : 1000);
    expect(drive(contested, 20)).toEqual([few, 0, few, 0]);
  });

  test("a rate that varies by a quarter is no reason", () => {
    const varying = (_: number, now: number) => (now % 4_000 < 2_000 ? 2500 : 1900);
    expect(drive(varying, LANE_REST / 1000)).toEqual([few, 0]);
  });

  test("each trial in vain makes the rest before the next longer", () => {
    const trials = drive(() => 2500, 10 * (LANE_REST / 1000)).filter((open) => open === few).length;
    expect(trials).toBe(4);
  });
});
