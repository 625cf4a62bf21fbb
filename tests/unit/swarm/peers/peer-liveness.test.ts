/** Peer liveness: one peer that speaks sh_ping, on a stage, as time passes. */
import { describe, expect, test } from "vitest";
import { PING_AFTER, PING_PATIENCE, PING_SUSPICION } from "../../../../app/engine/swarm/peers/constants.ts";
import { encodeExtended, encodeHave, encodeKeepAlive } from "../../../../app/engine/wire/encode.ts";
import { encodeExtensionHandshake } from "../../../../app/engine/wire/extended.ts";
import { encodePing } from "../../../../app/engine/wire/sh-ping.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { VirtualNetwork } from "../../../support/virtual-network.ts";
import { Stage, type StageOptions, type Stranger } from "../stage.ts";

const content = sampleContent("hybrid", { "a.bin": 8 * 65_536 }, 65_536);

/** Under which number the stranger wants pings, and we do. */
const THEIRS = 9;
const OURS = 4;

const TICK = 100;
const LIMIT = PING_AFTER + PING_PATIENCE;

function met(options: StageOptions = {}, has: "all" | "none" = "all") {
  const stage = new Stage(content, options);
  const a = stage.meet("A", { has });
  const said = { m: { sh_ping: THEIRS }, metadataSize: null, reqq: null, v: null, uploadOnly: false };
  a.say(encodeExtended(0, encodeExtensionHandshake({ ...said, maxBlock: null, about: null })));
  // How far it is was asked of who has something.
  expect(pings(a)).toEqual(has === "all" ? [0] : []);
  if (has === "all") answer(a);
  return { stage, a };
}

/** Pings (0) and pongs (1) that it was sent since last asked. */
function pings(stranger: Stranger): number[] {
  return stranger
    .takeMessages()
    .flatMap((message) =>
      message.type === "extended" && message.id === THEIRS ? [message.payload[0]!] : [],
    );
}

const answer = (stranger: Stranger) => stranger.say(encodeExtended(OURS, encodePing("pong")));

describe("a peer that is quiet", () => {
  test("is asked for a sign of life, once, and stays when it gives one", () => {
    const { stage, a } = met();
    stage.run(PING_AFTER - 2 * TICK);
    expect(pings(a)).toEqual([]);
    stage.run(3 * TICK);
    expect(pings(a)).toEqual([0]);
    stage.run(PING_PATIENCE - 3 * TICK);
    expect(pings(a)).toEqual([]);
    answer(a);
    stage.run(PING_AFTER - 2 * TICK);
    expect([pings(a), a.closed]).toEqual([[], null]);
  });

  test("is gone within 10 s when it gives none", () => {
    const { stage, a } = met();
    stage.run(LIMIT - 2 * TICK);
    expect(a.closed).toBeNull();
    stage.run(4 * TICK);
    expect(a.closed).toBe("silent");
    expect(LIMIT + 4 * TICK).toBeLessThan(10_000);
  });

  test.each([
    ["a keep-alive", encodeKeepAlive()],
    ["news of a piece", encodeHave(0)],
  ])("needs no asking while it says anything at all, as %s", (_, message) => {
    const { stage, a } = met({ have: "all" }, "none");
    for (let at = 0; at < 10; at++) {
      stage.run(PING_AFTER - 2 * TICK);
      a.say(message);
    }
    expect([pings(a), a.closed]).toEqual([[], null]);
  });

  test("lives as long as it takes what waits for it, however slowly", () => {
    const { stage, a } = met();
    a.buffered = 100;
    for (let at = 0; at < 20; at++) {
      stage.run(1000);
      a.buffered -= 1;
    }
    expect([pings(a), a.closed]).toEqual([[], null]);
    stage.run(LIMIT + 4 * TICK);
    expect(a.closed).toBe("silent");
  });

  test("is not alive because what we say leaves us", () => {
    const { stage, a } = met();
    for (let at = 0; at < LIMIT; at += 2 * TICK) {
      a.buffered = 20;
      stage.run(TICK);
      a.buffered = 0;
      stage.run(TICK);
    }
    stage.run(4 * TICK);
    expect(a.closed).toBe("silent");
  });

  test("is left alone when it does not know what is asked", () => {
    const stage = new Stage(content);
    const a = stage.meet("A");
    stage.run(30_000);
    expect([pings(a), a.closed]).toEqual([[], null]);
  });

  test("is not blamed for our own standstill", () => {
    const { stage, a } = met();
    stage.run(PING_AFTER + 2 * TICK);
    a.takeMessages();
    stage.clock.sleep(60_000);
    stage.run(2 * TICK);
    expect(a.closed).toBeNull();
    answer(a);
    stage.run(PING_AFTER - 4 * TICK);
    expect(a.closed).toBeNull();
  });
});

describe("how far a peer is", () => {
  const roundTripOf = (stage: Stage, { link }: Stranger) =>
    stage.engine.inspect(stage.id).peers.get(link)!.roundTrip;

  test("is asked when it is of interest, and known when it answers", () => {
    const { stage, a } = met({}, "none");
    stage.run(TICK);
    expect(pings(a)).toEqual([]);
    a.say(encodeHave(0));
    expect(pings(a)).toEqual([0]);
    a.say(encodeHave(1));
    stage.run(3 * TICK);
    expect([pings(a), roundTripOf(stage, a)]).toEqual([[], Infinity]);
    answer(a);
    expect(roundTripOf(stage, a)).toBe(3 * TICK);
  });

  test("is the least of what it was, and nothing that was not asked", () => {
    const { stage, a } = met();
    expect(roundTripOf(stage, a)).toBe(0);
    const { stage: other, a: b } = met({}, "none");
    answer(b);
    expect(roundTripOf(other, b)).toBe(Infinity);
    stage.run(PING_AFTER + TICK);
    stage.run(TICK);
    answer(a);
    expect(roundTripOf(stage, a)).toBe(0);
  });
});

test("a ping is answered at once", () => {
  const { a } = met();
  a.say(encodeExtended(OURS, encodePing("ping")));
  expect(pings(a)).toEqual([1]);
});

test("pongs, and what a later version may say, are not answered", () => {
  const { a } = met();
  for (const payload of [encodePing("pong"), Uint8Array.of(7), new Uint8Array(0)])
    a.say(encodeExtended(OURS, payload));
  expect([pings(a), a.closed]).toEqual([[], null]);
});

test("blocks of a peer that may be dead are free for others before its link ends", () => {
  const { stage, a } = met();
  const state = () => stage.snapshot().peers.find((peer) => peer.link === a.link);
  expect(state()?.requestsOut).toBeGreaterThan(1);
  stage.run(PING_AFTER + PING_SUSPICION + 4 * TICK);
  // As of any peer that sends nothing, one block at a time is still asked of it.
  expect(state()).toMatchObject({ snubbed: true, requestsOut: 1 });
  stage.run(PING_PATIENCE);
  expect(a.closed).toBe("silent");
});

test("a seed that dies without a word is replaced by another, and the download completes", () => {
  const net = new VirtualNetwork(3);
  const large = sampleContent("hybrid", { "a.bin": 64 * 65_536 }, 65_536);
  const [a, b, c] = [net.add("A"), net.add("B"), net.add("C")];
  const id = a.add(large, "seed");
  b.add(large, "seed");
  b.engine.setLimits({ up: 300_000, down: null });
  a.engine.setLimits({ up: 300_000, down: null });
  c.add(large, "link");
  const stored = () => c.host.piecesOf(id).size;
  net.drive(() => stored() > 8 && c.engine.snapshot(id).peers.length === 2, 60_000, "both seeds to send");
  net.silence(a);
  const before = net.clock.now;
  net.drive(() => c.engine.snapshot(id).peers.length === 1, 10_000, "the dead one to be let go");
  expect(net.clock.now - before).toBeLessThan(10_000);
  net.drive(() => c.has(large, id), 60_000, "the rest");
});
