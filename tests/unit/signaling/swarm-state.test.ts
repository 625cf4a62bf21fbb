/**
 * Swarms are drawn as "infohash: seeds | leechers", and connections are names. Deliveries are drawn as "to ← what",
 * so that each test reads like a conversation.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrackerMessage } from "../../../app/engine/discovery/tracker-messages.ts";
import { defaultLimits } from "../../../signaling/constants.ts";
import type { Announce } from "../../../signaling/protocol.ts";
import { SwarmState } from "../../../signaling/swarm-state.ts";
import type { Outcome } from "../../../signaling/swarms.ts";

const id = (name: string) => name.padEnd(20, "_");
const name = (padded: string | undefined) => padded?.replace(/_+$/, "") ?? "";

/** A swarm state with short commands: peers are named as their connections unless said otherwise. */
function tracker(
  options: { limits?: Partial<typeof defaultLimits>; full?: Set<string>; random?: () => number } = {},
) {
  const state = new SwarmState<string>({
    limits: { ...defaultLimits, ...options.limits },
    random: options.random ?? (() => 0),
    acceptsOffers: (connection) => options.full?.has(connection) !== true,
  });
  let now = 0;
  const announce = (
    who: string,
    {
      as = who,
      in: hash = "film",
      seed = false,
      event = "update" as Announce["event"],
      key = null as string | null,
      offers = [] as string[],
    } = {},
  ) =>
    draw(
      state.handleAnnounce(
        who,
        {
          kind: "announce",
          infoHash: id(hash),
          peerId: id(as),
          seed: seed || event === "completed",
          event,
          key: key === null ? null : id(key),
          offers: offers.map((offer) => ({ offerId: id(offer), sdp: `sdp of ${offer}` })),
        },
        now,
      ),
    );
  const answer = (who: string, to: string, offer: string, as = who) =>
    draw(
      state.handleAnswer(
        who,
        {
          kind: "answer",
          infoHash: id("film"),
          peerId: id(as),
          toPeerId: id(to),
          offerId: id(offer),
          sdp: "yes",
        },
        now,
      ),
    );
  const signal = (who: string, to: string, offer: string, as = who) =>
    draw(
      state.handleSignal(
        who,
        {
          kind: "signal",
          infoHash: id("film"),
          peerId: id(as),
          toPeerId: id(to),
          offerId: id(offer),
          signal: `about ${offer}`,
        },
        now,
      ),
    );
  const scrape = (...hashes: string[]) =>
    draw(state.handleScrape("someone", { kind: "scrape", infoHashes: hashes.map(id) }));
  return {
    state,
    announce,
    answer,
    signal,
    scrape,
    leave: (who: string) => state.handleLeave(who, now),
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

function draw({ deliveries, contested }: Outcome<string>): string[] {
  const lines = deliveries.map(({ to, message }) => `${to} ← ${drawMessage(message)}`);
  return contested === undefined ? lines : [...lines, `is ${contested} alive?`];
}

function drawMessage(message: TrackerMessage): string {
  if ("failure reason" in message)
    return `no${message.offer_id ? ` to ${name(message.offer_id)}` : ""}: ${message["failure reason"]}`;
  if ("offer" in message) return `offer ${name(message.offer_id)} of ${name(message.peer_id)}`;
  if ("answer" in message) return `answer to ${name(message.offer_id)} by ${name(message.peer_id)}`;
  if ("files" in message) {
    return Object.entries(message.files)
      .map(
        ([hash, counts]) =>
          `${name(hash)}: ${counts.complete} | ${counts.incomplete}, done ${counts.downloaded}`,
      )
      .join("; ");
  }
  if ("signal" in message) return `signal of ${name(message.peer_id)}: ${message.signal}`;
  return `${name(message.info_hash)}: ${message.complete} | ${message.incomplete}`;
}

describe("who is in a swarm", () => {
  test("seeds and leechers are counted, and told in every reply", () => {
    const { announce } = tracker();
    expect(announce("anna", { event: "started", seed: true })).toEqual(["anna ← film: 1 | 0"]);
    expect(announce("bert", { event: "started" })).toEqual(["bert ← film: 1 | 1"]);
    expect(announce("cleo", { event: "started" })).toEqual(["cleo ← film: 1 | 2"]);
    expect(announce("dora", { event: "started", in: "song" })).toEqual(["dora ← song: 0 | 1"]);
  });

  test("a leecher that completes becomes a seed and counts as a download, once", () => {
    const { announce, scrape } = tracker();
    announce("anna", { event: "started" });
    expect(announce("anna", { event: "completed" })).toEqual(["anna ← film: 1 | 0"]);
    announce("anna", { event: "completed" });
    announce("bert", { event: "completed" });
    expect(scrape("film")).toEqual(["someone ← film: 2 | 0, done 1"]);
  });

  test("a seed that lost pieces is a leecher again", () => {
    const { announce } = tracker();
    announce("anna", { seed: true });
    announce("bert", { seed: true });
    expect(announce("anna")).toEqual(["anna ← film: 1 | 1"]);
  });

  test("who stops is gone, and may come back under another id", () => {
    const { announce, state } = tracker();
    announce("anna", { event: "started" });
    announce("bert", { event: "started" });
    expect(announce("anna", { event: "stopped" })).toEqual(["anna ← film: 0 | 1"]);
    expect(announce("anna", { as: "anna2" })).toEqual(["anna ← film: 0 | 2"]);
    expect(state.connectionCount).toBe(2);
  });

  test("a stop of a peer that never came changes nothing and opens no swarm", () => {
    const { announce, state } = tracker();
    expect(announce("anna", { event: "stopped" })).toEqual(["anna ← film: 0 | 0"]);
    expect(state.swarmCount).toBe(0);
    expect(state.connectionCount).toBe(0);
  });

  test("empty swarms are freed", () => {
    const { announce, leave, state } = tracker();
    announce("anna", { in: "film" });
    announce("anna", { in: "song" });
    announce("bert", { in: "song" });
    expect(state.swarmCount).toBe(2);
    leave("anna");
    expect(state.swarmCount).toBe(1);
    announce("bert", { in: "song", event: "stopped" });
    leave("bert");
    leave("nobody");
    expect([state.swarmCount, state.connectionCount]).toEqual([0, 0]);
  });

  test("a scrape tells only about what it names", () => {
    const { announce, scrape } = tracker();
    announce("anna", { in: "film", seed: true });
    announce("anna", { in: "song" });
    expect(scrape("film", "book")).toEqual(["someone ← film: 1 | 0, done 0; book: 0 | 0, done 0"]);
  });
});

describe("whose peer id it is", () => {
  test("nobody takes over another connection's peer id", () => {
    const { announce, answer } = tracker();
    announce("anna");
    announce("bert");
    const refusal = [
      "mallory ← no: this peer id belongs to another connection; try again soon",
      "is anna alive?",
    ];
    expect(announce("mallory", { as: "anna" })).toEqual(refusal);
    expect(announce("bert", { offers: ["o1"] })).toEqual(["bert ← film: 0 | 2", "anna ← offer o1 of bert"]);
    expect(answer("mallory", "bert", "o1", "anna")).toEqual([
      "mallory ← no to o1: announce this peer before answering",
    ]);
  });

  test("nobody stops another connection's peer", () => {
    const { announce } = tracker();
    announce("anna");
    expect(announce("mallory", { as: "anna", event: "stopped" })[0]).toMatch(
      /^mallory ← no: this peer id belongs/,
    );
    expect(announce("bert")).toEqual(["bert ← film: 0 | 2"]);
  });

  test("one connection is one peer of a swarm", () => {
    const { announce } = tracker();
    announce("anna");
    const refusal = ["anna ← no: this connection is in the swarm under another peer id"];
    expect(announce("anna", { as: "zoe" })).toEqual(refusal);
    expect(announce("anna", { as: "zoe", event: "stopped" })).toEqual(refusal);
  });

  test("an id is free again when its connection has ended", () => {
    const { announce, leave } = tracker();
    announce("old", { as: "anna" });
    leave("old");
    expect(announce("new", { as: "anna" })).toEqual(["new ← film: 0 | 1"]);
  });
});

describe("offers and answers", () => {
  test("each offer goes to a different other peer, and its answer back", () => {
    const { announce, answer } = tracker();
    announce("anna");
    announce("bert");
    expect(announce("cleo", { offers: ["o1", "o2", "o3"] })).toEqual([
      "cleo ← film: 0 | 3",
      "anna ← offer o1 of cleo",
      "bert ← offer o2 of cleo",
    ]);
    expect(answer("bert", "cleo", "o2")).toEqual(["cleo ← answer to o2 by bert"]);
    expect(answer("anna", "cleo", "o1")).toEqual(["cleo ← answer to o1 by anna"]);
  });

  test("an answer passes once, and only from the peer that was handed the offer", () => {
    const { announce, answer } = tracker();
    announce("anna");
    announce("bert");
    announce("cleo", { offers: ["o1"] });
    const refusal = "this offer was not handed to this peer, or was answered before";
    expect(answer("bert", "cleo", "o1")).toEqual([`bert ← no to o1: ${refusal}`]);
    expect(answer("anna", "bert", "o1")).toEqual([`anna ← no to o1: ${refusal}`]);
    expect(answer("anna", "cleo", "o9")).toEqual([`anna ← no to o9: ${refusal}`]);
    expect(answer("anna", "cleo", "o1")).toEqual(["cleo ← answer to o1 by anna"]);
    expect(answer("anna", "cleo", "o1")).toEqual([`anna ← no to o1: ${refusal}`]);
  });

  test("an answer does not reach someone who came back under the same id", () => {
    const { announce, answer, leave } = tracker();
    announce("anna");
    announce("cleo", { offers: ["o1"] });
    leave("cleo");
    announce("other", { as: "cleo" });
    expect(answer("anna", "cleo", "o1")).toEqual(["anna ← no to o1: the peer that made this offer has left"]);
  });

  test("an offer can be answered for as long as it lives", () => {
    const { announce, answer, wait } = tracker({ limits: { offerLifetime: 100 } });
    announce("anna");
    announce("cleo", { offers: ["o1"] });
    wait(99);
    announce("cleo", { offers: ["o2"] });
    wait(1);
    expect(answer("anna", "cleo", "o1")).toEqual(["anna ← no to o1: this offer is too old to be answered"]);
    expect(answer("anna", "cleo", "o2")).toEqual(["cleo ← answer to o2 by anna"]);
  });

  test("seeds are introduced to leechers only, leechers to everyone", () => {
    const { announce } = tracker();
    announce("seed1", { seed: true });
    announce("leecher");
    expect(announce("seed2", { seed: true, offers: ["o1", "o2"] })).toEqual([
      "seed2 ← film: 2 | 1",
      "leecher ← offer o1 of seed2",
    ]);
    expect(
      announce("leecher", { offers: ["o3", "o4"] })
        .slice(1)
        .sort(),
    ).toEqual(["seed1 ← offer o3 of leecher", "seed2 ← offer o4 of leecher"]);
  });

  test("who has too much waiting gets no offers", () => {
    const full = new Set(["anna"]);
    const { announce } = tracker({ full });
    announce("anna");
    announce("bert");
    expect(announce("cleo", { offers: ["o1", "o2"] })).toEqual([
      "cleo ← film: 0 | 3",
      "bert ← offer o1 of cleo",
    ]);
  });

  test("nobody is handed more offers than a minute allows", () => {
    const { announce, wait } = tracker({ limits: { offersPerMinute: 2 } });
    announce("anna");
    const count = () =>
      announce("bert", { offers: ["o1"] }).filter((line) => line.startsWith("anna ←")).length;
    expect([count(), count(), count()]).toEqual([1, 1, 0]);
    wait(30_000);
    expect([count(), count()]).toEqual([1, 0]);
  });

  test("a peer that stops is handed nothing more, and its own offers go nowhere", () => {
    const { announce } = tracker();
    announce("anna");
    announce("bert");
    expect(announce("bert", { event: "stopped", offers: ["o1"] })).toEqual(["bert ← film: 0 | 1"]);
    expect(announce("anna", { offers: ["o2"] })).toEqual(["anna ← film: 0 | 1"]);
  });

  test("whoever leaves, offers reach exactly those that stayed", () => {
    const everyone = ["anna", "bert", "cleo", "dora"];
    for (const gone of everyone) {
      for (const seeds of [[], everyone]) {
        const { announce, leave } = tracker();
        for (const peer of everyone) announce(peer, { seed: seeds.includes(peer) });
        leave(gone);
        const lines = announce("emil", { offers: ["o", "o", "o", "o"] }).slice(1);
        const stayed = everyone.filter((peer) => peer !== gone);
        expect(lines.sort()).toEqual(stayed.map((peer) => `${peer} ← offer o of emil`));
      }
    }
  });

  test("over many announces everyone is drawn about as often", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const { announce } = tracker({ random, limits: { offersPerMinute: 1e9 } });
    const peers = Array.from({ length: 100 }, (_, index) => `peer${index}`);
    for (const peer of peers) announce(peer);
    const counts = new Map<string, number>();
    for (let round = 0; round < 2000; round++) {
      const lines = announce("anna", { offers: ["o1", "o2", "o3", "o4", "o5"] }).slice(1);
      expect(new Set(lines).size).toBe(5);
      for (const line of lines) {
        const peer = line.split(" ")[0] ?? "";
        counts.set(peer, (counts.get(peer) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(100);
    // Expected 100 each; 5 standard deviations are 50.
    expect(Math.min(...counts.values())).toBeGreaterThan(50);
    expect(Math.max(...counts.values())).toBeLessThan(150);
  });
});

test("whatever happens, counts stay true and nothing is left when all have gone", () => {
  const who = fc.constantFrom("anna", "bert", "cleo");
  const hash = fc.constantFrom("film", "song");
  const step = fc.oneof(
    fc.record({ do: fc.constant("leave" as const), who }),
    fc.record({
      do: fc.constant("announce" as const),
      who,
      as: who,
      in: hash,
      seed: fc.boolean(),
      event: fc.constantFrom<Announce["event"]>("started", "stopped", "completed", "update"),
      offers: fc.subarray(["o1", "o2"]),
    }),
    fc.record({ do: fc.constant("answer" as const), who, to: who, offer: fc.constantFrom("o1", "o2") }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { state, announce, answer, leave, scrape } = tracker();
      /** The plainest model there is: swarm → peer id → [connection, seed]. */
      const model = new Map<string, Map<string, [string, boolean]>>([
        ["film", new Map()],
        ["song", new Map()],
      ]);
      for (const action of steps) {
        if (action.do === "leave") {
          leave(action.who);
          for (const peers of model.values()) {
            for (const [peer, [connection]] of peers) if (connection === action.who) peers.delete(peer);
          }
        } else if (action.do === "answer") {
          answer(action.who, action.to, action.offer);
        } else {
          announce(action.who, action);
          const peers = model.get(action.in)!;
          const owner = peers.get(action.as)?.[0];
          const own = [...peers].find(([, [connection]]) => connection === action.who)?.[0];
          const mayAct = owner === undefined ? own === undefined : owner === action.who;
          if (mayAct && action.event === "stopped") peers.delete(action.as);
          else if (mayAct) peers.set(action.as, [action.who, action.seed || action.event === "completed"]);
        }
        for (const [swarm, peers] of model) {
          const seeds = [...peers.values()].filter(([, seed]) => seed).length;
          expect(scrape(swarm)[0]).toContain(`${swarm}: ${seeds} | ${peers.size - seeds},`);
        }
      }
      for (const connection of ["anna", "bert", "cleo"]) leave(connection);
      expect([state.swarmCount, state.connectionCount]).toEqual([0, 0]);
    }),
  );
});

describe("signals", () => {
  /** Anna offers to Bert, who answers. */
  function introduced() {
    const t = tracker();
    t.announce("bert", { key: "key of bert" });
    t.announce("anna", { offers: ["one"], key: "key of anna" });
    t.answer("bert", "anna", "one");
    return t;
  }

  test("pass between the two ends of an answered offer, both ways", () => {
    const { signal } = introduced();
    expect(signal("anna", "bert", "one")).toEqual(["bert ← signal of anna: about one"]);
    expect(signal("bert", "anna", "one")).toEqual(["anna ← signal of bert: about one"]);
  });

  test("do not pass before the answer, nor about another offer, nor to or from anybody else", () => {
    const { announce, signal, answer } = tracker();
    announce("bert");
    announce("cleo");
    announce("anna", { offers: ["one", "two"] });
    const refused = (who: string) => [`${who} ← no: no answered offer leads to this peer`];
    expect(signal("anna", "bert", "one")).toEqual(refused("anna"));
    expect(signal("bert", "anna", "one")).toEqual(refused("bert"));
    answer("bert", "anna", "one");
    expect(signal("anna", "bert", "two")).toEqual(refused("anna"));
    expect(signal("anna", "cleo", "one")).toEqual(refused("anna"));
    expect(signal("cleo", "anna", "one")).toEqual(refused("cleo"));
    expect(signal("cleo", "bert", "one")).toEqual(refused("cleo"));
    expect(signal("cleo", "anna", "one", "bert")).toEqual(["cleo ← no: announce this peer before signaling"]);
    expect(signal("dora", "anna", "one")).toEqual(["dora ← no: announce this peer before signaling"]);
  });

  test("are limited for each pair, and more pass as time does", () => {
    const { signal, wait } = introduced();
    const burst = Array.from({ length: defaultLimits.signalBurst + 1 }, () => signal("anna", "bert", "one"));
    expect(burst.at(-2)).toEqual(["bert ← signal of anna: about one"]);
    expect(burst.at(-1)).toEqual(["anna ← no: too many signals to this peer"]);
    expect(signal("bert", "anna", "one")).toEqual(["anna ← signal of bert: about one"]);
    wait(1000 / defaultLimits.signalsPerSecond);
    expect(signal("anna", "bert", "one")).toEqual(["bert ← signal of anna: about one"]);
  });

  test("do not pass to a peer that said goodbye, not even when its id comes back", () => {
    const { announce, signal } = introduced();
    announce("bert", { event: "stopped" });
    expect(signal("anna", "bert", "one")).toEqual(["anna ← no: no answered offer leads to this peer"]);
    announce("bert", { key: "key of bert" });
    expect(signal("anna", "bert", "one")).toEqual(["anna ← no: no answered offer leads to this peer"]);
  });

  test("a peer keeps so many ways only, the latest", () => {
    const { announce, answer, signal } = tracker({ limits: { routesPerPeer: 1 } });
    announce("bert");
    announce("anna", { offers: ["one"] });
    answer("bert", "anna", "one");
    announce("anna", { offers: ["two"] });
    answer("bert", "anna", "two");
    expect(signal("anna", "bert", "one")).toEqual(["anna ← no: no answered offer leads to this peer"]);
    expect(signal("anna", "bert", "two")).toEqual(["bert ← signal of anna: about two"]);
  });

  describe("after a connection broke off", () => {
    test("pass again once the peer is back with its key, on whichever connection", () => {
      const { announce, leave, signal } = introduced();
      leave("bert");
      expect(signal("anna", "bert", "one")).toEqual(["anna ← no: the peer has left"]);
      announce("bert's new socket", { as: "bert", key: "key of bert" });
      expect(signal("anna", "bert", "one")).toEqual(["bert's new socket ← signal of anna: about one"]);
      expect(signal("bert's new socket", "anna", "one", "bert")).toEqual([
        "anna ← signal of bert: about one",
      ]);
    });

    test("never pass to somebody who only knows its id", () => {
      const { announce, leave, signal } = introduced();
      leave("bert");
      announce("mallory", { as: "bert", key: "guess" });
      expect(signal("anna", "bert", "one")).toEqual(["anna ← no: the peer has left"]);
      expect(signal("mallory", "anna", "one", "bert")).toEqual([
        "mallory ← no: no answered offer leads to this peer",
      ]);
    });

    test("are forgotten when the peer stays away", () => {
      const { announce, leave, signal, wait } = introduced();
      leave("bert");
      wait(defaultLimits.absence);
      announce("bert", { key: "key of bert" });
      expect(signal("anna", "bert", "one")).toEqual(["anna ← no: no answered offer leads to this peer"]);
    });
  });
});

describe("the same peer on another connection", () => {
  test("takes its place over with its key, while the old connection still seems to live", () => {
    const { announce, answer, leave } = tracker();
    announce("bert", { key: "secret" });
    announce("anna", { offers: ["one"] });
    expect(announce("bert's new socket", { as: "bert", key: "secret" })).toEqual([
      "bert's new socket ← film: 0 | 2",
    ]);
    expect(answer("bert's new socket", "anna", "one", "bert")).toEqual(["anna ← answer to one by bert"]);
    leave("bert");
    expect(announce("anna")).toEqual(["anna ← film: 0 | 2"]);
  });

  test.each([
    ["another key", "secret", "guess"],
    ["no key", "secret", null],
    ["no key on either", null, null],
  ])("does not with %s", (_, key, claimed) => {
    const { announce } = tracker();
    announce("bert", { key });
    expect(announce("mallory", { as: "bert", key: claimed })).toEqual([
      "mallory ← no: this peer id belongs to another connection; try again soon",
      "is bert alive?",
    ]);
  });
});
