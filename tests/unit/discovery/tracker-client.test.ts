/** A tracker client. Each message that it sends to its tracker is drawn like "started left 10 offers 5". */
import { describe, expect, test } from "vitest";
import {
  type AnnouncedTorrent,
  type Others,
  Urgency,
} from "../../../app/engine/discovery/announced-swarm.ts";
import {
  ANNOUNCE_BURST,
  ANNOUNCE_INTERVAL_MIN,
  ANNOUNCE_RATE_MAX,
  OFFER_PATIENCE,
  OFFERS_PER_ANNOUNCE,
  SERVER_RETRY_MAX,
  STARVED_ANNOUNCE,
  TRACKER_PATIENCE,
  TRACKER_RETRY_FIRST,
  TRACKER_RETRY_MAX,
} from "../../../app/engine/discovery/constants.ts";
import { Introductions } from "../../../app/engine/discovery/introductions.ts";
import { SignalPaths } from "../../../app/engine/discovery/signal-paths.ts";
import { TrackerClient } from "../../../app/engine/discovery/tracker-client.ts";
import { quietHost } from "../swarm/test-peers.ts";

const URL = "wss://tracker.example/";
const id = (name: string) => name.padEnd(20, "_");

function world(seed = 1, url = URL, longestPause?: number) {
  const host = quietHost(seed);
  const sent: string[] = [];
  const opened: number[] = [];
  const keys = new Set<string>();
  let closed = 0;
  host.openTracker = () => opened.push(host.clock.now);
  host.closeTracker = () => closed++;
  host.sendTracker = (_, text) => {
    const { action, info_hash, event, left, offers, answer, to_peer_id, key, signal } = JSON.parse(text);
    const hash = info_hash.replace(/_+$/, "");
    if (key !== undefined) keys.add(key);
    if (action === "signal") {
      sent.push(`${hash}: signal to ${to_peer_id.replace(/_+$/, "")}: ${signal}`);
      return;
    }
    if (answer !== undefined) sent.push(`${hash}: answer to ${to_peer_id.replace(/_+$/, "")}`);
    else
      sent.push(
        `${hash}: ${event ?? "update"} left ${left}${offers === undefined ? "" : ` offers ${offers.length}`}`,
      );
  };
  const client = new TrackerClient(host, url, id("me"), new Uint8Array(32), longestPause);
  let links = 0;
  const torrent = () => {
    const introductions = new Introductions({
      host,
      id: "torrent",
      ownId: id("me"),
      newLink: () => ++links,
      handleMet: () => {},
      handleLinkGone: () => {},
      makeRoom: () => true,
      accepts: () => true,
      dropDoubtful: () => {},
      isLinked: () => false,
      linkCount: 0,
      isBanned: () => false,
      paths: new SignalPaths(),
    });
    host.createOffer = (link) => host.clock.after(10, () => introductions.handleOffer(link, "sdp"));
    const state = {
      introductions,
      uploaded: 0,
      downloaded: 0,
      left: 10,
      urgency: Urgency.idle as Urgency,
      wants: true,
      wantsLinks: (others: Others | null) => state.wants && (others !== null || state.left > 0),
      lacks: true,
      lacksLinks: () => state.lacks,
      newcomers: 0,
      handleNewcomers: () => state.newcomers++,
      signals: [] as string[],
      handleRemoteSignal: (_: unknown, { signal }: { signal: string }) => state.signals.push(signal),
    };
    return state satisfies AnnouncedTorrent;
  };
  const tick = () => {
    client.handleTick(host.clock.now);
    host.clock.after(100, tick);
  };
  tick();
  return {
    host,
    client,
    torrent,
    opened,
    keys,
    /** What was sent since last asked. */
    sent: () => sent.splice(0),
    get closed() {
      return closed;
    },
    open: () => client.handleOpened(),
    run: (milliseconds: number) => host.clock.run(milliseconds),
    reply: (hash: string, more: object = { interval: 120, complete: 1, incomplete: 1 }) =>
      client.handleMessage(JSON.stringify({ action: "announce", info_hash: id(hash), ...more })),
  };
}

describe("announcing", () => {
  test("the socket opens when there is something to announce; offers are waited for", () => {
    const w = world();
    w.run(1000);
    expect(w.opened).toEqual([]);
    w.client.add(id("film"), w.torrent());
    w.host.createOffer = () => {};
    w.run(200);
    expect(w.opened).toHaveLength(1);
    w.open();
    expect(w.sent()).toEqual([]);
    w.run(OFFER_PATIENCE);
    expect(w.sent()).toEqual(["film: started left 10 offers 0"]);
  });

  test("again at the tracker's interval, without an event; a shorter one than allowed is not heeded", () => {
    const w = world();
    const torrent = w.torrent();
    w.client.add(id("film"), torrent);
    w.open();
    w.run(300);
    torrent.wants = false;
    w.reply("film", { interval: 1, complete: 0, incomplete: 1 });
    w.sent();
    w.run(ANNOUNCE_INTERVAL_MIN * 1000 - 500);
    expect(w.sent()).toEqual([]);
    w.run(1000);
    expect(w.sent()).toEqual([`film: update left 10 offers ${OFFERS_PER_ANNOUNCE}`]);
  });

  test("sooner while links are lacking, ever less often, up to the interval", () => {
    const w = world();
    w.client.add(id("film"), w.torrent());
    w.open();
    w.run(200);
    const times: number[] = [];
    for (let at = 0; at < 3000; at++) {
      if (w.sent().length > 0) {
        times.push(w.host.clock.now);
        w.reply("film");
      }
      w.run(100);
    }
    const gaps = times.slice(1).map((time, at) => Math.round((time - times[at]!) / 1000));
    expect(gaps.slice(0, 5)).toEqual([3, 6, 12, 24, 48]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(121);
  });

  test("soon again once enough links are open; those being made may come to nothing, and change nothing", () => {
    const w = world();
    const torrent = w.torrent();
    w.client.add(id("film"), torrent);
    w.open();
    w.run(200);
    /** Seconds until the next announce, rounded. */
    const wait = (): number => {
      w.sent();
      const since = w.host.clock.now;
      while (w.sent().length === 0) w.run(100);
      return Math.round((w.host.clock.now - since) / 1000);
    };
    w.reply("film");
    expect(wait()).toBe(3);
    // Somebody is being met.
    torrent.wants = false;
    w.reply("film");
    w.run(1000);
    torrent.wants = true;
    w.client.redial(torrent, w.host.clock.now);
    w.run(200);
    w.reply("film");
    expect(wait()).toBe(6);
    torrent.lacks = false;
    w.reply("film");
    expect(wait()).toBe(3);
  });

  test("not sooner when somebody is being met by then: further offers would begin that anew", () => {
    const w = world();
    const torrent = w.torrent();
    w.client.add(id("film"), torrent);
    w.open();
    w.run(300);
    w.reply("film");
    w.sent();
    torrent.wants = false;
    w.run(STARVED_ANNOUNCE + 200);
    expect(w.sent()).toEqual([]);
    torrent.wants = true;
    w.run(60_000);
    expect(w.sent()).toEqual([]);
    w.run(60_000);
    expect(w.sent()).toHaveLength(1);
  });

  test("at the time set for another attempt, whoever is linked, once, and under each info-hash", () => {
    const w = world();
    const torrent = w.torrent();
    torrent.wants = false;
    for (const name of ["v1", "v2"]) w.client.add(id(name), torrent);
    w.open();
    w.run(300);
    w.reply("v1");
    w.reply("v2");
    w.sent();
    w.client.redial(torrent, w.host.clock.now + 5_000);
    w.run(4_800);
    expect(w.sent()).toEqual([]);
    w.run(400);
    expect(w.sent().map((line) => line.split(" left")[0])).toEqual(["v2: update", "v1: update"]);
    w.run(60_000);
    expect(w.sent()).toEqual([]);
  });

  test("newcomers are those beyond the tracker's last count", () => {
    const w = world();
    const torrent = w.torrent();
    w.client.add(id("film"), torrent);
    w.open();
    const told = [1, 1, 2, 1, 2].map((incomplete) => {
      w.reply("film", { interval: 120, complete: 0, incomplete });
      return torrent.newcomers;
    });
    expect(told).toEqual([0, 0, 1, 1, 2]);
  });

  test("offers are gathered while the socket opens, but not again for each vain attempt", () => {
    const w = world();
    const torrent = w.torrent();
    w.client.add(id("film"), torrent);
    w.run(200);
    expect(torrent.introductions.offers()).toHaveLength(OFFERS_PER_ANNOUNCE);
    torrent.introductions.stop();
    w.client.handleClosed();
    w.run(60_000);
    expect(torrent.introductions.offers()).toEqual([]);
  });

  test("sooner than at the interval after a refusal, which may be over by then", () => {
    const w = world();
    w.client.add(id("film"), w.torrent());
    w.open();
    w.run(300);
    w.sent();
    w.reply("film", { "failure reason": "this peer id belongs to another connection" });
    w.run(STARVED_ANNOUNCE + 200);
    expect(w.sent()).toHaveLength(1);
  });

  test("a seed that nobody is known to look for makes no offers", () => {
    const w = world();
    const torrent = w.torrent();
    torrent.left = 0;
    w.client.add(id("film"), torrent);
    w.open();
    w.run(300);
    expect(w.sent()).toEqual(["film: started left 0 offers 0"]);
  });

  test("completed is said once, without offers; never by who started complete", () => {
    const w = world();
    const torrent = w.torrent();
    w.client.add(id("film"), torrent);
    w.open();
    w.run(300);
    w.sent();
    torrent.left = 0;
    w.run(500);
    expect(w.sent()).toEqual(["film: completed left 0"]);
    w.client.handleClosed();
    w.open();
    w.run(500);
    expect(w.sent()).toEqual([`film: started left 0 offers ${OFFERS_PER_ANNOUNCE}`]);
  });

  test("stopped is said for each info-hash; the socket closes with the last torrent", () => {
    const w = world();
    const [film, song] = [w.torrent(), w.torrent()];
    w.client.add(id("film v1"), film);
    w.client.add(id("film v2"), film);
    w.client.add(id("song"), song);
    w.open();
    w.run(3000);
    expect(
      w
        .sent()
        .sort()
        .map((line) => line.split(" left")[0]),
    ).toEqual(["film v1: started", "film v2: started", "song: started"]);
    w.client.remove(film);
    expect(w.sent()).toEqual(["film v1: stopped left 10", "film v2: stopped left 10"]);
    expect(w.closed).toBe(0);
    w.client.remove(song);
    expect(w.sent()).toEqual(["song: stopped left 10"]);
    expect(w.closed).toBe(1);
    w.run(60_000);
    expect(w.opened).toHaveLength(0);
  });

  test("what was never announced is not stopped", () => {
    const w = world();
    const film = w.torrent();
    w.client.add(id("film"), film);
    w.run(200);
    w.client.remove(film);
    expect(w.sent()).toEqual([]);
    expect(w.closed).toBe(1);
  });
});

describe("many shares", () => {
  /** A world of so many idle seeds, named by the order in which they were added. */
  function seeds(count: number) {
    const w = world();
    const torrents = Array.from({ length: count }, (_, number) => {
      const torrent = Object.assign(w.torrent(), { left: 0, lacks: false, wants: false });
      w.client.add(id(`${number}`), torrent);
      return torrent;
    });
    return { w, torrents, sent: () => w.sent().map((line) => line.split(":")[0]!) };
  }

  test("all are announced within half a minute, each once, and never faster than trackers bear", () => {
    for (const count of [1, 60, 400, 1000]) {
      const { w, sent } = seeds(count);
      w.open();
      const seen: string[] = [];
      for (let second = 0; second <= 32; second++) {
        const now = sent();
        for (const name of now) w.reply(name, { interval: 300, complete: 1, incomplete: 0 });
        seen.push(...now);
        w.run(1000);
        if (second === 0) expect(seen).toHaveLength(Math.min(count, ANNOUNCE_BURST));
        expect(seen.length).toBeLessThanOrEqual(ANNOUNCE_BURST + second * ANNOUNCE_RATE_MAX + 3);
        if (count <= 400 && second >= 25) expect(seen).toHaveLength(count);
      }
      expect(new Set(seen).size).toBe(count);
      expect(seen).toHaveLength(count);
    }
  });

  test("those that download come first, then those with peers, then the latest", () => {
    const { w, torrents, sent } = seeds(400);
    torrents[3]!.urgency = Urgency.active;
    torrents[7]!.urgency = Urgency.downloading;
    torrents[300]!.urgency = Urgency.active;
    w.open();
    expect(sent().slice(0, 6)).toEqual(["7", "300", "3", "399", "398", "397"]);
  });

  test("one that comes while others wait, or begins to download, has its turn at once", () => {
    const { w, torrents, sent } = seeds(400);
    w.open();
    sent();
    torrents[0]!.urgency = Urgency.downloading;
    w.client.add(id("new"), Object.assign(w.torrent(), { left: 0, wants: false }));
    w.run(300);
    expect(sent().slice(0, 2)).toEqual(["0", "new"]);
  });

  test("where an interval is too short for all, each has its turn all the same", () => {
    const { w, sent } = seeds(1000);
    w.open();
    const turns = new Map<string, number>();
    for (let second = 0; second < 120; second++) {
      for (const name of sent()) {
        turns.set(name, (turns.get(name) ?? 0) + 1);
        w.reply(name, { interval: ANNOUNCE_INTERVAL_MIN, complete: 1, incomplete: 0 });
      }
      w.run(1000);
    }
    expect(turns.size).toBe(1000);
    const counts = [...turns.values()];
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  test("a seed that hears of a leecher makes offers at once, and not again for one without room", () => {
    const { w, torrents } = seeds(1);
    const [torrent] = torrents;
    w.open();
    expect(w.sent()).toEqual(["0: started left 0 offers 0"]);
    Object.assign(torrent!, { wants: true, lacks: true });
    w.reply("0", { interval: 120, complete: 1, incomplete: 1 });
    w.run(300);
    expect(w.sent()).toEqual([`0: update left 0 offers ${OFFERS_PER_ANNOUNCE}`]);
    w.reply("0", { interval: 120, complete: 1, incomplete: 1 });
    w.run(STARVED_ANNOUNCE - 300);
    expect(w.sent()).toEqual([]);
  });
});

describe("a tracker that cannot be reached", () => {
  /** Delays between the attempts. */
  function delays(seed: number, attempts: number): number[] {
    const w = world(seed);
    w.client.add(id("film"), w.torrent());
    w.run(100);
    const failed: number[] = [];
    for (let at = 0; at < attempts; at++) {
      const before = w.opened.length;
      failed.push(w.host.clock.now);
      w.client.handleClosed();
      while (w.opened.length === before) w.run(50);
    }
    return w.opened.slice(1).map((time, at) => time - failed[at]!);
  }

  test("is tried again after growing delays with full jitter, never longer than half a minute", () => {
    const many = Array.from({ length: 60 }, (_, seed) => delays(seed, 10));
    for (let attempt = 0; attempt < 10; attempt++) {
      const longest = Math.min(TRACKER_RETRY_MAX, TRACKER_RETRY_FIRST * 2 ** attempt);
      const each = many.map((list) => list[attempt]!);
      expect(Math.max(...each)).toBeLessThanOrEqual(longest + 200);
      expect(Math.min(...each)).toBeGreaterThanOrEqual(TRACKER_RETRY_FIRST / 2 - 1);
      // Spread over the whole range, so that clients of a restarted tracker do not come all at once.
      if (attempt > 2) expect(Math.max(...each)).toBeGreaterThan(longest * 0.8);
      if (attempt > 2) expect(Math.min(...each)).toBeLessThan(longest * 0.25);
    }
  });

  test("of the page's own server is tried again within seconds, however long it is away", () => {
    const w = world(1, URL, SERVER_RETRY_MAX);
    w.client.add(id("film"), w.torrent());
    w.run(100);
    for (let at = 0; at < 100; at++) {
      const before = w.opened.length;
      w.client.handleClosed();
      w.run(SERVER_RETRY_MAX + 100);
      expect(w.opened.length).toBe(before + 1);
    }
  });

  test("of the page's own server that takes no socket is tried ever less often", () => {
    const pauses = Array.from({ length: 40 }, (_, seed) => {
      const w = world(seed, URL, SERVER_RETRY_MAX);
      w.client.add(id("film"), w.torrent());
      w.run(100);
      for (let at = 0; at < 8; at++) {
        w.client.handleClosed(true);
        w.run(TRACKER_RETRY_MAX + 100);
      }
      const since = w.host.clock.now;
      w.client.handleClosed(true);
      w.run(TRACKER_RETRY_MAX + 100);
      return w.opened.at(-1)! - since;
    });
    expect(Math.max(...pauses)).toBeGreaterThan(0.8 * TRACKER_RETRY_MAX);
  });

  test("is shown as waiting, with the seconds left; a success starts the delays anew", () => {
    const w = world();
    const film = w.torrent();
    w.client.add(id("film"), film);
    expect(w.client.snapshot(film, 0)).toMatchObject({ state: "connecting", retryIn: null });
    w.run(100);
    expect(w.client.snapshot(film, w.host.clock.now)).toMatchObject({ state: "connecting", retryIn: null });
    for (let at = 0; at < 8; at++) {
      w.client.handleClosed();
      w.run(31_000);
    }
    w.client.handleClosed();
    const { state, retryIn } = w.client.snapshot(film, w.host.clock.now);
    expect(state).toBe("waiting");
    expect(retryIn).toBeGreaterThan(0);
    w.run(31_000);
    w.open();
    expect(w.client.snapshot(film, w.host.clock.now)).toMatchObject({ state: "working", retryIn: null });
    w.client.handleClosed();
    expect(w.client.snapshot(film, w.host.clock.now).retryIn).toBe(1);
  });

  test("is reached anew when it says nothing to an announce: its socket may be dead", () => {
    const w = world();
    w.client.add(id("film"), w.torrent());
    w.run(200);
    w.open();
    w.run(300);
    w.reply("film", { interval: 120, complete: 0, incomplete: 1 });
    w.run(100_000);
    expect([w.opened.length, w.closed]).toEqual([1, 0]);
    w.run(20_000 + TRACKER_PATIENCE);
    expect(w.closed).toBe(1);
    w.run(TRACKER_RETRY_FIRST);
    expect(w.opened).toHaveLength(2);
  });

  test("lost and found, everything is announced as started again", () => {
    const w = world();
    w.client.add(id("film"), w.torrent());
    w.open();
    w.run(300);
    w.sent();
    w.client.handleClosed();
    w.run(1000);
    w.open();
    w.run(300);
    expect(w.sent()).toEqual([`film: started left 10 offers ${OFFERS_PER_ANNOUNCE}`]);
  });
});

describe("another network", () => {
  test("a new socket at once, on which everything is announced again under the same key", () => {
    const w = world();
    w.client.add(id("film"), w.torrent());
    w.run(200);
    w.open();
    w.run(300);
    w.sent();
    w.client.handleNetworkChanged();
    expect([w.opened.length, w.closed]).toEqual([2, 1]);
    w.open();
    w.run(300);
    expect(w.sent()).toEqual([`film: started left 10 offers ${OFFERS_PER_ANNOUNCE}`]);
    expect([...w.keys].map((key) => key.length)).toEqual([20]);
  });

  test("ends a long wait for the next attempt", () => {
    const w = world();
    w.client.add(id("film"), w.torrent());
    w.run(200);
    for (let at = 0; at < 8; at++) {
      w.client.handleClosed();
      w.run(31_000);
    }
    w.client.handleClosed();
    const before = w.opened.length;
    w.client.handleNetworkChanged();
    expect(w.opened).toHaveLength(before + 1);
  });

  test("a tracker that nothing uses stays closed", () => {
    const w = world();
    w.client.handleNetworkChanged();
    expect(w.opened).toEqual([]);
  });

  test("every tracker gets a key of its own", () => {
    const [a, b] = [URL, "wss://other.example/"].map((url) => {
      const w = world(1, url);
      w.client.add(id("film"), w.torrent());
      w.open();
      w.run(300);
      return [...w.keys][0];
    });
    expect(a).not.toBe(b);
  });
});

describe("signals", () => {
  const to = { infoHash: id("film"), peerId: id("other"), offerId: id("offer"), signal: "more" };

  test("go to a tracker that says that it passes them on, and to no other", () => {
    const w = world();
    w.client.sendSignal(to);
    w.client.add(id("film"), w.torrent());
    w.open();
    w.run(300);
    w.reply("film");
    w.sent();
    w.client.sendSignal(to);
    expect(w.sent()).toEqual([]);
    w.reply("film", { interval: 120, complete: 1, incomplete: 1, signals: true });
    w.client.sendSignal(to);
    expect(w.sent()).toEqual(["film: signal to other: more"]);
    w.client.handleClosed();
    w.client.sendSignal(to);
    expect(w.sent()).toEqual([]);
  });

  test("of others reach their swarm; one that could not be delivered is nobody's failure", () => {
    const w = world();
    const film = w.torrent();
    w.client.add(id("film"), film);
    w.open();
    const said = {
      action: "signal",
      info_hash: id("film"),
      peer_id: id("p"),
      offer_id: id("o"),
      signal: "x",
    };
    w.client.handleMessage(JSON.stringify(said));
    w.client.handleMessage(JSON.stringify({ ...said, info_hash: id("other") }));
    w.client.handleMessage(JSON.stringify({ ...said, signal: 7 }));
    w.client.handleMessage(
      JSON.stringify({ action: "signal", info_hash: id("film"), "failure reason": "gone" }),
    );
    expect(film.signals).toEqual(["x"]);
    expect(w.client.snapshot(film, 0).failure).toBeNull();
  });
});

describe("what the tracker says", () => {
  test("a refusal is shown for its swarm, and is gone with the next good answer", () => {
    const w = world();
    const [film, song] = [w.torrent(), w.torrent()];
    w.client.add(id("film"), film);
    w.client.add(id("song"), song);
    w.open();
    w.reply("film", { "failure reason": "not here" });
    expect(w.client.snapshot(film, 0).failure).toBe("not here");
    expect(w.client.snapshot(song, 0).failure).toBeNull();
    w.reply("film");
    expect(w.client.snapshot(film, 0)).toMatchObject({ failure: null, seeds: 1, leechers: 1 });
  });

  test("a refusal counts as one when it comes twice in a row; it is tried again ever less often", () => {
    const w = world();
    const film = Object.assign(w.torrent(), { left: 0, wants: false });
    w.client.add(id("film"), film);
    w.client.add(id("film v2"), film);
    w.open();
    w.reply("film v2", { interval: 600, complete: 1, incomplete: 0 });
    const waits: number[] = [];
    const told: boolean[] = [];
    for (let at = 0; at < 8; at++) {
      w.sent();
      const since = w.host.clock.now;
      w.reply("film", { "failure reason": "too many" });
      told.push(w.client.snapshot(film, 0).refused);
      while (w.sent().length === 0) w.run(100);
      waits.push(Math.round((w.host.clock.now - since) / 1000));
    }
    expect(waits).toEqual([3, 6, 12, 24, 48, 96, 120, 120]);
    expect(told).toEqual([false, ...Array.from({ length: 7 }, () => true)]);
    w.reply("film", { interval: 120, complete: 1, incomplete: 0 });
    expect(w.client.snapshot(film, 0)).toMatchObject({ refused: false, failure: null });
  });

  test("a refusal that names nothing is of what is unanswered, and that is asked again", () => {
    const w = world();
    const [film, song] = [w.torrent(), w.torrent()];
    for (const [name, torrent] of Object.entries({ film, song }))
      w.client.add(id(name), Object.assign(torrent, { left: 0, wants: false }));
    w.open();
    w.reply("film", { interval: 600, complete: 1, incomplete: 0 });
    for (let at = 0; at < 2; at++) {
      w.sent();
      w.client.handleMessage(JSON.stringify({ action: "announce", "failure reason": "too many messages" }));
      w.run(STARVED_ANNOUNCE * 2 ** at + 200);
      expect(w.sent()).toEqual(["song: update left 0 offers 0"]);
    }
    expect(w.client.snapshot(film, 0)).toMatchObject({ failure: null, refused: false });
    expect(w.client.snapshot(song, 0)).toMatchObject({ failure: "too many messages", refused: true });
  });

  test("what it ignores while it answers others is asked again, and does not end the socket", () => {
    const w = world();
    const [film, song] = [w.torrent(), w.torrent()];
    for (const [name, torrent] of Object.entries({ film, song }))
      w.client.add(id(name), Object.assign(torrent, { left: 0, wants: false }));
    w.run(200);
    w.open();
    w.reply("film", { interval: 600, complete: 1, incomplete: 0 });
    w.sent();
    w.run(TRACKER_PATIENCE + STARVED_ANNOUNCE + 200);
    expect(w.sent()).toEqual(["song: update left 0 offers 0"]);
    w.run(300_000);
    expect([w.opened.length, w.closed]).toEqual([1, 0]);
    expect(w.sent().length).toBeLessThan(8);
  });

  test("a refusal without an info-hash concerns all", () => {
    const w = world();
    const [film, song] = [w.torrent(), w.torrent()];
    w.client.add(id("film"), film);
    w.client.add(id("song"), song);
    w.open();
    w.client.handleMessage(JSON.stringify({ action: "announce", "failure reason": "too many" }));
    expect([film, song].map((each) => w.client.snapshot(each, 0).failure)).toEqual(["too many", "too many"]);
  });

  test("of two info-hashes of one torrent the larger counts are shown: most peers are in both swarms", () => {
    const w = world();
    const film = w.torrent();
    w.client.add(id("v1"), film);
    w.client.add(id("v2"), film);
    w.open();
    w.reply("v1", { interval: 120, complete: 3, incomplete: 1 });
    expect(w.client.snapshot(film, 0)).toMatchObject({ seeds: 3, leechers: 1 });
    w.reply("v2", { interval: 120, complete: 2, incomplete: 4 });
    expect(w.client.snapshot(film, 0)).toMatchObject({ seeds: 3, leechers: 4 });
  });

  test.each(["", "{", "null", "[]", '{"action":"announce"}', '{"action":"dance","info_hash":"film"}'])(
    "%j changes nothing",
    (text) => {
      const w = world();
      const film = w.torrent();
      w.client.add(id("film"), film);
      w.open();
      w.client.handleMessage(text);
      expect(w.client.snapshot(film, 0)).toMatchObject({ failure: null, seeds: null, leechers: null });
    },
  );

  test("an answer of ours goes out while the socket is open, and is dropped otherwise", () => {
    const w = world();
    const answer = { infoHash: id("film"), peerId: id("other"), offerId: id("offer"), sdp: "sdp" };
    w.client.sendAnswer(answer);
    expect(w.sent()).toEqual([]);
    w.open();
    w.client.sendAnswer(answer);
    expect(w.sent()).toEqual(["film: answer to other"]);
  });
});
