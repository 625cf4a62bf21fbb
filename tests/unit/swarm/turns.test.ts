import { expect, test } from "vitest";
import { QUIET_TICK } from "../../../app/engine/swarm/constants.ts";
import { Turns } from "../../../app/engine/swarm/turns.ts";

const torrents = [..."aBcD"].map((name) => ({ name, isQuiet: name === name.toUpperCase() }));

/** Whose turn it is, in order; those in capitals are quiet. */
function drawn(turns: Turns, now: number, random = 0): string {
  return turns
    .take(torrents, now, random)
    .map(({ name }) => name)
    .join("");
}

test("a torrent with connections has a turn at each tick, one without each second", () => {
  const turns = new Turns();
  expect(drawn(turns, 5)).toBe("aBcD");
  expect(drawn(turns, 6)).toBe("ac");
  expect(drawn(turns, 5 + QUIET_TICK - 1)).toBe("ac");
  expect(drawn(turns, 5 + QUIET_TICK)).toBe("aBcD");
  expect(drawn(turns, 6 + QUIET_TICK)).toBe("ac");
});

test("any of them may be the first", () => {
  const orders = [0, 0.3, 0.6, 0.99].map((random) => drawn(new Turns(), 0, random));
  expect(orders).toEqual(["aBcD", "BcDa", "cDaB", "DaBc"]);
});
