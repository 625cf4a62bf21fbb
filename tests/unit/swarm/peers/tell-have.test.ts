/**
 * Which peers are told of a new piece at once, and which with the next message or tick. A tick comes every tenth of a
 * second.
 */
import { expect, test } from "vitest";
import { encodeInterested, encodeRequest } from "../../../../app/engine/wire/encode.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { BLOCK, Stage } from "../stage.ts";

const content = sampleContent("hybrid", { "a.bin": 4 * BLOCK }, BLOCK);

/** The source has sent piece 3 by the time of the call; 0 to 2 are had before. */
function scene() {
  const stage = new Stage(content, { have: "xxx." });
  const source = stage.meet("S", { has: "...x" });
  return {
    stage,
    bring: () => {
      source.serve();
      stage.run(20);
      expect(stage.have).toBe("xxxx");
    },
  };
}

test("who lacks it and was not interested hears at once", () => {
  const { stage, bring } = scene();
  const a = stage.meet("A", { has: "xxx." });
  bring();
  expect(a.heard()).toContain("have 3");
});

test("who has it hears with the next tick", () => {
  const { stage, bring } = scene();
  const a = stage.meet("A", { has: "...x" });
  a.heard();
  bring();
  expect(a.heard()).toEqual([]);
  stage.run(100);
  expect(a.heard()).toContain("have 3");
});

test("who has it hears with whatever is said to it before", () => {
  const { stage, bring } = scene();
  const a = stage.meet("A", { has: "...x" });
  a.heard();
  bring();
  a.say(encodeInterested());
  expect(a.heardAll().slice(0, 2)).toEqual(["have 3", "unchoke"]);
});

test("who may ask and waits for nothing hears at once; who still waits for blocks does not", () => {
  const { stage, bring } = scene();
  const idle = stage.meet("A", { has: "...." });
  idle.say(encodeInterested());
  const busy = stage.meet("B", { has: "...." });
  busy.say(encodeInterested());
  busy.buffered = BLOCK;
  busy.say(encodeRequest({ piece: 0, begin: 0, length: BLOCK }));
  for (const each of [idle, busy]) each.heard();
  bring();
  expect(idle.heard()).toContain("have 3");
  expect(busy.heard()).not.toContain("have 3");
});
