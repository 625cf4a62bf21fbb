/** Whole engines that open lanes to each other, in virtual time. */
import { describe, expect, test } from "vitest";
import {
  LANE_IDLE,
  LANE_SLOW,
  LANE_STALL,
  LANE_STEPS,
  LANE_WORTH,
} from "../../../../app/engine/swarm/lanes/constants.ts";
import type { Lane } from "../../../../app/engine/swarm/lanes/lane.ts";
import { encodeExtended, encodeInterested } from "../../../../app/engine/wire/encode.ts";
import { encodeExtensionHandshake } from "../../../../app/engine/wire/extended.ts";
import { encodeLaneMessage } from "../../../../app/engine/wire/sh-lane.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { VirtualNetwork, type VirtualNode } from "../../../support/virtual-network.ts";
import type { Lines } from "../../../support/virtual-port.ts";
import { Stage } from "../stage.ts";

const MIB = 2 ** 20;
const most = LANE_STEPS.at(-1)!;
const content = sampleContent("hybrid", { "a.bin": 16 * MIB }, MIB / 4);

/** 100 ms there and back; one connection carries 500 KB/s. */
const lossy: Partial<Lines> = { delay: 50, rate: 500 };

function pair(lines: Partial<Lines>) {
  const net = new VirtualNetwork(1, lines);
  const [a, b] = [net.add("A"), net.add("B")];
  const id = a.add(content, "seed");
  b.add(content, "torrent");
  return { net, a, b, id };
}

const lanesOf = (node: VirtualNode, id: string) =>
  [...node.engine.inspect(id).peers.values()].flatMap(({ lanes }) => lanes as Lane[]);

describe("over a path that bounds each connection", () => {
  test("lanes are opened until there are enough, and several times as much comes", () => {
    const { net, a, b, id } = pair(lossy);
    net.drive(() => lanesOf(b, id).length === most, 20_000, "all lanes");
    expect(lanesOf(a, id).length).toBe(most);
    net.drive(() => b.has(content, id), 20_000, "the download");
    expect(net.clock.now).toBeLessThan(content.info.size / 500 / 2);
    expect(b.engine.snapshot(id)).toMatchObject({ wasted: 0 });
  });

  test("the first are asked for as the download begins, before its window has found anything", () => {
    const { net, b, id } = pair(lossy);
    net.drive(() => lanesOf(b, id).length === LANE_STEPS[0], 20_000, "the first lanes");
    const [peer] = [...b.engine.inspect(id).peers.values()];
    expect(peer!.asked.window.isSettled).toBe(false);
    expect(peer!.roundTrip).toBeGreaterThanOrEqual(100);
  });

  test("what the windows tell of a lane goes over the link, each to the end that it is meant for", () => {
    const { net, a, b, id } = pair(lossy);
    net.drive(() => lanesOf(a, id).length > 0 && lanesOf(b, id).length > 0, 20_000, "a lane");
    const [ours, theirs] = [lanesOf(a, id)[0]!, lanesOf(b, id)[0]!];
    expect([ours.initiator, theirs.initiator]).toEqual([true, false]);
    a.engine.handleSignal(ours.link, "to B");
    b.engine.handleSignal(theirs.link, "to A");
    net.clock.run(1000);
    expect([a.host.signals, b.host.signals]).toEqual([[`${ours.link}: to A`], [`${theirs.link}: to B`]]);
  });

  test("when nothing moves any more they are given back, at both ends", () => {
    const { net, a, b, id } = pair(lossy);
    net.drive(() => b.has(content, id), 60_000, "the download");
    net.clock.run(2 * LANE_IDLE);
    expect([lanesOf(a, id), lanesOf(b, id)]).toEqual([[], []]);
    expect(a.engine.snapshot(id).peers.length).toBe(1);
    expect([a, b].map(({ engine }) => engine.inspect(id).lanes.count)).toEqual([0, 0]);
  });

  test("a lane that breaks costs its blocks: they are asked for again at once, and nobody is blamed", () => {
    const { net, b, id } = pair(lossy);
    net.drive(() => lanesOf(b, id).length >= 3, 20_000, "some lanes");
    net.clock.run(1000);
    const before = b.engine.snapshot(id).downloaded;
    net.breakLink(b, lanesOf(b, id)[1]!.link);
    net.clock.run(1000);
    expect(b.engine.snapshot(id).downloaded).toBeGreaterThan(before);
    net.drive(() => b.has(content, id), 40_000, "the download");
    expect(b.engine.snapshot(id)).toMatchObject({ wasted: 0 });
  });

  test("a lane that stands is given up, and costs its blocks", () => {
    const { net, a, b, id } = pair(lossy);
    net.drive(() => lanesOf(a, id).length >= 3, 20_000, "some lanes");
    net.clock.run(1000);
    const { link } = lanesOf(a, id)[1]!;
    net.stall(a, link);
    net.clock.run(LANE_STALL + 1000);
    expect(lanesOf(a, id).map((lane) => lane.link)).not.toContain(link);
    net.drive(() => b.has(content, id), 40_000, "the download");
  });

  test("what stands on lanes while the window lets the queue run empty does not keep the others idle", () => {
    const { net, a, b, id } = pair(lossy);
    net.drive(() => lanesOf(a, id).length === most, 20_000, "all lanes");
    net.clock.run(500);
    const [peer] = [...b.engine.inspect(id).peers.values()];
    const inHalfASecond = () => {
      const before = b.engine.snapshot(id).peers[0]!.downloaded;
      net.clock.run(500);
      return b.engine.snapshot(id).peers[0]!.downloaded - before;
    };
    const usual = inHalfASecond();
    for (const lane of lanesOf(a, id).slice(0, 6)) net.stall(a, lane.link);
    net.clock.run(200);
    peer!.asked.window.probeBase(net.clock.now);
    net.clock.run(300);
    const then = inHalfASecond();
    // Before the stalled lanes are given up.
    expect(lanesOf(a, id).length).toBe(most);
    expect(peer!.asked.window.isProbingBase).toBe(false);
    expect(then).toBeGreaterThan(usual / 20);
  });

  test("a link that breaks takes its lanes along", () => {
    const { net, b, id } = pair(lossy);
    net.drive(() => lanesOf(b, id).length >= 1, 20_000, "a lane");
    net.breakLink(b, b.engine.snapshot(id).peers[0]!.link);
    expect(net.openLinks).toBe(0);
    net.drive(() => b.has(content, id), 60_000, "the download");
  });
});

describe("where lanes would not help", () => {
  test("where three send at once none is opened: they are several connections already", () => {
    const net = new VirtualNetwork(1, lossy);
    const seeds = ["A", "B", "C"].map((name) => net.add(name));
    const d = net.add("D");
    const id = seeds.map((seed) => seed.add(content, "seed"))[0]!;
    d.add(content, "torrent");
    net.drive(() => d.engine.snapshot(id).peers.length === 3, 20_000, "all seeds");
    let opened = 0;
    net.drive(
      () => {
        opened = Math.max(opened, lanesOf(d, id).length);
        return d.engine.snapshot(id).storedBytes > content.info.size * 0.8;
      },
      60_000,
      "most of it",
    );
    expect(opened).toBe(0);
  });

  test("where three are served at once none is opened", () => {
    const net = new VirtualNetwork(1, lossy);
    const a = net.add("A");
    const id = a.add(content, "seed");
    const others = ["B", "C", "D"].map((name) => net.add(name));
    for (const node of others) node.add(content, "torrent");
    net.drive(
      () => others.every((node) => node.has(content, id) || node.engine.snapshot(id).storedBytes > MIB),
      60_000,
      "a beginning",
    );
    expect(lanesOf(a, id)).toEqual([]);
  });

  test("on one network none is opened", () => {
    const { net, b, id } = pair({ delay: 1, rate: 5000 });
    let most = 0;
    net.drive(
      () => {
        most = Math.max(most, lanesOf(b, id).length);
        return b.has(content, id);
      },
      60_000,
      "the download",
    );
    expect(most).toBe(0);
  });

  test("on a full line what is tried is given back, and the line stays full", () => {
    const { net, b, id } = pair({ delay: 20, rate: 20_000, uplink: 500 });
    net.drive(() => b.has(content, id), 60_000, "the download");
    expect(net.clock.now).toBeLessThan((content.info.size / 500) * 1.1);
    // Of the first step, those that did not stand idle.
    expect(lanesOf(b, id).length).toBeLessThanOrEqual(LANE_STEPS[0]!);
  });

  test("on a slow line all are given back", () => {
    const { net, b, id } = pair({ delay: 20, rate: 20_000, uplink: (LANE_SLOW / 1000) * 0.8 });
    net.drive(() => lanesOf(b, id).length > 0, 5_000, "a lane");
    net.drive(() => lanesOf(b, id).length === 0, 5_000, "no lane");
  });

  test("for little none is opened", () => {
    const net = new VirtualNetwork(1, lossy);
    const [a, b] = [net.add("A"), net.add("B")];
    const little = sampleContent("hybrid", { "a.bin": LANE_WORTH - MIB }, MIB / 4);
    const id = a.add(little, "seed");
    b.add(little, "torrent");
    net.drive(() => b.engine.snapshot(id).storedBytes > 0, 10_000, "a beginning");
    expect(lanesOf(b, id)).toEqual([]);
  });
});

describe("what a stranger may not do", () => {
  const THEIR_LANE = 7;
  const OUR_LANE = 3;
  const join = (stage: Stage, name: string) => {
    const stranger = stage.meet(name, { has: "none" });
    const m = { sh_lane: THEIR_LANE };
    const said = {
      m,
      metadataSize: null,
      reqq: null,
      v: name,
      uploadOnly: false,
      maxBlock: 65_536,
      about: null,
    };
    stranger.say(encodeExtended(0, encodeExtensionHandshake(said)), encodeInterested());
    return stranger;
  };
  const met = () => {
    const stage = new Stage(content, { have: "all" });
    return { stage, a: join(stage, "A") };
  };
  const lane = (message: Parameters<typeof encodeLaneMessage>[0]) =>
    encodeExtended(OUR_LANE, encodeLaneMessage(message));

  test("an offer that was not asked for makes no connection", () => {
    const { stage, a } = met();
    const before = stage.dialing.size;
    for (let id = 0; id < 100; id++) a.say(lane({ kind: "offer", id, sdp: "sdp" }));
    expect(stage.dialing.size).toBe(before);
    expect(a.closed).toBeNull();
  });

  test("whatever it wishes for, there is a bound", () => {
    const { stage, a } = met();
    const before = stage.dialing.size;
    a.say(lane({ kind: "want", count: 200 }));
    a.say(lane({ kind: "want", count: 200 }));
    stage.run(1000);
    expect(stage.dialing.size).toBe(before + most);
  });

  test("answers to nothing, losses of nothing and wishes without sense are ignored", () => {
    const { a } = met();
    a.say(lane({ kind: "answer", id: 12345, sdp: "sdp" }));
    a.say(lane({ kind: "signal", id: 12345, offered: true, signal: "signal" }));
    a.say(lane({ kind: "lost", ranges: [{ piece: 2 ** 32 - 1, begin: 5, length: 7 }] }));
    a.say(lane({ kind: "drain" }));
    expect(a.closed).toBeNull();
  });

  test("a damaged message ends the link", () => {
    const { a } = met();
    a.say(encodeExtended(OUR_LANE, new TextEncoder().encode("d1:ti1ee")));
    expect(a.closed).toBe("protocol-error");
  });
});
