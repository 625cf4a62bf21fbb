/**
 * Floods of messages of few bytes. Messages that may come once close the link when they keep coming. And 64 KiB of a
 * flood cost not much more processor time than 64 KiB of an honest peer. Both times are measured in one process, one
 * after the other, and compared as a ratio.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { encodeBencode } from "../../../app/engine/content/bencode.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import { IDLE_MESSAGES } from "../../../app/engine/swarm/constants.ts";
import { LOST_AGAIN_BURST, LOST_AGAIN_PER_SECOND } from "../../../app/engine/swarm/peers/constants.ts";
import {
  encodeBitfield,
  encodeExtended,
  encodeHave,
  encodeHaveAll,
  encodeHaveNone,
  encodeKeepAlive,
  encodePort,
} from "../../../app/engine/wire/encode.ts";
import { encodeDontHave } from "../../../app/engine/wire/lt-donthave.ts";
import { SampleContent } from "../../support/sample-content.ts";
import { BLOCK, Stage, type Stranger } from "./stage.ts";

const PIECES = 40_000;
const FLOOD = 65_536;
/** How much more a flood may cost. Unbounded, have-alls, have-nones and losses were 140 to 6,000 times as dear. */
const TIMES = 20;

/** Nothing of it is ever transferred, so its hashes may be anything. */
const info = encodeBencode({
  length: PIECES * BLOCK,
  name: "large.bin",
  "piece length": BLOCK,
  pieces: new Uint8Array(PIECES * 20),
});
const content = new SampleContent(parseInfo(info), [null], []);

const dontHave = (piece: number) => encodeExtended(2, encodeDontHave(piece));
const unknown = Uint8Array.of(0, 0, 0, 1, 99);

/** As many bytes of messages as a flood has, one after the other. */
function repeat(message: (at: number) => Uint8Array, length = FLOOD): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; bytes.length < length; at++) bytes.push(...message(at));
  return Uint8Array.from(bytes);
}

/** Microseconds of processor that the engine takes for one input. */
function costOf(stranger: Stranger, bytes: Uint8Array): number {
  const before = process.cpuUsage();
  stranger.say(bytes);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const honest = repeat((at) => encodeHave(at));

beforeAll(() => {
  // The first time that code runs it is slow.
  for (let warm = 0; warm < 3; warm++) costOf(new Stage(content).meet("A", { has: "none" }), honest);
});

describe("what costs a look at every piece", () => {
  test.each([
    ["have-all", repeat(() => encodeHaveAll())],
    ["have-none", repeat(() => encodeHaveNone())],
    ["have-all and have-none by turns", repeat((at) => (at % 2 === 0 ? encodeHaveAll() : encodeHaveNone()))],
    ["have-all and a piece lost by turns", repeat((at) => (at % 2 === 0 ? encodeHaveAll() : dontHave(at)))],
    ["empty bitfields", repeat(() => encodeBitfield(new Uint8Array(PIECES / 8)))],
  ])("%s, again and again: the link ends, and it cost little", (_, flood) => {
    const stage = new Stage(content);
    const [a, b] = [stage.meet("A", { has: "none" }), stage.meet("B", { has: "none" })];
    const usual = costOf(a, honest);
    const cost = costOf(b, flood);
    expect([a.closed, b.closed]).toEqual([null, "protocol-error"]);
    expect(cost).toBeLessThan(TIMES * usual);
  });

  test("a piece that is had and lost by turns: the link ends, and it cost little", () => {
    const stage = new Stage(content);
    const [a, b] = [stage.meet("A", { has: "none" }), stage.meet("B", { has: "all" })];
    const byTurns = repeat((at) => (at % 2 === 0 ? dontHave(7) : encodeHave(7)));
    const usual = costOf(a, honest);
    const cost = costOf(b, byTurns);
    expect([a.closed, b.closed]).toEqual([null, "protocol-error"]);
    expect(cost).toBeLessThan(TIMES * usual);
  });

  test("a piece that others are asked for, had and lost by turns, starts few searches in vain", () => {
    const stage = new Stage(content);
    const [a, b] = [stage.meet("A", { has: "all" }), stage.meet("B", { has: "none" })];
    const [asked] = a
      .takeMessages()
      .flatMap((message) => (message.type === "request" ? [message.piece] : []));
    // A message each: every one ends an input, and the search comes at its end.
    for (let at = 0; at < LOST_AGAIN_BURST + 2; at++) b.say(encodeHave(asked!), dontHave(asked!));
    expect([a.closed, b.closed]).toEqual([null, "protocol-error"]);
  });

  test("a seed that loses every piece, each once, is no flood, and some of them again; all of them again is", () => {
    const stage = new Stage(content);
    const a = stage.meet("A", { has: "all" });
    for (let piece = 0; piece < PIECES; piece++) a.say(dontHave(piece));
    expect(stage.snapshot().peers[0]!.progress).toBe(0);
    for (let piece = 0; piece < LOST_AGAIN_BURST; piece++) a.say(dontHave(piece));
    stage.run(2_000 / LOST_AGAIN_PER_SECOND);
    a.say(dontHave(0), dontHave(1));
    expect(a.closed).toBeNull();
    a.say(dontHave(2));
    expect(a.closed).toBe("protocol-error");
  });

  test("pieces that there are not count as lost again", () => {
    const a = new Stage(content).meet("A", { has: "all" });
    for (let at = 0; at < LOST_AGAIN_BURST; at++) a.say(dontHave(PIECES + at));
    expect(a.closed).toBeNull();
    a.say(dontHave(0xffff_ffff));
    expect(a.closed).toBe("protocol-error");
  });
});

describe("a whole set", () => {
  const all = "x".repeat(PIECES);

  test.each([
    ["have-all", { has: "all" }, encodeHaveAll()],
    ["have-all, then less", { has: "all" }, encodeHaveNone()],
    ["a bitfield", { has: `${all.slice(1)}.` }, encodeHaveAll()],
  ] as const)("%s is said once where the description is known", (_, options, again) => {
    const stage = new Stage(content);
    const a = stage.meet("A", options);
    expect(a.closed).toBeNull();
    a.say(again);
    expect(a.closed).toBe("protocol-error");
  });

  test("is said once more by a peer that had none at first, and not a third time", () => {
    const stage = new Stage(content);
    const a = stage.meet("A", { has: "none" });
    a.say(encodeHave(0), encodeHaveAll());
    expect(a.closed).toBeNull();
    a.say(encodeHaveAll());
    expect(a.closed).toBe("protocol-error");
  });

  test("is said once more where the description was not known here, and not a third time", () => {
    const stage = new Stage(content, { knows: "link" });
    const a = stage.meet("A", { has: "all" });
    a.say(encodeHaveAll());
    expect(a.closed).toBeNull();
    a.say(encodeHaveAll());
    expect(a.closed).toBe("protocol-error");
  });
});

describe("messages that say nothing", () => {
  test.each([
    ["keep-alives", encodeKeepAlive()],
    ["ports", encodePort(6881)],
    ["messages of no known number", unknown],
  ])("%s: a few are passed over, an input full of them ends the link", (_, message) => {
    const a = new Stage(content).meet("A", { has: "none" });
    a.say(repeat(() => message, IDLE_MESSAGES * message.length));
    expect(a.closed).toBeNull();
    a.say(repeat(() => message, FLOOD));
    expect(a.closed).toBe("protocol-error");
  });
});
