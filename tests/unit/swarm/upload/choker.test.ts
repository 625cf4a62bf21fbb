/**
 * Rounds of choking. A line lists the unchoked peers by name; "+" marks those unchoked by lot. `feed` lets ten
 * seconds pass in which each peer sends us, or is sent, so many kilobytes a second.
 */
import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../../app/engine/swarm/peers/comparison-policy.ts";
import type { Peer } from "../../../../app/engine/swarm/peers/peer.ts";
import { Bitfield } from "../../../../app/engine/swarm/pieces/bitfield.ts";
import { Choker } from "../../../../app/engine/swarm/upload/choker.ts";
import { SEED_TURN_PIECES, SEED_TURN_TIME } from "../../../../app/engine/swarm/upload/constants.ts";
import { makePeer, quietHost } from "../test-peers.ts";

/** Bytes. */
const PIECE_LENGTH = 1024;

function swarm(names: string, options: { seeding?: boolean; seed?: number } = {}) {
  const host = quietHost(options.seed);
  const peers = new Map<number, Peer>();
  const said: string[] = [];
  const hoarders = new Set<string>();
  const byName = (name: string) => {
    for (const peer of peers.values()) if (peer.id === name) return peer;
    throw new Error(`no ${name}`);
  };
  const choker = new Choker({
    host,
    peers,
    isSeeding: options.seeding ?? false,
    pieceLength: PIECE_LENGTH,
    policy: DEFAULT_POLICY,
    superSeeding: { hoards: (peer) => hoarders.has(peer.id) },
    choke: (peer) => said.push(`choke ${peer.id}`),
    unchoke: (peer) => said.push(`unchoke ${peer.id}`),
  });
  const join = (name: string, interested = true) => {
    const peer = makePeer(host, peers.size + 1, name);
    peer.said.peerInterested = interested;
    // It could give us something.
    peer.interesting = 1;
    peers.set(peer.link, peer);
    return peer;
  };
  for (const name of names) join(name);
  const unchoked = () =>
    [...peers.values()]
      .filter((peer) => !peer.slot.amChoking)
      .map((peer) => peer.id + (peer.slot.optimistic ? "+" : ""))
      .sort()
      .join(" ");
  return {
    host,
    choker,
    join,
    byName,
    said,
    hoarders,
    unchoked,
    /** A round now; who is unchoked after it. */
    round: () => {
      choker.handleTick(host.clock.now);
      return unchoked();
    },
    feed: (kilobytes: Record<string, { down?: number; up?: number }>, seconds = 10) => {
      for (let tenth = 0; tenth < seconds * 10; tenth++) {
        host.clock.run(100);
        for (const [name, { down = 0, up = 0 }] of Object.entries(kilobytes)) {
          const peer = byName(name);
          peer.asked.downCompared.add(down * 100);
          peer.served.up.add(up * 100);
          peer.served.upCompared.add(up * 100);
        }
        for (const peer of peers.values()) {
          peer.asked.downCompared.rate(host.clock.now);
          peer.served.upCompared.rate(host.clock.now);
        }
      }
    },
  };
}

describe("while downloading: tit for tat", () => {
  test("the three that send most are unchoked, and one by lot", () => {
    const { feed, round } = swarm("ABCDEF");
    round();
    feed({ A: { down: 1 }, B: { down: 50 }, C: { down: 20 }, D: { down: 5 }, E: { down: 30 } });
    expect(round()).toMatch(/^(A\+ B C E|B C D\+ E|B C E F\+)$/);
  });

  test("order follows the rates, and changes with them", () => {
    const { feed, round } = swarm("ABCDEF");
    round();
    feed({ A: { down: 50 }, B: { down: 40 }, C: { down: 30 }, D: { down: 1 } });
    expect(round().replace(/ ?[D-F]\+/, "")).toBe("A B C");
    feed({ D: { down: 90 }, E: { down: 80 }, F: { down: 70 } }, 60);
    expect(
      round()
        .replace(/ ?[A-C]\+/, "")
        .trim(),
    ).toBe("D E F");
  });

  test("who is not interested takes no slot, and a peer that loses interest gives it back at the next round", () => {
    const { byName, choker, feed, round, said } = swarm("ABCDE");
    byName("A").said.peerInterested = false;
    feed(Object.fromEntries([..."BCDE"].map((name) => [name, { down: 1 }])));
    expect(round().replaceAll("+", "")).toBe("B C D E");
    feed(Object.fromEntries([..."ACDE"].map((name) => [name, { down: 1 }])));
    byName("A").said.peerInterested = true;
    choker.handleInterested(byName("A"));
    byName("B").said.peerInterested = false;
    said.length = 0;
    expect(round().replaceAll("+", "")).toBe("A C D E");
    expect(said).toEqual(["choke B", "unchoke A"]);
  });

  test("who loses interest for a moment cannot come back into a full house", () => {
    const { byName, choker, join, said, unchoked } = swarm("");
    for (const name of "ABCD") choker.handleInterested(join(name));
    byName("A").said.peerInterested = false;
    choker.handleNotInterested(byName("A"));
    choker.handleInterested(join("E"));
    byName("A").said.peerInterested = true;
    choker.handleInterested(byName("A"));
    expect(unchoked()).toBe("B C D E");
    expect(said.slice(4)).toEqual(["choke A", "unchoke E"]);
  });

  test("a slot given back goes to the one that waits and sends us most", () => {
    const { byName, choker, feed, join, said } = swarm("");
    for (const name of "ABCDEF") choker.handleInterested(join(name));
    feed({ E: { down: 1 }, F: { down: 2 } });
    byName("A").said.peerInterested = false;
    choker.handleNotInterested(byName("A"));
    expect(said.slice(4)).toEqual(["choke A", "unchoke F"]);
  });

  test("a free slot is given at once, a full house waits for the round", () => {
    const { choker, join, said } = swarm("");
    for (const name of "ABCDE") choker.handleInterested(join(name));
    expect(said).toEqual(["unchoke A", "unchoke B", "unchoke C", "unchoke D"]);
  });

  test("who owes us blocks and sends none gets no slot but by lot", () => {
    const { byName, feed, round } = swarm("ABCDEF");
    feed({ A: { down: 50 }, B: { down: 40 }, C: { down: 30 }, D: { down: 20 } });
    byName("A").asked.snubbed = true;
    expect(round()).toMatch(/\bB C D\b|B C .*D/);
    expect(byName("A").slot.amChoking || byName("A").slot.optimistic).toBe(true);
  });

  test("a round says nothing to those whose state stays", () => {
    const { feed, round, said } = swarm("AB");
    round();
    said.length = 0;
    feed({ A: { down: 5 } });
    round();
    expect(said).toEqual([]);
  });
});

describe("while downloading: who gives nothing", () => {
  const giving = { A: { down: 9 }, B: { down: 8 } };

  test("gets no slot that others did not earn, only the lot's", () => {
    const { feed, round } = swarm("ABCDEF");
    round();
    feed(giving);
    expect(round()).toMatch(/^A B \w\+$/);
  });

  test("is served by lot where nobody gives, so that the uplink does not idle", () => {
    const { round } = swarm("ABCDEF");
    expect(round()).toMatch(/^\w\+ \w\+$/);
  });

  test("gets a slot as long as it has nothing to give, whoever waited longest first", () => {
    const { byName, feed, round } = swarm("ABCDEF");
    byName("E").interesting = 0;
    byName("F").interesting = 0;
    byName("E").slot.unchokedAt = 1;
    feed(giving);
    expect(round()).toMatch(/^A B (?:[CDE]\+ F|F)(?: [CDE]\+)?$/);
  });
});

describe("slots", () => {
  test("four at least; one more for each peer whose rate earns it", () => {
    const { choker, feed, host } = swarm("ABCDEFGH");
    expect(choker.slots(host.clock.now)).toBe(4);
    feed(Object.fromEntries([..."ABCDEF"].map((name) => [name, { up: 100 }])), 60);
    expect(choker.slots(host.clock.now)).toBe(7);
  });

  test("many slow peers do not open more slots", () => {
    const { choker, feed, host } = swarm("ABCDEFGH");
    feed(Object.fromEntries([..."ABCDEFGH"].map((name) => [name, { up: 4 }])), 60);
    expect(choker.slots(host.clock.now)).toBe(4);
  });
});

describe("by lot", () => {
  test("the lot is drawn anew every round", () => {
    const { feed, round, byName } = swarm("ABCDEFGHIJ");
    const lots: string[] = [];
    feed({ A: { down: 9 }, B: { down: 8 }, C: { down: 7 } });
    for (let at = 0; at < 24; at++) {
      round();
      lots.push([..."ABCDEFGHIJ"].find((name) => byName(name).slot.optimistic) ?? "-");
      feed({ A: { down: 9 }, B: { down: 8 }, C: { down: 7 } });
    }
    expect(lots.filter((name, at) => name !== lots[at - 1]).length).toBeGreaterThan(12);
    expect(new Set(lots).size).toBeGreaterThan(5);
  });

  test("a newcomer is drawn about three times as often as the others", () => {
    let newcomers = 0;
    const draws = 400;
    for (let seed = 0; seed < draws; seed++) {
      const { host, join, feed, round, byName } = swarm("ABCD", { seed });
      host.clock.run(120_000);
      join("N");
      feed({ A: { down: 9 }, B: { down: 8 }, C: { down: 7 } }, 1);
      round();
      if (byName("N").slot.optimistic) newcomers++;
    }
    // N weighs 3, D 1.
    expect(newcomers / draws).toBeGreaterThan(0.68);
    expect(newcomers / draws).toBeLessThan(0.82);
  });
});

describe("who gave us more than it got", () => {
  test("is drawn about six times as often as the others", () => {
    let creditors = 0;
    const draws = 400;
    for (let seed = 0; seed < draws; seed++) {
      const { host, feed, round, byName } = swarm("ABCDE", { seed });
      host.clock.run(120_000);
      byName("E").asked.downCompared.add(1000);
      feed({ A: { down: 9 }, B: { down: 8 }, C: { down: 7 } }, 1);
      round();
      if (byName("E").slot.optimistic) creditors++;
    }
    // E weighs 6, D 1.
    expect(creditors / draws).toBeGreaterThan(0.78);
    expect(creditors / draws).toBeLessThan(0.93);
  });
});

describe("an uplink that stands idle", () => {
  const seconds = (choker: Choker, clock: { now: number; run(time: number): void }, count: number) => {
    for (let tick = 0; tick < count * 10; tick++) {
      clock.run(100);
      choker.handleTick(clock.now);
    }
  };

  test("is given to one more at a time, first to who gave us more than it got", () => {
    const { host, byName, choker, round, said, unchoked } = swarm("ABCDEFGH");
    for (const name of "ABCD") choker.handleInterested(byName(name));
    round();
    byName("H").asked.downCompared.add(1000);
    said.length = 0;
    seconds(choker, host.clock, 2);
    expect(said[0]).toBe("unchoke H");
    seconds(choker, host.clock, 3);
    expect(said.length).toBeGreaterThan(1);
    expect(unchoked().split(" ").length).toBeLessThanOrEqual(choker.slots(host.clock.now));
  });

  test("and to nobody while those who are served wait for blocks", () => {
    const { host, byName, choker, round, said } = swarm("ABCDEFGH");
    for (const name of "ABCD") choker.handleInterested(byName(name));
    round();
    said.length = 0;
    for (const name of "ABCDEFGH") byName(name).served.incoming.push({ piece: 0, begin: 0, length: 1 });
    seconds(choker, host.clock, 8);
    expect(said).toEqual([]);
  });
});

describe("while seeding: need", () => {
  const having = (count: number) => new Bitfield(8, Uint8Array.of((0xff00 >> count) & 0xff));

  test("of those that helped, who is furthest behind goes first, and saying less than we sent gains nothing", () => {
    const { byName, feed, round } = swarm("ABCDEF", { seeding: true });
    for (const [at, count] of [6, 5, 1, 2, 3, 0].entries()) {
      const peer = byName("ABCDEF"[at]!);
      peer.has = having(count);
      peer.asked.downCompared.add(1);
    }
    byName("F").served.up.add(7 * PIECE_LENGTH);
    for (let at = 0; at < 3; at++) {
      expect(round().replace(/ ?[ABF]\+ ?/, "")).toBe("C D E");
      feed({});
    }
  });

  test("who never gave us anything does not keep all slots by having nothing", () => {
    const { byName, feed, round } = swarm("ABCDEF", { seeding: true });
    for (const name of "ABC") byName(name).has = having(0);
    for (const name of "DEF") {
      byName(name).has = having(6);
      byName(name).asked.downCompared.add(1);
    }
    for (let at = 0; at < 3; at++) {
      expect(round()).toMatch(/D.* E/);
      feed({});
    }
  });
});

describe("while seeding: turns", () => {
  /** Enough for a turn's pieces in a turn's time, too little to earn more slots. */
  const turn = { up: (SEED_TURN_PIECES * PIECE_LENGTH) / SEED_TURN_TIME + 0.2 };

  test("everyone gets a turn, also those whom the lot never finds", () => {
    const { feed, round } = swarm("ABCDEFGHIJ", { seeding: true });
    // Rounds in a row without a slot, at most, by peer: ten peers in three slots of seven rounds wait for about 17.
    const waited = new Map<string, number>();
    let longest = 0;
    for (let at = 0; at < 120; at++) {
      const served = round().replaceAll("+", "").split(" ");
      for (const name of "ABCDEFGHIJ") {
        waited.set(name, served.includes(name) ? 0 : (waited.get(name) ?? 0) + 1);
        longest = Math.max(longest, waited.get(name)!);
      }
      feed(Object.fromEntries(served.map((name) => [name, turn])));
    }
    expect(longest).toBeLessThan(24);
  });

  test("who keeps the first copy to itself goes after everyone else", () => {
    const { hoarders, feed, round } = swarm("ABCDEF", { seeding: true });
    for (const name of "ABC") hoarders.add(name);
    round();
    feed({});
    expect(round()).toMatch(/^(?:[ABC]\+ )?D E F$/);
  });

  test("a slot that becomes free goes to who waited longest, not to who has just had it", () => {
    const { byName, feed, round } = swarm("ABCDEFGH", { seeding: true });
    const regular = () =>
      [..."ABCDEFGH"].filter((name) => !byName(name).slot.amChoking && !byName(name).slot.optimistic);
    const served = () => Object.fromEntries(regular().map((name) => [name, turn]));
    round();
    const first = regular();
    for (let at = 0; at < 7; at++) feed(served());
    round();
    const second = regular();
    expect(first).toHaveLength(3);
    expect(second).toHaveLength(3);
    expect(second.filter((name) => first.includes(name))).toEqual([]);
    // Those of the first turn still have a rate; the one that never had a turn has none.
    feed(served());
    // Two slots become free, and nobody is unchoked by lot who could take one.
    byName(second[0]!).said.peerInterested = false;
    for (const name of "ABCDEFGH") if (byName(name).slot.optimistic) byName(name).said.peerInterested = false;
    const never = [..."ABCDEFGH"].filter(
      (name) => byName(name).slot.unchokedAt === 0 && byName(name).said.peerInterested,
    );
    expect(never.length).toBeGreaterThan(0);
    round();
    const third = regular().filter((name) => !second.includes(name));
    expect(third).toHaveLength(1);
    expect(never).toContain(third[0]);
  });
});
