/**
 * Messages of few bytes that come again and again: what may come once ends the link when it comes on and on, and no
 * 64 KiB cost much more processor time than the same bytes of an honest peer. Both are taken in one process, one after
 * the other, and compared as a ratio.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { encodeBencode } from "../../../app/engine/content/bencode.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import { IDLE_MESSAGES } from "../../../app/engine/swarm/constants.ts";
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

  test("a piece that is had and lost by turns costs little, and is not endless", () => {
    const stage = new Stage(content);
    const [a, b] = [stage.meet("A", { has: "none" }), stage.meet("B", { has: "all" })];
    const byTurns = repeat((at) => (at % 2 === 0 ? dontHave(7) : encodeHave(7)));
    const usual = costOf(a, honest);
    expect(costOf(b, byTurns)).toBeLessThan(TIMES * usual);
    for (let sent = 0; sent < PIECES * 10 && b.closed === null; sent += FLOOD / 4) b.say(byTurns);
    expect(b.closed).toBe("protocol-error");
  });

  test("a piece that others are asked for, had and lost by turns in a message each: nothing is searched", () => {
    const stage = new Stage(content);
    const [a, b] = [stage.meet("A", { has: "all" }), stage.meet("B", { has: "none" })];
    const [asked] = a
      .takeMessages()
      .flatMap((message) => (message.type === "request" ? [message.piece] : []));
    const cost = (stranger: Stranger, messages: (at: number) => Uint8Array) => {
      const before = process.cpuUsage();
      for (let at = 0; at < 4_000; at++) stranger.say(messages(at));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const c = stage.meet("C", { has: "none", unchokes: false });
    const usual = cost(c, (at) => (at % 2 === 0 ? encodeHave(at) : dontHave(at - 1)));
    const byTurns = cost(b, (at) => (at % 2 === 0 ? encodeHave(asked!) : dontHave(asked!)));
    expect(byTurns).toBeLessThan(3 * usual);
  });

  test("a seed that loses every piece, each once, is no flood; with more than those it is", () => {
    const stage = new Stage(content);
    const a = stage.meet("A", { has: "all" });
    for (let piece = 0; piece < PIECES; piece++) a.say(dontHave(piece));
    expect(stage.snapshot().peers[0]!.progress).toBe(0);
    stage.run(1_000);
    a.say(dontHave(0));
    expect(a.closed).toBeNull();
    for (let more = 0; more < 20; more++) a.say(dontHave(0));
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
