/**
 * Several links between the same two peers, A and B. A has the lower id. "a" is a link that A offered, "b" one that B
 * offered. Each test plays every order in which handshakes and closings can arrive.
 */
import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../../app/engine/swarm/peers/comparison-policy.ts";
import { BAN_MEMORY } from "../../../../app/engine/swarm/peers/constants.ts";
import { Links } from "../../../../app/engine/swarm/peers/links.ts";
import type { Peer } from "../../../../app/engine/swarm/peers/peer.ts";
import { quietHost } from "../test-peers.ts";

/** A Shoal peer's id, unless a whole one is given. */
const id = (name: string) => (name.startsWith("-") ? name : `-SH0100-${name}`).padEnd(20, "_");

function side(name: string) {
  const host = quietHost();
  const closed: number[] = [];
  const gone: number[] = [];
  host.closeLink = (link) => closed.push(link);
  const links = new Links({
    host,
    ownId: id(name),
    handlePeerGone: () => {},
    handleTouched: () => {},
    handleSuspected: () => {},
    handleLinkGone: (link) => gone.push(link),
    policy: DEFAULT_POLICY,
  });
  return {
    links,
    closed,
    gone,
    open: (link: number, peer: string, initiator: boolean) =>
      links.open(
        {
          link,
          initiator,
          peerId: id(peer),
          infoHash: id("hash"),
          introducer: "wss://tracker.example/",
          answers: null,
          isAnswered: true,
          since: 0,
        },
        { maxMessageLength: 65_536, fingerprints: null },
      ),
  };
}

/** Links that A and B hold in the end, after events in the given order; closings arrive as late as they may. */
function play(kinds: string, order: readonly string[]): { a: string; b: string } {
  const a = side("A");
  const b = side("B");
  const sides = { a, b };
  // Each side numbers its links itself, in the order in which it made them.
  const numbers = { a: new Map<number, number>(), b: new Map<number, number>() };
  for (const [at, kind] of [...kinds].entries()) {
    numbers.a.set(at, at + 1);
    numbers.b.set(at, at + 1);
    a.open(at + 1, "B", kind === "a");
    b.open(at + 1, "A", kind === "b");
  }
  const settle = (me: "a" | "b", other: "a" | "b") => {
    for (const link of sides[me].closed.splice(0)) sides[other].links.handleClosed(link, "remote-closed");
  };
  for (const event of order) {
    // "a0": the handshake of B arrives at A on link 0.
    const me = event[0] as "a" | "b";
    const { links } = sides[me];
    const peer = links.peers.get(numbers[me].get(Number(event[1]))!);
    if (peer !== undefined) {
      peer.said.handshakeReceived = true;
      links.identify(peer, id(me === "a" ? "B" : "A"));
    }
    if (event.endsWith("!")) {
      settle("a", "b");
      settle("b", "a");
    }
  }
  settle("a", "b");
  settle("b", "a");
  return { a: [...a.links.peers.keys()].join(), b: [...b.links.peers.keys()].join() };
}

function permutations<Each>(items: readonly Each[]): Each[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}

describe("two links to one peer", () => {
  const events = ["a0", "a1", "b0", "b1"];
  const orders = permutations(events).flatMap((order) => [
    order,
    // Closings that arrive between the handshakes.
    order.map((event, at) => (at === 1 ? `${event}!` : event)),
    order.map((event) => `${event}!`),
  ]);

  test.each([
    ["ab", "1"],
    ["ba", "2"],
  ])(
    "offered one by each side (%s): the lower id's offer stays, on both sides, in all orders",
    (kinds, kept) => {
      for (const order of orders) expect(play(kinds, order), order.join(" ")).toEqual({ a: kept, b: kept });
    },
  );

  test.each(["aa", "bb"])(
    "offered both by one side (%s): the older stays, on both sides, in all orders",
    (kinds) => {
      for (const order of orders) expect(play(kinds, order), order.join(" ")).toEqual({ a: "1", b: "1" });
    },
  );
});

describe("three links to one peer", () => {
  test.each(["aab", "aba", "baa", "abb", "bab", "bba"])("%s end as one, the same on both sides", (kinds) => {
    const events = ["a0", "a1", "a2", "b0", "b1", "b2"];
    for (const order of permutations(events)) {
      const { a, b } = play(kinds, order);
      expect(a, order.join(" ")).toMatch(/^\d$/);
      expect(b, order.join(" ")).toBe(a);
    }
  });
});

describe("a handshake that names another peer than was introduced", () => {
  test.each([
    ["a Shoal peer by another", "attacker", "seed"],
    ["a Shoal peer by another client", "-WW0300-attacker", "seed"],
    ["another client by a Shoal peer", "attacker", "-WW0300-seed"],
  ])("ends its own link and no other: %s", (_, attacker, seed) => {
    for (const initiator of [true, false]) {
      const { links, closed, open } = side("M");
      const honest = open(1, seed, !initiator);
      expect(links.identify(honest, id(seed))).toBe(true);
      expect(links.identify(open(2, attacker, initiator), id(seed))).toBe(false);
      expect(closed).toEqual([2]);
      links.ban(2, "bad-piece");
      expect([links.isBanned(id(attacker)), links.isBanned(id(seed))]).toEqual([true, false]);
      expect([...links.peers.keys()]).toEqual([1]);
    }
  });

  test("is taken from a client that is not Shoal, which stays who it was introduced as", () => {
    const { links, closed, open } = side("M");
    const seed = "-WW0300-seed";
    expect(links.identify(open(1, "-LT2000-other", true), id(seed))).toBe(true);
    expect(links.isLinked(id(seed))).toBe(false);
    expect(links.identify(open(2, seed, false), id(seed))).toBe(true);
    links.ban(1, "bad-piece");
    expect(closed).toEqual([1]);
    expect([links.isBanned(id("-LT2000-other")), links.isBanned(id(seed))]).toEqual([true, false]);
  });
});

describe("bans", () => {
  test("hold for all links of a peer id, present and future, and are told once the guilt is known, even late", () => {
    const { links, open } = side("M");
    const peer = open(1, "X", false);
    links.identify(peer, id("X"));
    links.handleClosed(1, "remote-closed");
    expect(links.isBanned(id("X"))).toBe(false);
    links.ban(1, "bad-piece");
    expect(links.isBanned(id("X"))).toBe(true);
    expect(links.identify(open(2, "X", false), id("X"))).toBe(false);
  });

  test("come too late for links that ended long ago: what is remembered of them does not grow for ever", () => {
    const { links, open } = side("M");
    open(1, "open", false);
    for (let link = 2; link <= BAN_MEMORY + 2; link++) {
      open(link, `P${link}`, false);
      links.handleClosed(link, "remote-closed");
    }
    for (const link of [2, 3, 1]) links.ban(link, "bad-piece");
    expect(["open", "P2", "P3"].map((name) => links.isBanned(id(name)))).toEqual([true, false, true]);
  });

  test("of the oldest are forgotten beyond a number", () => {
    const { links, open } = side("M");
    for (let link = 1; link <= BAN_MEMORY + 1; link++) {
      open(link, `P${link}`, false);
      links.ban(link, "bad-piece");
    }
    expect(links.isBanned(id("P1"))).toBe(false);
    expect(links.isBanned(id("P2"))).toBe(true);
    expect(links.peers.size).toBe(0);
  });
});

test("an ended link is forgotten by the node, whoever ended it", () => {
  const { links, open, gone, closed } = side("M");
  open(1, "A", false);
  links.close(open(2, "B", true), "useless");
  links.handleClosed(1, "remote-closed");
  links.handleClosed(1, "remote-closed");
  expect(gone).toEqual([2, 1]);
  expect(closed).toEqual([2]);
});

describe("when there is no room for a newcomer", () => {
  const A_MINUTE = 61_000;

  test.each<[string, (peer: Peer) => void, boolean]>([
    ["nobody wants anything over it", () => {}, true],
    ["it wants something of us", ({ said }) => (said.peerInterested = true), false],
    ["we want something of it", (peer) => (peer.amInterested = true), false],
    [
      "we want something and its blocks stay away",
      (peer) => {
        peer.amInterested = true;
        peer.asked.snubbed = true;
      },
      true,
    ],
  ])("a settled link goes or stays: %s", (_, set, goes) => {
    const { links, open } = side("A");
    const peer = open(1, "B", true);
    peer.handshakeSent = true;
    peer.said.handshakeReceived = true;
    set(peer);
    expect(links.closeUseless(1000)).toBe(false);
    expect(links.closeUseless(A_MINUTE)).toBe(goes);
    expect(peer.isGone).toBe(goes);
  });

  test("of those that are of use, the one over which least moves both ways; not one that has just come", () => {
    const { links, open } = side("A");
    const move = (link: number, down: number, up: number) => {
      const peer = open(link, `P${link}`, true);
      peer.asked.down.add(down);
      peer.served.up.add(up);
      return peer;
    };
    expect(links.leastMoving(A_MINUTE)).toBeNull();
    move(1, 3_000_000, 0);
    const least = move(2, 0, 1_000_000);
    move(3, 600_000, 600_000);
    Object.assign(move(4, 0, 0), { openedAt: A_MINUTE - 1000 });
    const found = links.leastMoving(A_MINUTE);
    expect(found?.peer).toBe(least);
    found?.close();
    expect(least.isGone).toBe(true);
  });
});
