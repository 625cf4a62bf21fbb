/** Uploads, as conversations of strangers with a seed. "piece 2.1" is block 1 of piece 2. */
import { describe, expect, test } from "vitest";
import { REQUEST_QUEUE } from "../../../../app/engine/constants.ts";
import { RATE_SHOWN, UPLINK_QUANTUM } from "../../../../app/engine/swarm/flow/constants.ts";
import { DEFAULT_POLICY } from "../../../../app/engine/swarm/peers/comparison-policy.ts";
import {
  CHOKE_INTERVAL,
  READ_AHEAD_PIECES,
  SEND_QUEUE_MAX,
  SEND_QUEUE_MIN,
  SEND_QUEUE_SLOW,
} from "../../../../app/engine/swarm/upload/constants.ts";
import { sendQueueLimit } from "../../../../app/engine/swarm/upload/uploads.ts";
import {
  encodeCancel,
  encodeExtended,
  encodeInterested,
  encodeNotInterested,
  encodeRequest,
} from "../../../../app/engine/wire/encode.ts";
import { encodeReceived } from "../../../../app/engine/wire/sh-received.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { BLOCK, OUR_RECEIVED, Stage, type Stranger, type StrangerOptions } from "../stage.ts";

/** Eight pieces of two blocks. */
const content = sampleContent("hybrid", { "a.bin": 16 * BLOCK }, 2 * BLOCK);
const block = (piece: number, index: number, length = BLOCK) => ({ piece, begin: index * BLOCK, length });

/** A seed and a stranger that it has unchoked. */
function served(options: StrangerOptions = {}, have = "xxxxxxxx"): { stage: Stage; a: Stranger } {
  const stage = new Stage(content, { have });
  const a = stage.meet("A", { has: "none", ...options });
  a.say(encodeInterested());
  const lines = a.heardAll();
  expect(lines).toContain("unchoke");
  return { stage, a };
}

describe("serving", () => {
  test("blocks come in the order of their requests, byte for byte", () => {
    const { stage, a } = served();
    a.say(encodeRequest(block(2, 1)), encodeRequest(block(2, 0)), encodeRequest(block(5, 0)));
    stage.run(20);
    const pieces = a.takeMessages().flatMap((message) => (message.type === "piece" ? [message] : []));
    expect(pieces.map(({ piece, begin }) => `${piece}.${begin / BLOCK}`)).toEqual(["2.1", "2.0", "5.0"]);
    expect(Buffer.compare(pieces[0]!.block, content.piece(2).subarray(BLOCK))).toBe(0);
    expect(stage.snapshot().uploaded).toBe(3 * BLOCK);
  });

  test("a piece is read once, whoever asks and for how many blocks", () => {
    const { stage, a } = served();
    const b = stage.meet("B", { has: "none" });
    b.say(encodeInterested());
    for (const each of [a, b]) each.say(encodeRequest(block(3, 0)), encodeRequest(block(3, 1)));
    stage.run(20);
    a.say(encodeRequest(block(3, 0)));
    expect(a.heard().filter((line) => line.startsWith("piece"))).toEqual([
      "piece 3.0",
      "piece 3.1",
      "piece 3.0",
    ]);
    expect(b.heard().filter((line) => line.startsWith("piece"))).toEqual(["piece 3.0", "piece 3.1"]);
    expect(stage.host.disk.reads).toEqual([3]);
  });

  test("pieces are read ahead of a queue, a few and no more", () => {
    const { stage, a } = served();
    a.buffered = SEND_QUEUE_MAX;
    for (let piece = 0; piece < 8; piece++) a.say(encodeRequest(block(piece, 0)));
    expect(stage.host.disk.reads).toEqual([0, 1, 2].slice(0, READ_AHEAD_PIECES));
  });

  test("no more is handed to a link than it is about to send", () => {
    const { stage, a } = served();
    a.buffered = SEND_QUEUE_MIN;
    a.say(encodeRequest(block(0, 0)), encodeRequest(block(0, 1)));
    stage.run(500);
    expect(a.heard().filter((line) => line.startsWith("piece"))).toEqual([]);
    a.buffered = 0;
    stage.engine.handleDrained(a.link);
    expect(a.heard().filter((line) => !line.startsWith("suggest"))).toEqual(["piece 0.0", "piece 0.1"]);
  });

  test("padding reads as zeros for peers that ask by v1's lengths", () => {
    const padded = sampleContent("hybrid", { "a.bin": BLOCK + 100, "b.bin": 5 }, 2 * BLOCK);
    const stage = new Stage(padded, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.say(encodeInterested(), encodeRequest(block(0, 1)));
    stage.run(20);
    const [piece] = a.takeMessages().flatMap((message) => (message.type === "piece" ? [message] : []));
    const expected = new Uint8Array(BLOCK);
    expected.set(padded.piece(0).subarray(BLOCK));
    expect(Buffer.compare(piece!.block, expected)).toBe(0);
  });
});

describe("large pieces", () => {
  const LENGTH = 4 * 1024 * 1024;
  const LARGE = 65_536;
  const blocks = LENGTH / LARGE;
  const large = sampleContent("hybrid", { "a.bin": 10 * LENGTH }, LENGTH);

  /** Ten peers ask in turns, each `ahead` blocks before what it got, for a piece of its own and those that follow. */
  function serveTen(ahead: number, pieces: number): Stage {
    const stage = new Stage(large, { have: "all", policy: { ...DEFAULT_POLICY, choking: "none" } });
    const peers = Array.from({ length: 10 }, (_, at) =>
      stage.meet(`${at}`, { has: "none", maxBlock: LARGE }),
    );
    for (const each of peers) each.say(encodeInterested());
    for (let next = 0; next < pieces * blocks; next += ahead) {
      for (const [at, each] of peers.entries()) {
        for (let nth = next; nth < next + ahead; nth++) {
          const piece = (at + Math.floor(nth / blocks)) % 10;
          each.say(encodeRequest({ piece, begin: (nth % blocks) * LARGE, length: LARGE }));
        }
        each.takeMessages();
      }
      // As long as a disk takes to read as much.
      stage.run(100);
    }
    stage.run(100);
    expect(stage.snapshot().uploaded).toBe(10 * pieces * LENGTH);
    return stage;
  }

  test.each([
    ["block by block", 1, 1],
    ["over the ends of pieces", 12, 3],
  ])("are read once while they are sent, %s", (_, ahead, pieces) => {
    const { host } = serveTen(ahead, pieces);
    expect(host.disk.reads.length).toBeLessThanOrEqual(1.2 * 10);
  });

  test("are read ahead when their turn is near", () => {
    const stage = new Stage(large, { have: "all" });
    const a = stage.meet("A", { has: "none", maxBlock: LARGE });
    a.buffered = SEND_QUEUE_MAX;
    a.say(encodeInterested());
    for (let at = 0; at < blocks; at++) a.say(encodeRequest({ piece: 4, begin: at * LARGE, length: LARGE }));
    a.say(encodeRequest({ piece: 5, begin: 0, length: LARGE }));
    stage.run(100);
    expect(stage.host.disk.reads).toEqual([4]);
    a.buffered = 0;
    stage.engine.handleDrained(a.link);
    expect(stage.host.disk.reads).toEqual([4, 5]);
  });
});

describe("what is not served is rejected at once", () => {
  test.each([
    ["a piece that is not there", block(8, 0), "reject 8.0"],
    ["beyond the piece's end", block(0, 2), "reject 0.2"],
    ["across the piece's end", { piece: 0, begin: BLOCK, length: BLOCK + 1 }, "reject 0.1-2"],
    ["more than anyone may ask at once", { piece: 0, begin: 0, length: 262_144 }, "reject 0.0-15"],
  ])("%s", (_, range, line) => {
    const { a } = served();
    a.say(encodeRequest(range));
    expect(a.heard().filter((each) => !each.startsWith("suggest"))).toEqual([line]);
    expect(a.closed).toBeNull();
  });

  test("a piece that we lack", () => {
    const { a } = served({}, "x.xxxxxx");
    a.say(encodeRequest(block(1, 0)));
    expect(a.heard()).toContain("reject 1.0");
  });

  test("anything while it is choked", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.say(encodeRequest(block(0, 0)));
    expect(a.heard()).toEqual(["reject 0.0"]);
  });

  test("without the fast extension nothing is said", () => {
    const { a } = served({ extensions: { fast: false }, has: "silent" });
    a.say(encodeRequest(block(8, 0)));
    expect(a.heard()).toEqual([]);
  });

  test("what exceeds the queue that we announced", () => {
    const { a } = served();
    a.buffered = SEND_QUEUE_MAX;
    for (let at = 0; at < REQUEST_QUEUE + 2; at++) a.say(encodeRequest(block(at % 8, 0)));
    expect(a.heard().filter((line) => line.startsWith("reject"))).toEqual(["reject 0.0", "reject 1.0"]);
  });
});

describe("taking back", () => {
  test("a cancelled block is rejected and not sent; one that has left is not taken back", () => {
    const { stage, a } = served();
    a.say(encodeRequest(block(0, 0)), encodeRequest(block(1, 0)), encodeRequest(block(2, 0)));
    a.say(encodeCancel(block(1, 0)));
    stage.run(20);
    expect(a.heard().filter((line) => !line.startsWith("suggest"))).toEqual([
      "reject 1.0",
      "piece 0.0",
      "piece 2.0",
    ]);
    a.say(encodeCancel(block(0, 0)));
    expect(a.heard()).toEqual([]);
  });

  test("a choke rejects all that waits", () => {
    const { stage, a } = served();
    a.buffered = SEND_QUEUE_MAX;
    a.say(encodeRequest(block(0, 0)), encodeRequest(block(1, 0)));
    a.say(encodeNotInterested());
    stage.run(CHOKE_INTERVAL + 200);
    expect(a.heard().filter((line) => !line.startsWith("suggest"))).toEqual([
      "choke",
      "reject 0.0",
      "reject 1.0",
    ]);
    a.buffered = 0;
    stage.engine.handleDrained(a.link);
    expect(a.heard()).toEqual([]);
  });

  test("who has gone is sent nothing when the disk answers", () => {
    const { stage, a } = served();
    a.say(encodeRequest(block(0, 0)));
    a.leave();
    stage.run(100);
    expect(a.heard().filter((line) => line.startsWith("piece"))).toEqual([]);
  });
});

test("a file that is gone: its blocks are rejected, its pieces taken back, other files go on", () => {
  const two = sampleContent("hybrid", { "a.bin": 4 * BLOCK, "b.bin": 2 * BLOCK }, 2 * BLOCK);
  const stage = new Stage(two, { have: "all" });
  const a = stage.meet("A", { has: "none" });
  a.say(encodeInterested());
  a.heardAll();
  stage.host.disk.unreadable.add(0);
  a.say(encodeRequest(block(0, 0)), encodeRequest(block(2, 1)), encodeRequest(block(0, 1)));
  stage.run(50);
  const lines = a.heard().filter((line) => !line.startsWith("suggest"));
  expect(lines.slice().sort()).toEqual([
    "don't have 0",
    "don't have 1",
    "piece 2.1",
    "reject 0.0",
    "reject 0.1",
  ]);
  expect(stage.snapshot()).toMatchObject({ error: { code: "source/gone" }, complete: false });
  expect(stage.have).toBe("..x");
  a.say(encodeRequest(block(1, 0)));
  expect(a.heard()).toEqual(["reject 1.0"]);
});

describe("several peers on one uplink", () => {
  /** A word of which blocks came. */
  const received = (...blocks: [piece: number, index: number][]) =>
    encodeExtended(
      OUR_RECEIVED,
      encodeReceived(blocks.map(([piece, index]) => ({ piece, begin: index * BLOCK }))),
    );

  test("are asked to tell at once what came, each a single time", () => {
    const { stage, a } = served({ hearsReceived: true });
    a.say(encodeRequest(block(0, 0)));
    stage.run(20);
    expect(a.heard()).toEqual(["piece 0.0"]);
    const b = stage.meet("B", { has: "none", hearsReceived: true });
    b.say(encodeInterested());
    for (const piece of [3, 4]) {
      for (const each of [a, b]) each.say(encodeRequest(block(piece, 0)));
      stage.run(20);
    }
    for (const each of [a, b])
      expect(
        each
          .heard()
          .filter((line) => !line.startsWith("suggest"))
          .sort(),
      ).toEqual(["piece 3.0", "piece 4.0", "tell at once"]);
  });

  test("get no more than the uplink has room for, in turns, and the rest as they say what came", () => {
    const { stage, a } = served({ hearsReceived: true });
    const b = stage.meet("B", { has: "none", hearsReceived: true });
    b.say(encodeInterested());
    const asked: [piece: number, index: number][] = Array.from({ length: 8 }, (_, piece) => [piece, 0]);
    const { uplink } = stage.engine.inspect(stage.id).node;
    /** Which of the blocks each got. */
    const got = (each: Stranger) => each.heard().filter((line) => line.startsWith("piece"));
    // Each block takes longer than the one before: a queue grows.
    for (const [at, place] of asked.entries()) {
      for (const each of [a, b]) each.say(encodeRequest(block(...place)));
      stage.run(50 + 20 * at);
      for (const each of [a, b]) {
        got(each);
        each.say(received(place));
      }
    }
    expect(uplink.hasRoom).toBe(true);
    for (const each of [a, b]) for (const place of asked) each.say(encodeRequest(block(place[0], 1)));
    stage.run(20);
    expect(uplink.hasRoom).toBe(false);
    const [ofA, ofB] = [got(a), got(b)];
    expect(Math.abs(ofA.length - ofB.length)).toBeLessThanOrEqual(UPLINK_QUANTUM / BLOCK);
    expect(ofA.length + ofB.length).toBeLessThan(2 * asked.length);
    // What came makes room for as much again.
    a.say(received([0, 1]));
    stage.run(0);
    expect(got(a).length + got(b).length).toBe(1);
    // And who leaves keeps nothing back for ever.
    a.leave();
    for (let round = 0; round < 8; round++) {
      for (const place of asked) b.say(received([place[0], 1]));
      stage.run(300);
      ofB.push(...got(b));
    }
    expect(ofB.length).toBe(asked.length);
  });
});

describe("how much is queued on a connection", () => {
  const drawn = (since: number, connections = 1) =>
    [0, 100_000, 400_000, 1_000_000, 10_000_000, 100_000_000].map((rate) =>
      sendQueueLimit(rate * connections, connections, since),
    );

  test("a fifth of a second at slow rates, a twentieth at fast ones, within bounds", () => {
    expect(drawn(RATE_SHOWN)).toEqual([
      SEND_QUEUE_MIN,
      20_000,
      80_000,
      SEND_QUEUE_SLOW,
      500_000,
      SEND_QUEUE_MAX,
    ]);
  });

  const ofNobodySlow = [
    SEND_QUEUE_SLOW,
    SEND_QUEUE_SLOW,
    SEND_QUEUE_SLOW,
    SEND_QUEUE_SLOW,
    500_000,
    SEND_QUEUE_MAX,
  ];

  test("nobody counts as slow before rates are known", () => {
    expect(drawn(RATE_SHOWN - 1)).toEqual(ofNobodySlow);
  });

  test("nor with lanes, whose rates say what each got", () => {
    expect(drawn(RATE_SHOWN, 2)).toEqual(ofNobodySlow);
    expect(drawn(RATE_SHOWN, 8)).toEqual(ofNobodySlow);
  });
});
