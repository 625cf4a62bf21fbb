/**
 * Introductions of two peers, A (with the lower id) and B. Their messages come in every order that a tracker allows.
 * Connections are drawn as "A1", which is the first one of A.
 */
import { describe, expect, test } from "vitest";
import {
  ANSWER_PATIENCE,
  OFFER_LIFETIME,
  OFFER_PATIENCE,
  OFFERS_PER_ANNOUNCE,
} from "../../../app/engine/discovery/constants.ts";
import type { Introducer } from "../../../app/engine/discovery/introducer.ts";
import { Introductions } from "../../../app/engine/discovery/introductions.ts";
import { SignalPaths } from "../../../app/engine/discovery/signal-paths.ts";
import type { LinkEnd, LinkId, OtherEnd } from "../../../app/engine/link.ts";
import { quietHost } from "../swarm/test-peers.ts";

/** A Shoal peer's id, unless a whole one is given. */
const id = (name: string) => (name.startsWith("-") ? name : `-SH0100-${name}`).padEnd(20, "_");
/** Links that a torrent may have here. */
const MOST = 50;
const HASH = "hash".padEnd(20, "_");

/** One peer's introductions, with what it said to its host and its tracker. */
function node(name: string) {
  const host = quietHost(name.charCodeAt(0));
  const said: string[] = [];
  const gone: LinkId[] = [];
  const asked: string[] = [];
  const answers: { to: string; offerId: string; link: LinkId }[] = [];
  const linked = new Set<string>();
  const doubtful = new Set<string>();
  const banned = new Set<string>();
  const paths = new SignalPaths();
  let last = 0;
  host.createOffer = (link, _, torrent) => {
    expect(torrent).toBe(`torrent of ${name}`);
    said.push(`offer ${name}${link}`);
  };
  const kind = ({ trickle, shoal }: OtherEnd) => (trickle ? " trickling" : shoal ? "" : " of a stranger");
  host.createAnswer = (link, _, other, torrent) => {
    expect(torrent).toBe(`torrent of ${name}`);
    said.push(`answer ${name}${link}${kind(other)}`);
  };
  host.acceptAnswer = (link, _, other) => said.push(`accept ${name}${link}${kind(other)}`);
  host.closeLink = (link, reason: LinkEnd) => said.push(`close ${name}${link} ${reason}`);
  const introductions = new Introductions({
    host,
    id: `torrent of ${name}`,
    ownId: id(name),
    newLink: () => ++last,
    handleMet: () => {},
    handleLinkGone: (link) => gone.push(link),
    makeRoom: (newcomer, links) => {
      asked.push(newcomer);
      return links < MOST;
    },
    accepts: () => true,
    dropDoubtful: (peerId) => {
      if (doubtful.has(peerId)) linked.delete(peerId);
    },
    isLinked: (peerId) => linked.has(peerId),
    get linkCount() {
      return linked.size;
    },
    isBanned: (peerId) => banned.has(peerId),
    paths,
  });
  const tracker = (url: string): Introducer => ({
    id: url,
    passesSignals: url === "wss://own",
    sendAnswer: ({ peerId, offerId, sdp }) => {
      answers.push({ to: peerId, offerId, link: Number(sdp) });
      return url !== "wss://gone";
    },
    sendSignal: () => {},
  });
  return {
    name,
    host,
    said,
    gone,
    asked,
    answers,
    linked,
    doubtful,
    banned,
    paths,
    introductions,
    tracker,
    /** Offers made and gathered: those that an announce carries. */
    announce: () => {
      introductions.prepare();
      for (let link = 1; link <= last; link++) introductions.handleOffer(link, `offer ${link}`);
      return introductions.offers();
    },
    offered: (from: string, offerId: string, url = "wss://t") =>
      introductions.handleRemoteOffer(tracker(url), {
        infoHash: HASH,
        peerId: id(from),
        offerId,
        sdp: "sdp",
      }),
    answered: (from: string, offerId: string, url = "wss://t") =>
      introductions.handleRemoteAnswer(tracker(url), {
        infoHash: HASH,
        peerId: id(from),
        offerId,
        sdp: "sdp",
      }),
  };
}

type Node = ReturnType<typeof node>;

describe("when both peers are handed each other's offers", () => {
  /**
   * Plays the messages in the order drawn: "aB" is A's offer reaching B, "bA" B's reaching A, "B>A" B's answer (if it
   * gave one) reaching A, "A>B" A's reaching B. Returns the links that both sides are making, by what joins them.
   */
  function play(order: readonly string[]): { joined: string[]; a: Node; b: Node } {
    const a = node("A");
    const b = node("B");
    const offerA = a.announce()[0]!.offer_id;
    const offerB = b.announce()[0]!.offer_id;
    const answer = (from: Node, to: Node, offer: string) => {
      // The answer is gathered before it is sent, and sent only by a dial that is still alive.
      const dial = from.introductions.dialing.find((each) => !each.initiator);
      if (dial !== undefined) from.introductions.handleAnswer(dial.link, String(dial.link));
      if (from.answers.length > 0) to.answered(from.name, offer);
    };
    for (const message of order) {
      if (message === "aB") b.offered("A", offerA);
      if (message === "bA") a.offered("B", offerB);
      if (message === "B>A") answer(b, a, offerA);
      if (message === "A>B") answer(a, b, offerB);
    }
    const joined: string[] = [];
    const [dialA, dialB] = [a.introductions.dialing, b.introductions.dialing];
    expect(dialA.length).toBeLessThanOrEqual(1);
    expect(dialB.length).toBeLessThanOrEqual(1);
    // A link comes about when one side offers and the other answers that very offer.
    if (dialA[0] !== undefined && dialB[0] !== undefined && dialA[0].initiator !== dialB[0].initiator)
      joined.push(dialA[0].initiator ? "A's offer" : "B's offer");
    return { joined, a, b };
  }

  const orders = permutations(["aB", "bA", "B>A", "A>B"]).filter(
    (order) => order.indexOf("aB") < order.indexOf("B>A") && order.indexOf("bA") < order.indexOf("A>B"),
  );

  test.each(orders)("%s, %s, %s, %s: one link, and the same on both sides", (...order) => {
    const { joined } = play(order);
    expect(joined).toHaveLength(1);
  });

  test("answers that cross: the lower id's offer wins, and the other attempt is closed and forgotten", () => {
    const { joined, a, b } = play(["aB", "bA", "A>B", "B>A"]);
    expect(joined).toEqual(["A's offer"]);
    expect(a.said).toContain("close A6 duplicate");
    expect(a.gone).toEqual([6]);
    expect(b.said.filter((line) => line.startsWith("accept"))).toEqual([]);
  });
});

describe("offers", () => {
  test("as many as an announce carries, and no more while they wait", () => {
    const a = node("A");
    expect(a.announce()).toHaveLength(OFFERS_PER_ANNOUNCE);
    expect(a.announce()).toHaveLength(OFFERS_PER_ANNOUNCE);
    expect(a.said).toHaveLength(OFFERS_PER_ANNOUNCE);
  });

  test("every offer has an id of its own", () => {
    const ids = node("A")
      .announce()
      .map((offer) => offer.offer_id);
    expect(new Set(ids).size).toBe(OFFERS_PER_ANNOUNCE);
    for (const each of ids) expect(each).toHaveLength(20);
  });

  test("an announce waits for gathering, but not for ever", () => {
    const { introductions, host } = node("A");
    introductions.prepare();
    expect(introductions.isReady(host.now())).toBe(false);
    expect(introductions.offers()).toEqual([]);
    expect(introductions.isReady(OFFER_PATIENCE)).toBe(true);
    for (let link = 1; link <= OFFERS_PER_ANNOUNCE; link++) introductions.handleOffer(link, "sdp");
    expect(introductions.isReady(1)).toBe(true);
  });

  test("unanswered ones end with their time, are forgotten, and make room for new ones", () => {
    const { introductions, announce, gone, said } = node("A");
    announce();
    introductions.handleTick(OFFER_LIFETIME - 1);
    expect(gone).toEqual([]);
    introductions.handleTick(OFFER_LIFETIME);
    expect(gone).toEqual([1, 2, 3, 4, 5]);
    expect(introductions.offers()).toEqual([]);
    said.length = 0;
    announce();
    expect(said).toEqual(["offer A6", "offer A7", "offer A8", "offer A9", "offer A10"]);
  });

  test("an answered one is no longer offered, nor ended with the others", () => {
    const { introductions, announce, answered, said } = node("A");
    const [first] = announce();
    answered("B", first!.offer_id);
    expect(said.at(-1)).toBe("accept A1");
    expect(introductions.offers().map((offer) => offer.offer_id)).not.toContain(first!.offer_id);
    introductions.handleTick(OFFER_LIFETIME);
    expect(introductions.dialing.map((dial) => dial.link)).toEqual([1]);
  });

  test("one that could not be gathered is not announced, nor waited for", () => {
    const { introductions } = node("A");
    introductions.prepare();
    introductions.handleClosed(1);
    for (let link = 2; link <= 5; link++) introductions.handleOffer(link, "sdp");
    expect(introductions.isReady(0)).toBe(true);
    expect(introductions.offers()).toHaveLength(4);
    expect(introductions.size).toBe(4);
  });

  test("those made on another network are dropped, and the dials under way are not", () => {
    const { introductions, announce, answered, gone } = node("A");
    const [first] = announce();
    answered("B", first!.offer_id);
    introductions.dropOffers();
    expect(gone).toEqual([2, 3, 4, 5]);
    expect(introductions.offers()).toEqual([]);
    expect(introductions.dialing.map(({ link }) => link)).toEqual([1]);
  });

  test("a second answer to the same offer changes nothing", () => {
    const { announce, answered, said } = node("A");
    const [first] = announce();
    answered("B", first!.offer_id);
    answered("C", first!.offer_id);
    expect(said.filter((line) => line.startsWith("accept"))).toEqual(["accept A1"]);
  });

  test("none is made beyond the links that a torrent may have", () => {
    const { introductions, linked, said } = node("A");
    for (let at = 0; at < MOST - 2; at++) linked.add(id(`P${at}`));
    introductions.prepare();
    expect(said).toHaveLength(2);
  });

  test("that waited longest go first where there is no room", () => {
    const { introductions, announce, gone } = node("A");
    announce();
    introductions.dropOldestOffer();
    introductions.dropOldestOffer();
    expect(gone).toEqual([1, 2]);
    expect([introductions.offers().length, introductions.size]).toEqual([3, 3]);
    introductions.dropOffers();
    expect(introductions.dropOldestOffer()).toBe(false);
  });

  test("room is asked for as an offer or as a peer, and for nobody who is not dialled", () => {
    const { announce, offered, linked, asked } = node("A");
    announce();
    linked.add(id("L"));
    offered("L", "offer of L");
    offered("B", "offer of B");
    expect(asked).toEqual([...Array(OFFERS_PER_ANNOUNCE).fill("offer"), "peer"]);
  });
});

describe("an answer that reached nobody", () => {
  test("ends its connection at once, so that the next offer of the same peer is answered", () => {
    const { introductions, tracker, offered, said, gone } = node("A");
    offered("B", "before");
    introductions.handleAnswer(1, "sdp");
    offered("B", "after");
    expect(said, "not while another is under way").toEqual(["answer A1"]);
    introductions.handleUndelivered(tracker("wss://t"), "before");
    expect([said.at(-1), gone]).toEqual(["close A1 not-needed", [1]]);
    offered("B", "after");
    expect(said.at(-1)).toBe("answer A2");
  });

  test("nor one that could not even be sent", () => {
    const { introductions, offered, said, gone } = node("A");
    offered("B", "before", "wss://gone");
    introductions.handleAnswer(1, "1");
    expect([said.at(-1), gone]).toEqual(["close A1 not-needed", [1]]);
    offered("B", "after");
    expect(said.at(-1)).toBe("answer A2");
  });

  test("says nothing of other offers, other trackers, our own offers, or open links", () => {
    const { introductions, tracker, announce, offered, said } = node("A");
    const [own] = announce();
    offered("B", "theirs");
    offered("C", "open");
    introductions.takeOpened(7);
    said.length = 0;
    introductions.handleUndelivered(tracker("wss://t"), "another");
    introductions.handleUndelivered(tracker("wss://other"), "theirs");
    introductions.handleUndelivered(tracker("wss://t"), own!.offer_id);
    introductions.handleUndelivered(tracker("wss://t"), "open");
    expect(said).toEqual([]);
  });
});

describe("a peer that begins anew while it is being met", () => {
  test("has its new offer answered once it had time to get the first answer", () => {
    const { host, offered, said } = node("A");
    let now = 0;
    host.now = () => now;
    offered("B", "first");
    now = ANSWER_PATIENCE - 1;
    offered("B", "second");
    expect(said).toEqual(["answer A1"]);
    now = ANSWER_PATIENCE;
    offered("B", "third");
    expect(said).toEqual(["answer A1", "close A1 not-needed", "answer A2"]);
  });

  test("is not taken to do so when the offer being answered comes again, as by another tracker", () => {
    const { host, offered, said } = node("A");
    let now = 0;
    host.now = () => now;
    offered("B", "same");
    now = 10 * ANSWER_PATIENCE;
    offered("B", "same", "wss://own");
    expect(said).toEqual(["answer A1"]);
  });

  test("has its second answer taken, and the first is given up", () => {
    const { announce, answered, said, introductions } = node("A");
    const [first, second] = announce();
    answered("B", first!.offer_id);
    answered("B", second!.offer_id);
    expect(said.slice(-3)).toEqual(["accept A1", "close A1 not-needed", "accept A2"]);
    expect(introductions.dialing.map(({ link }) => link)).toEqual([2]);
  });

  test("waits for the first to end if it is no Shoal peer, which may offer and answer more than once", () => {
    const { host, announce, offered, answered, said } = node("A");
    let now = 0;
    host.now = () => now;
    offered("-WW0100-B", "first");
    now = 10 * ANSWER_PATIENCE;
    offered("-WW0100-B", "second");
    const [first, second] = announce();
    answered("-WW0100-C", first!.offer_id);
    answered("-WW0100-C", second!.offer_id);
    expect(said.filter((line) => !line.startsWith("offer"))).toEqual([
      "answer A1 of a stranger",
      "accept A2 of a stranger",
    ]);
  });
});

describe("who is not dialled", () => {
  test("ourselves, whom we are linked with, whom we dial already, and whom we banned", () => {
    const a = node("A");
    a.linked.add(id("L"));
    a.banned.add(id("X"));
    for (const name of ["A", "L", "X", "B", "B"]) a.offered(name, `offer of ${name}`);
    expect(a.said).toEqual(["answer A1"]);
    expect(a.introductions.dialing.map((dial) => dial.peerId)).toEqual([id("B")]);
  });

  test("but one who comes anew while its link shows no life is", () => {
    const a = node("A");
    const [first] = a.announce();
    for (const name of ["D", "E"]) {
      a.linked.add(id(name));
      a.doubtful.add(id(name));
    }
    a.offered("D", "offer of D");
    a.answered("E", first!.offer_id);
    expect(a.said.slice(-2)).toEqual(["answer A6", "accept A1"]);
  });

  test("an answer by one of them is ignored", () => {
    const a = node("A");
    const [first] = a.announce();
    a.banned.add(id("X"));
    a.linked.add(id("L"));
    for (const name of ["X", "L", "A"]) a.answered(name, first!.offer_id);
    expect(a.said.filter((line) => line.startsWith("accept"))).toEqual([]);
  });

  test("anyone, once there are as many links as may be", () => {
    const a = node("A");
    for (let at = 0; at < MOST; at++) a.linked.add(id(`P${at}`));
    a.offered("B", "offer");
    expect(a.said).toEqual([]);
  });
});

describe("what follows a description", () => {
  const STRANGER = "-WW0300-S";

  test.each([
    ["a Shoal peer, our tracker", "B", "wss://own", " trickling"],
    ["a Shoal peer, another tracker", "B", "wss://other", ""],
    ["another client, our tracker", STRANGER, "wss://own", " of a stranger"],
    ["another client, another tracker", STRANGER, "wss://other", " of a stranger"],
  ])("%s", (_, from, tracker, kind) => {
    const a = node("A");
    const [first] = a.announce();
    a.offered(from, "their offer", tracker);
    expect(a.said.at(-1)).toBe(`answer A6${kind}`);
    const b = node("B");
    const [own] = b.announce();
    b.answered(from === "B" ? "A" : from, own!.offer_id, tracker);
    expect(b.said.at(-1)).toBe(`accept B1${kind}`);
    expect(first!.offer_id).toHaveLength(20);
    expect([a.paths.of(6) !== null, b.paths.of(1) !== null]).toEqual(Array(2).fill(kind === " trickling"));
  });

  test("a path leads to the link it belongs to, and no other; it ends with a failed connection", () => {
    const a = node("A");
    a.offered("B", "offer of B", "wss://own");
    a.offered("C", "offer of C", "wss://own");
    const from = (name: string) => ({ peerId: id(name), offerId: `offer of ${name}` });
    expect([
      a.paths.linkOf(a.tracker("wss://own"), from("B")),
      a.paths.linkOf(a.tracker("wss://own"), from("C")),
    ]).toEqual([1, 2]);
    expect(a.paths.linkOf(a.tracker("wss://other"), from("B"))).toBeNull();
    expect(a.paths.linkOf(a.tracker("wss://own"), { ...from("B"), peerId: id("C") })).toBeNull();
    a.introductions.handleClosed(1);
    expect(a.paths.of(1)).toBeNull();
    a.introductions.takeOpened(2);
    expect(a.paths.of(2)).toMatchObject({ introducer: { id: "wss://own" }, peerId: id("C") });
    a.introductions.stop();
    expect(a.paths.of(2)).not.toBeNull();
  });

  test("an offer of which more was gathered later is announced with that", () => {
    const a = node("A");
    a.announce();
    a.introductions.handleOffer(1, "all of it");
    expect(a.introductions.offers()[0]!.offer.sdp).toBe("all of it");
  });
});

test("stopping closes everything that is on its way, and forgets it", () => {
  const a = node("A");
  const [first] = a.announce();
  a.answered("B", first!.offer_id);
  a.offered("C", "offer");
  a.said.length = 0;
  a.introductions.stop();
  expect(a.said).toHaveLength(6);
  expect(a.gone.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(a.introductions.dialing).toEqual([]);
  expect(a.introductions.offers()).toEqual([]);
  expect(a.introductions.takeOpened(1)).toBeNull();
});

function permutations<Each>(items: readonly Each[]): Each[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}
