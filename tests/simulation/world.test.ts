/** The simulated world is what it says: lines shared fairly, bytes in order, figures as published. */
import { describe, expect, test } from "vitest";
import type { LinkId } from "../../app/engine/link.ts";
import { CHANNEL_LOW_WATER } from "../../app/worker/constants.ts";
import { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import type { NetworkInputs } from "../support/virtual-host.ts";
import type { Attachment, Line } from "./attachment.ts";
import { jainIndex, kumarRossBound, percentile } from "./figures.ts";
import { type Cut, Network } from "./network.ts";

const LINE: Line = { up: 1_000_000, down: 10_000_000, delay: 10, loss: 0 };

/** Hosts that write down what reaches them, connected as told. */
function net(count: number, line: Line = LINE, cut: Cut | null = null) {
  const network = new Network(2 * line.delay, cut);
  const heard: string[] = [];
  const hosts: Attachment[] = [];
  const step = () => {
    const { next } = network;
    if (next === Number.POSITIVE_INFINITY) return false;
    network.run(Math.max(network.now, next) + network.lookahead);
    return true;
  };
  for (let number = 0; number < count; number++) {
    const clock = new VirtualClock();
    const note = (what: string) => heard.push(`${Math.round(clock.now)} ${number} ${what}`);
    const inputs: NetworkInputs = {
      handleOffer: (link, sdp) => hosts[1]!.createAnswer(link, sdp),
      handleAnswer: (link, sdp) => hosts[0]!.acceptAnswer(link, sdp),
      handleLinkOpened: (link) => note(`open ${link}`),
      handleBytes: (link, bytes) => note(`${link}: ${bytes.length}`),
      handleDrained: (link) => note(`drained ${link}`),
      handleLinkClosed: (link, reason) => note(`closed ${link} ${reason}`),
      handleTrackerOpened: () => {},
      handleTrackerMessage: () => {},
      handleTrackerClosed: () => {},
    };
    hosts.push(network.attach(number, line, inputs, clock, new Random(number)));
  }
  const connect = (link: LinkId) => {
    hosts[0]!.createOffer(link);
    while (!hosts[0]!.isOpen(link)) step();
  };
  const run = () => {
    heard.length = 0;
    const start = network.now;
    while (step());
    return { heard: [...heard], took: network.now - start };
  };
  return { network, hosts, connect, step, run };
}

describe("a line", () => {
  test("carries a megabyte in a second, and the path's delay comes on top", () => {
    const { hosts, connect, run, network } = net(2);
    connect(1);
    const start = network.now;
    for (let i = 0; i < 10; i++) hosts[0]!.send(1, new Uint8Array(100_000));
    const { heard } = run();
    const last = Number(
      heard
        .filter((line) => line.endsWith(": 100000"))
        .at(-1)!
        .split(" ")[0],
    );
    expect(last - start).toBeGreaterThan(1_000 + 20);
    expect(last - start).toBeLessThan(1_000 + 20 + 15);
  });

  test("is shared alike by links, whatever each has queued", () => {
    const { hosts, connect, run, network } = net(2);
    connect(1);
    connect(2);
    const start = network.now;
    for (let i = 0; i < 9; i++) hosts[0]!.send(1, new Uint8Array(100_000));
    hosts[0]!.send(2, new Uint8Array(100_000));
    const { heard } = run();
    const small = heard.find((line) => line.includes(" 1 2: "))!;
    expect(Number(small.split(" ")[0]) - start).toBeLessThan(200 + 20 + 30);
  });

  test("keeps a link's messages in order, small ones behind large ones", () => {
    const { hosts, connect, run } = net(2);
    connect(1);
    for (const length of [50_000, 10, 70_000, 20, 30]) hosts[0]!.send(1, new Uint8Array(length));
    const lengths = run()
      .heard.filter((line) => line.includes(": "))
      .map((line) => Number(line.split(": ")[1]));
    expect(lengths).toEqual([50_000, 10, 70_000, 20, 30]);
  });

  test("says once when a queue falls to the low-water mark", () => {
    const { hosts, connect, run } = net(2);
    connect(1);
    for (let i = 0; i < 8; i++) hosts[0]!.send(1, new Uint8Array(65_536));
    expect(hosts[0]!.buffered(1)).toBeGreaterThan(CHANNEL_LOW_WATER);
    const { heard } = run();
    expect(heard.filter((line) => line.includes("drained"))).toHaveLength(1);
    expect(hosts[0]!.buffered(1)).toBe(0);
  });

  test("that loses packets is late, and loses nothing", () => {
    const { hosts, connect, run } = net(2, { ...LINE, loss: 0.05 });
    connect(1);
    for (let i = 0; i < 50; i++) hosts[0]!.send(1, new Uint8Array(3_000 + i));
    const lengths = run()
      .heard.filter((line) => line.includes(": "))
      .map((line) => Number(line.split(": ")[1]));
    expect(lengths).toEqual(Array.from({ length: 50 }, (_, i) => 3_000 + i));
  });
});

describe("a connection", () => {
  test("that one end gave up while it was made is not left open at the other", () => {
    const { hosts, connect, step, run } = net(2);
    connect(1);
    hosts[0]!.createOffer(2);
    while (!hosts[1]!.isOpen(2)) step();
    expect(hosts[0]!.isOpen(2)).toBe(false);
    hosts[0]!.closeLink(2);
    const { heard } = run();
    expect(heard.filter((line) => line.includes("1 closed 2 remote-closed"))).toHaveLength(1);
    expect(hosts.map((host) => host.isOpen(2))).toEqual([false, false]);
  });
});

describe("a connection's end", () => {
  test("reaches the other side, and nothing reaches a closed link", () => {
    const { hosts, connect, run } = net(2);
    connect(1);
    hosts[1]!.send(1, new Uint8Array(100_000));
    hosts[0]!.closeLink(1);
    expect(run().heard.map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      "1 closed 1 remote-closed",
    ]);
  });

  test("is noticed late when a host vanishes or the net is cut", () => {
    for (const cut of [
      { from: 5_000, until: Number.POSITIVE_INFINITY, side: (host: number) => host },
      null,
    ]) {
      const { hosts, connect, run } = net(2, LINE, cut);
      connect(1);
      if (cut === null) hosts[0]!.vanish();
      const { heard, took } = run();
      expect(heard.filter((line) => line.includes("1 closed 1"))).toHaveLength(1);
      expect(took).toBeGreaterThanOrEqual(30_000);
    }
  });
});

describe("a cut that heals before connections break", () => {
  test("delays what was sent meanwhile, and loses nothing", () => {
    const [from, until] = [5_000, 10_000];
    const { hosts, connect, run } = net(2, LINE, { from, until, side: (host) => host });
    connect(1);
    hosts[0]!.clock.at(from + 1, () => {
      for (const length of [10, 50_000, 20]) hosts[0]!.send(1, new Uint8Array(length));
    });
    const heard = run().heard.filter((line) => line.includes(": "));
    expect(heard.map((line) => Number(line.split(": ")[1]))).toEqual([10, 50_000, 20]);
    expect(Number(heard[0]!.split(" ")[0])).toBeGreaterThan(until);
  });
});

describe("figures", () => {
  const peers = (count: number, up: number, down: number) =>
    Array.from({ length: count }, () => ({ up, down }));

  test("the bound is the seed's line, the slowest downlink, or all uplinks together", () => {
    expect(kumarRossBound(1_000, 10, peers(2, 100, 1_000))).toBe(100_000);
    expect(kumarRossBound(1_000, 1_000, [...peers(2, 1_000, 1_000), { up: 0, down: 5 }])).toBe(200_000);
    expect(kumarRossBound(1_000, 100, peers(9, 0, 1_000))).toBe(90_000);
    expect(kumarRossBound(1_000, 10, peers(1_000, 10, 100))).toBe(100_000);
  });

  test("Jain's index is 1 for equals and 1/n for one who has all", () => {
    expect(jainIndex([3, 3, 3])).toBeCloseTo(1);
    expect(jainIndex([5, 0, 0, 0])).toBeCloseTo(0.25);
  });

  test("percentiles", () => {
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(percentile([1, 2, 3, 4], 0.95)).toBe(4);
  });
});
