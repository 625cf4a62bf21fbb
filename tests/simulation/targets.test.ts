import { expect, test } from "vitest";
import type { Figures } from "./figures.ts";
import { table } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";
import { verdictsOf } from "./targets.ts";

const scenario = (name: string) => SCENARIOS.find((each) => each.name === name)!;

/** A run that is as good as can be, but for what is said. */
function figures(but: Partial<Figures>): Figures {
  const perfect: Figures = {
    scenario: "",
    seed: 1,
    peers: 1,
    pieces: 1,
    pieceLength: 65_536,
    expected: 1,
    completed: 1,
    bound: 1000,
    lastPeer: 1000,
    lastPeerToBound: 1,
    p50ToBound: 1,
    p95ToBound: 1,
    uplinkUse: 1,
    seedSentToSecondCopy: 1,
    duplicateShare: 0,
    jainIndex: 1,
    freeRiderSlowdown: 3,
    lastPercentShare: 0,
    corruptStored: 0,
    badPieces: 0,
    mostBadPiecesOfOne: 0,
    neverBanned: 0,
    honestPunished: 0,
    linkEnds: {},
    linksPerPeer: 1,
    wallSeconds: 1,
    cpuSeconds: 1,
    events: 1,
    eventsPerSecond: 1,
    trace: "",
  };
  return { ...perfect, ...but };
}

const missed = (name: string, but: Partial<Figures>) =>
  verdictsOf(figures(but), scenario(name)).flatMap(({ figure, met }) => (met ? [] : [figure]));

test.each<[string, Partial<Figures>, string[]]>([
  ["equal", {}, []],
  ["equal", { lastPeerToBound: 1.15 }, []],
  ["equal", { lastPeerToBound: 1.151 }, ["lastPeerToBound"]],
  ["mixed", { lastPeerToBound: 1.29 }, []],
  ["mixed", { lastPeerToBound: 1.31, duplicateShare: 0.011 }, ["lastPeerToBound", "duplicateShare"]],
  // Nobody became complete, and there never was a second copy.
  ["equal", { lastPeerToBound: Infinity }, ["lastPeerToBound"]],
  ["flash-crowd", { seedSentToSecondCopy: null }, ["seedSentToSecondCopy"]],
  ["free-riders", { freeRiderSlowdown: 2 }, []],
  ["free-riders", { freeRiderSlowdown: 1.9 }, ["freeRiderSlowdown"]],
  ["churn", { corruptStored: 1 }, ["corruptStored"]],
])("%s, but %o: missed are %o", (name, but, expected) => {
  expect(missed(name, but)).toEqual(expected);
});

test("the design's targets are set", () => {
  expect(scenario("equal").targets).toMatchObject({
    lastPeerToBound: { most: 1.15 },
    seedSentToSecondCopy: { most: 1.1 },
    duplicateShare: { most: 0.01 },
  });
  expect(scenario("mixed").targets).toMatchObject({ lastPeerToBound: { most: 1.3 } });
  expect(scenario("free-riders").targets).toMatchObject({ freeRiderSlowdown: { least: 2 } });
  for (const { targets } of SCENARIOS) expect(targets).toMatchObject({ corruptStored: { most: 0 } });
});

test("the table says of each target whether it is met", () => {
  const lines = table(figures({ lastPeerToBound: 1.2 }), scenario("equal"), null).split("\n");
  const line = (key: string) => lines.find((each) => each.includes(key))!.trim();
  expect(line("lastPeerToBound")).toMatch(/1\.200 {2}missed, ≤ 1\.15$/);
  expect(line("duplicateShare")).toMatch(/0\.00 % {2}met, ≤ 0\.01$/);
  expect(line("jainIndex")).not.toMatch(/met|missed/);
});
