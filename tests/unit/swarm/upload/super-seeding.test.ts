import { describe, expect, test } from "vitest";
import { HOARD_PIECES } from "../../../../app/engine/swarm/upload/constants.ts";
import { encodeHave, encodeInterested, encodeRequest } from "../../../../app/engine/wire/encode.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { VirtualNetwork } from "../../../support/virtual-network.ts";
import { Stage } from "../stage.ts";

const content = sampleContent("hybrid", { "a.bin": 64 * 65_536 }, 65_536);

const suggested = (said: readonly string[]) =>
  said.filter((each) => each.startsWith("suggest ")).map((each) => Number(each.slice(8)));

describe("a lone seed", () => {
  test("suggests different pieces to each peer that it serves", () => {
    const stage = new Stage(content, { have: "all" });
    const heard = ["A", "B", "C"].map((name) => {
      const stranger = stage.meet(name, { has: "none" });
      stranger.heard();
      stranger.say(encodeInterested());
      return suggested(stranger.heard());
    });
    for (const pieces of heard) expect(pieces.length).toBeGreaterThanOrEqual(3);
    const all = heard.flat();
    expect(new Set(all).size).toBe(all.length);
  });

  test("goes on when somebody says to have everything, who may lie", () => {
    const stage = new Stage(content, { have: "all" });
    stage.meet("S", { has: "all" });
    const a = stage.meet("A", { has: "none" });
    a.heard();
    a.say(encodeInterested());
    expect(suggested(a.heard()).length).toBeGreaterThanOrEqual(3);
  });

  test("suggests nothing that somebody has told to have", () => {
    const stage = new Stage(content, { have: "all" });
    const b = stage.meet("B", { has: "none" });
    const others = Array.from({ length: content.info.pieceCount }, (_, piece) => piece).filter(
      (piece) => piece !== 7,
    );
    for (const piece of others) b.say(encodeHave(piece));
    const a = stage.meet("A", { has: "none" });
    a.heard();
    a.say(encodeInterested());
    expect(suggested(a.heard())).toEqual([7]);
  });

  test("suggests to others what one left without", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.say(encodeInterested());
    const left = suggested(a.heard());
    a.leave();
    const rest = new Set<number>();
    for (const name of ["B", "C", "D", "E"]) {
      const next = stage.meet(name, { has: "none" });
      next.say(encodeInterested());
      for (const piece of suggested(next.heard())) rest.add(piece);
    }
    for (const piece of left) expect(rest).toContain(piece);
  });
});

test("who keeps what it was given first hoards, until others say that they have it too", () => {
  const stage = new Stage(content, { have: "all" });
  const { superSeeding, peers } = stage.engine.inspect(stage.id);
  const a = stage.meet("A", { has: "none" });
  a.say(encodeInterested());
  const b = stage.meet("B", { has: "none" });
  const take = (piece: number) => {
    a.say(encodeRequest({ piece, begin: 0, length: 65_536 }));
    stage.run(20);
    a.say(encodeHave(piece));
  };
  const hoards = () => superSeeding.hoards(peers.get(a.link)!);
  for (let piece = 0; piece < HOARD_PIECES; piece++) take(piece);
  expect(hoards()).toBe(false);
  take(HOARD_PIECES);
  expect(hoards()).toBe(true);
  b.say(encodeHave(3));
  expect(hoards()).toBe(false);
});

test("sends little more than one copy until there is a second", () => {
  // At its end each of the four may ask for a piece or two that others were about to fetch.
  const larger = sampleContent("hybrid", { "a.bin": 192 * 65_536 }, 65_536);
  const net = new VirtualNetwork(5);
  const seed = net.add("S");
  const id = seed.add(larger, "seed");
  seed.engine.setLimits({ up: 500_000, down: null });
  const others = ["A", "B", "C", "D"].map((name) => net.add(name));
  for (const each of others) each.add(larger, "link");
  const together = () => {
    const pieces = new Set<number>();
    for (const each of others) for (const piece of each.host.piecesOf(id).keys()) pieces.add(piece);
    return pieces.size;
  };
  net.drive(() => together() === larger.info.pieceCount, 120_000, "a second copy");
  expect(seed.engine.snapshot(id).uploaded).toBeLessThan(1.1 * larger.info.size);
});
