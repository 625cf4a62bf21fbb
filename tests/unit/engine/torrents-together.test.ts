/** Inputs that touch several torrents of one node, because torrents share memory, connections and trackers. */
import { expect, test } from "vitest";
import { Engine } from "../../../app/engine/engine.ts";
import type { LinkId } from "../../../app/engine/link.ts";
import { CONNECTION_LIMITS } from "../../../app/page/constants.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { VirtualNetwork } from "../../support/virtual-network.ts";
import { quietHost } from "../swarm/test-peers.ts";

const MIB = 2 ** 20;

test("when one torrent's pieces are stored, the others ask for more in the same input", () => {
  const net = new VirtualNetwork(1);
  const [sender, receiver] = [net.add("S"), net.add("R")];
  const large = sampleContent("hybrid", { "large.bin": 44 * MIB }, 4 * MIB);
  const small = sampleContent("hybrid", { "small.bin": MIB }, MIB / 4);
  receiver.host.disk.delay = 60_000;
  sender.add(large, "seed");
  sender.add(small, "seed");
  const first = receiver.add(large, "link");
  const { budget } = receiver.engine.inspect(first);
  net.drive(() => !budget.isOpen, 60_000, "as much in memory as may wait for the disk");
  const second = receiver.add(small, "link");
  const { peers } = receiver.engine.inspect(second);
  const asked = () => [...peers.values()].reduce((sum, peer) => sum + peer.asked.requests.size, 0);
  net.drive(
    () => [...peers.values()].some((peer) => !peer.said.peerChoking && peer.interesting > 0),
    10_000,
    "a peer",
  );
  expect(asked()).toBe(0);
  // A step of the clock is one input.
  net.drive(() => budget.isOpen, 120_000, "a piece that is stored");
  expect(asked()).toBeGreaterThan(0);
});

test("a torrent hears once that the network changed, however many trackers and info-hashes it has", () => {
  const host = quietHost();
  const open = new Set<LinkId>();
  let made = 0;
  host.createOffer = (link) => {
    made++;
    open.add(link);
  };
  host.closeLink = (link) => void open.delete(link);
  const engine = new Engine(host, {
    peerId: new Uint8Array(20),
    secret: new Uint8Array(32),
    version: "1",
    connections: CONNECTION_LIMITS.desktop,
  });
  const trackers = ["wss://a.example/", "wss://b.example/", "wss://c.example/"];
  const content = sampleContent("hybrid", { "a.bin": MIB }, MIB / 4);
  engine.addTorrent({ record: content.record("torrent", { trackers }), have: "none" });
  engine.handleTick();
  const before = [...open];
  engine.handleNetworkChanged();
  expect([made, before.length, open.size]).toEqual([10, 5, 5]);
  expect(before.filter((link) => open.has(link))).toEqual([]);
});
