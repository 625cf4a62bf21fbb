/**
 * A device with two hundred shares, and the server's own swarm state, in virtual time. All shares are found soon after a
 * start and after the server was away, and the device stays within the limits of a socket all the while.
 */
import { expect, test } from "vitest";
import { defaultLimits } from "../../signaling/constants.ts";
import { TokenBucket } from "../../signaling/limits.ts";
import { Random } from "../support/random.ts";
import { type SampleContent, sampleContent } from "../support/sample-content.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { quietNetwork, VirtualHost } from "../support/virtual-host.ts";
import { TrackerSocket, VirtualTracker } from "../support/virtual-tracker.ts";

const TRACKER = "wss://tracker";
const SHARES = 200;
/** Each share is announced under its v1 and its v2 info-hash. */
const SWARMS = 2 * SHARES;

const contents = Array.from({ length: SHARES }, (_, share) =>
  sampleContent("hybrid", { [`share ${share}.bin`]: 16_384 + share }, 16_384),
);

/** Hosts at one tracker. */
class World {
  readonly clock: VirtualClock;
  readonly tracker: VirtualTracker;
  /** Messages beyond what a socket may say. */
  excess: number;
  readonly #random: Random;
  readonly #sockets: TrackerSocket[];

  constructor() {
    this.clock = new VirtualClock();
    this.#random = new Random(1);
    this.#sockets = [];
    this.excess = 0;
    this.tracker = new VirtualTracker(
      this.clock,
      () => this.#random.next(),
      (host, word, time) => this.clock.at(time, () => this.#sockets[host]!.hear(word)),
    );
  }

  /** A host whose connections fail after 2 s. `offered`, `answered`: the times at which it makes an offer or an answer. */
  add(shared: readonly SampleContent[], have: "all" | "none") {
    const { clock, tracker } = this;
    const number = this.#sockets.length;
    const host = new VirtualHost(clock, () => this.#random.next());
    const times = { offered: [] as number[], answered: [] as number[] };
    const { messagesPerSecond, messageBurst } = defaultLimits;
    const messages = new TokenBucket(messagesPerSecond, messageBurst, 0);
    const socket = new TrackerSocket(clock, { url: TRACKER, delay: 20 }, host, (word, time) =>
      clock.at(time, () => {
        if (word.kind === "text" && !messages.take(clock.now)) this.excess++;
        tracker.hear(number, word);
      }),
    );
    this.#sockets.push(socket);
    host.network = {
      ...quietNetwork(),
      createOffer: (link) => {
        times.offered.push(clock.now);
        clock.after(100, () => host.handleOffer(link, "v=0"));
      },
      createAnswer: (link) => {
        times.answered.push(clock.now);
        clock.after(2_000, () => host.handleLinkClosed(link, "connect-failed"));
      },
      openTracker: () => socket.open(),
      sendTracker: (_, text) => socket.send(text),
      closeTracker: () => socket.close(),
    };
    const peerId = Uint8Array.from({ length: 20 }, () => this.#random.next() * 256);
    host.makeEngine(peerId, { commonTrackers: [TRACKER] });
    for (const content of shared) host.engine.addTorrent({ record: content.record("torrent"), have });
    host.tick();
    return { host, times };
  }
}

test("all are announced within 30 s after a start, and after the server was away, without a single offer", () => {
  const world = new World();
  const { host, times } = world.add(contents, "all");
  world.clock.run(30_000);
  expect(world.tracker.swarmCount).toBe(SWARMS);
  world.clock.run(130_000);
  world.tracker.setUp(false);
  expect(world.tracker.swarmCount).toBe(0);
  world.clock.run(60_000);
  world.tracker.setUp(true);
  world.clock.run(30_000);
  expect(world.tracker.swarmCount).toBe(SWARMS);
  world.clock.run(250_000);
  expect(world.tracker.swarmCount).toBe(SWARMS);
  expect(world.excess).toBe(0);
  expect(times.offered).toEqual([]);
  const told = host.engine.torrents().map((id) => host.engine.status(id));
  expect(told.map(({ stall }) => stall)).toEqual(told.map(() => null));
});

test("whoever opens a link is met within a second once its share is announced, whichever share it is", () => {
  const world = new World();
  const { times } = world.add(contents, "all");
  world.clock.run(30_000);
  for (const share of [0, 57, 199]) {
    times.answered.length = 0;
    const opened = world.clock.now;
    world.add([contents[share]!], "none");
    world.clock.run(1_000);
    expect(times.answered[0]).toBeLessThan(opened + 1_000);
  }
});

test("after the server was away, a share that somebody waits for is met within 5 s, before the others are announced", () => {
  const world = new World();
  const sharing = world.add(contents, "all");
  const waiting = world.add([contents[3]!], "none");
  world.clock.run(60_000);
  expect(sharing.times.answered.length + waiting.times.answered.length).toBeGreaterThan(0);
  for (const away of [4_000, 60_000, 600_000]) {
    world.tracker.setUp(false);
    world.clock.run(away);
    for (const { times } of [sharing, waiting]) times.answered.length = 0;
    const returned = world.clock.now;
    world.tracker.setUp(true);
    // Whoever is announced last meets the other: by its own offers, or by those that it answers.
    world.clock.drive(() => sharing.times.answered.length + waiting.times.answered.length > 0, 5_000);
    expect(world.clock.now - returned).toBeLessThan(5_000);
    world.clock.run(60_000);
  }
  expect(world.excess).toBe(0);
});
