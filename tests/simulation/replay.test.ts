/** One seed is one run: the same seed gives the same events to the last, another seed gives others. */
import { expect, test } from "vitest";
import { figuresOf } from "./figures.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Simulation } from "./simulation.ts";

function traceOf(name: string, seed: number) {
  const scenario = SCENARIOS.find((each) => each.name === name)!;
  const simulation = new Simulation(scenario, { seed, peers: 20, pieces: 60, pieceLength: 32_768 });
  simulation.run();
  const { trace, events, lastPeer, completed } = figuresOf(simulation.report(), {
    wallSeconds: 1,
    cpuSeconds: 1,
  });
  return { trace, events, lastPeer, completed };
}

test.each(["equal", "hostile", "churn", "lossy"])("%s: one seed replays a run exactly", (name) => {
  const first = traceOf(name, 3);
  expect(traceOf(name, 3)).toEqual(first);
  expect(first.completed).toBeGreaterThan(0);
});

test("another seed is another run", () => {
  expect(traceOf("equal", 3).trace).not.toBe(traceOf("equal", 4).trace);
});
