import { expect, test, vi } from "vitest";
import { BaseProbes } from "../../../app/engine/swarm/base-probes.ts";
import { BASE_PROBE_INTERVAL, BASE_PROBE_NEWCOMER } from "../../../app/engine/swarm/constants.ts";
import { RequestWindow } from "../../../app/engine/swarm/flow/request-window.ts";
import { Peer } from "../../../app/engine/swarm/peers/peer.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { VirtualNetwork } from "../../support/virtual-network.ts";

/** As much of a peer as base probes look at. */
function served(link: number, tell: () => void): Peer {
  return {
    link,
    slot: { amChoking: false },
    served: { up: { rate: () => 1000 } },
    asked: { requests: new Map(), window: new RequestWindow(0) },
    sayLane: tell,
  } as unknown as Peer;
}

/** The seconds at which peers are told, and how many of them; `joins`: at which second each peer joins. */
function drive(joins: number[], seconds: number): string[] {
  const peers = new Map<number, Peer>();
  const told: string[] = [];
  let now = 0;
  let count = 0;
  const probes = new BaseProbes();
  const torrent = { peers };
  for (; now < seconds * 1000; now += 100) {
    for (const [link, at] of joins.entries())
      if (at * 1000 === now)
        peers.set(
          link,
          served(link, () => count++),
        );
    count = 0;
    probes.handleTick([torrent], now);
    if (count > 0) told.push(`${now / 1000}s: ${count}`);
  }
  return told;
}

const interval = BASE_PROBE_INTERVAL / 1000;
const newcomer = BASE_PROBE_NEWCOMER / 1000;

test("a sender that serves one tells nobody: it looks by itself", () => {
  expect(drive([0], 60)).toEqual([]);
});

test("all that are served are told at the same time, every so often", () => {
  expect(drive([0, 0, 0], 20)).toEqual(["0s: 3", `${interval}s: 3`, `${2 * interval}s: 3`]);
});

test("and soon after somebody joined", () => {
  const told = drive([0, 0, 4], 8);
  expect(told).toContain(`${4 + newcomer}s: 3`);
});

test("a node's torrents share its line: those who are served of any are told at the same time", () => {
  const net = new VirtualNetwork(1, { uplink: 500 });
  const sender = net.add("S");
  const told = new Map<number, number>();
  vi.spyOn(Peer.prototype, "sayLane").mockImplementation(({ kind }) => {
    if (kind === "drain") told.set(net.clock.now, (told.get(net.clock.now) ?? 0) + 1);
  });
  for (const name of ["a.bin", "b.bin"]) {
    const content = sampleContent("hybrid", { [name]: 8_000_000 }, 65_536);
    sender.add(content, "seed");
    net.add(name).add(content, "link");
  }
  net.clock.run(2 * BASE_PROBE_INTERVAL);
  expect([...told.values()]).toContain(2);
  // The receivers have one sender each, which looks by itself.
  expect([...told.values()].every((count) => count === 2)).toBe(true);
  vi.restoreAllMocks();
});

/** How many windows of two downloads, each from a peer that a ping found nearby, are let run empty at first. */
function firstLooks(sources: number): number {
  const downloading = (link: number) => {
    const window = new RequestWindow(0);
    for (let now = 50; now < 2_000; now += 50)
      window.handleBlock(now < 100 ? 50 : 200, 16_384, window.limit, now);
    const requests = new Map(link < sources ? [[0, {}]] : []);
    const peer = { ...served(link, () => {}), slot: { amChoking: true }, asked: { requests, window } };
    return { ...peer, roundTrip: 50 } as unknown as Peer;
  };
  const peers = new Map([0, 1].map((link) => [link, downloading(link)]));
  new BaseProbes().handleTick([{ peers }], 3_000);
  return [...peers.values()].filter(({ asked: { window } }) => window.isProbingBase).length;
}

test("a ping spares the first look only where nobody else's blocks can have been in its way", () => {
  expect([firstLooks(1), firstLooks(2)]).toEqual([0, 2]);
});
