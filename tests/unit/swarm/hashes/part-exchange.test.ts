/** The metadata exchange, as conversations with strangers: the info dictionary comes in parts of 16 KiB. */
import { describe, expect, test } from "vitest";
import { METADATA_PACE, PART_TIMEOUT } from "../../../../app/engine/swarm/hashes/constants.ts";
import { encodeExtended, encodeUnchoke } from "../../../../app/engine/wire/encode.ts";
import { encodePartMessage } from "../../../../app/engine/wire/part-message.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { Stage, type Stranger } from "../stage.ts";

const PART = 16_384;
/** 30,000 small pieces would be slow to make: long names make a description of eleven parts. */
const files = Object.fromEntries(
  Array.from({ length: 420 }, (_, at) => [`${String(at).padStart(3, "0")}${"n".repeat(170)}`, 1]),
);
const content = sampleContent("hybrid", files, PART);
const info = content.info.bytes;
const parts = Math.ceil(info.length / PART);
const seeker = () => new Stage(content, { knows: "link" });

/** The stage wants ut_metadata as number 1. */
const say = (stranger: Stranger, message: Parameters<typeof encodePartMessage>[0]) =>
  stranger.say(encodeExtended(1, encodePartMessage(message)));

function sendPart(
  stranger: Stranger,
  piece: number,
  bytes = info,
  totalSize: number | null = bytes.length,
): void {
  say(stranger, { kind: "data", piece, totalSize, data: bytes.subarray(piece * PART, (piece + 1) * PART) });
}

function requestsOf(stranger: Stranger): number[] {
  return stranger
    .heard()
    .filter((line) => line.startsWith("metadata request"))
    .map((line) => Number(line.split(" ")[2]));
}

/** Answers until it is asked nothing more. */
function serve(stranger: Stranger, bytes = info): void {
  for (let asked = requestsOf(stranger); asked.length > 0; asked = requestsOf(stranger))
    for (const part of asked) sendPart(stranger, part, bytes);
}

describe("fetching", () => {
  test("a few parts at a time, from one peer; then everything is known and blocks are asked for", () => {
    expect(parts).toBeGreaterThan(METADATA_PACE.window + 1);
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B", { metadataSize: info.length });
    const asked = requestsOf(a);
    expect(asked).toEqual(Array.from({ length: METADATA_PACE.window }, (_, at) => at));
    expect(requestsOf(b)).toEqual([]);
    sendPart(a, 0);
    expect(requestsOf(a)).toEqual([METADATA_PACE.window]);
    for (const part of asked.slice(1)) sendPart(a, part);
    serve(a);
    for (let part = METADATA_PACE.window; part < parts; part++) sendPart(a, part);
    expect(stage.snapshot()).toMatchObject({ phase: "downloading", fileCount: 420 });
    expect(stage.host.records.get(stage.id)?.info).toEqual(info);
    a.say(encodeUnchoke());
    stage.run(200);
    expect(stage.snapshot().peers[0]!.requestsOut).toBeGreaterThan(0);
  });

  test("parts may come in any order", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const asked = requestsOf(a);
    for (const part of asked.reverse()) sendPart(a, part);
    serve(a);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("from a peer that does not have it, nothing is asked; one that says a size it cannot have neither", () => {
    const stage = seeker();
    const a = stage.meet("A");
    const b = stage.meet("B", { metadataSize: 20_000_000 });
    stage.run(500);
    expect([requestsOf(a), requestsOf(b)]).toEqual([[], []]);
    const c = stage.meet("C", { metadataSize: info.length });
    serve(c);
    expect(stage.snapshot().fileCount).toBe(420);
  });
});

describe("when it goes wrong", () => {
  test("a liar is banned, and the next peer is asked from the start", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B", { metadataSize: info.length });
    const lie = info.slice();
    lie[5000]! ^= 1;
    serve(a, lie);
    expect(a.closed).toBe("bad-piece");
    stage.run(100);
    serve(b);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("a liar about the size is found out by the hash as well", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: 100 });
    for (const part of requestsOf(a)) sendPart(a, part, info.slice(0, 100));
    expect(a.closed).toBe("bad-piece");
  });

  test("who stays silent is passed over for the next, who may have it", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B", { metadataSize: info.length });
    stage.run(PART_TIMEOUT + 200);
    expect(a.closed).toBeNull();
    serve(b);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("who rejects is passed over; when nobody else is left it is asked again", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    for (const part of requestsOf(a)) say(a, { kind: "reject", piece: part });
    expect(a.closed).toBeNull();
    stage.run(PART_TIMEOUT + 1000);
    serve(a);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("two who never answer do not keep the third from being asked", () => {
    const stage = seeker();
    stage.meet("A", { metadataSize: info.length });
    stage.meet("B", { metadataSize: info.length });
    const c = stage.meet("C", { metadataSize: info.length });
    stage.run(2 * PART_TIMEOUT + 500);
    serve(c);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("who rejects everything is not asked more often than one that is silent", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    let asked = 0;
    for (let at = 0; at < 300; at++) {
      const requests = requestsOf(a);
      asked += requests.length;
      for (const part of requests) say(a, { kind: "reject", piece: part });
      stage.run(100);
    }
    expect(asked).toBeLessThanOrEqual(METADATA_PACE.window * (30_000 / PART_TIMEOUT + 1));
  });

  test.each([
    [
      "too short",
      (a: Stranger) => say(a, { kind: "data", piece: 0, totalSize: info.length, data: info.slice(0, 9) }),
    ],
    ["of another total size", (a: Stranger) => sendPart(a, 0, info, info.length + 1)],
    ["never asked for", (a: Stranger) => sendPart(a, parts - 1)],
  ])("a part %s ends the attempt with that peer", (_, send) => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B", { metadataSize: info.length });
    requestsOf(a);
    send(a);
    serve(b);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("who leaves midway is followed by the next", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B", { metadataSize: info.length });
    sendPart(a, requestsOf(a)[0]!);
    a.leave();
    serve(b);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("parts from whom nothing was asked are ignored", () => {
    const stage = seeker();
    stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B", { metadataSize: info.length });
    for (let part = 0; part < parts; part++) sendPart(b, part);
    expect(stage.snapshot().fileCount).toBe(0);
    expect(b.closed).toBeNull();
  });
});

describe("who holds up what it does not finish", () => {
  test("is passed over when it repeats a part for ever", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B", { metadataSize: info.length });
    for (let at = 0; at < 4; at++) {
      sendPart(a, 0);
      stage.run(PART_TIMEOUT / 2);
    }
    serve(b);
    expect(stage.snapshot().fileCount).toBe(420);
    expect(a.closed).toBeNull();
  });

  /** Brings one new part each time that is about too late; asked anew, it begins anew. */
  function drip(stage: Stage, names: readonly string[], bytes = info) {
    const drippers = names.map((name) => ({
      peer: stage.meet(name, { metadataSize: bytes.length }),
      asked: [] as number[],
    }));
    return () => {
      for (const { peer, asked } of drippers) {
        const requests = requestsOf(peer);
        if (requests[0] === 0) asked.length = 0;
        asked.push(...requests);
        const part = asked.shift();
        if (part !== undefined) sendPart(peer, part, bytes);
      }
    };
  }

  test("has another asked besides when it drips", () => {
    const stage = seeker();
    const dripOnce = drip(stage, ["A"]);
    const b = stage.meet("B", { metadataSize: info.length });
    dripOnce();
    stage.run(PART_TIMEOUT - 100);
    expect(requestsOf(b)).toEqual([]);
    dripOnce();
    stage.run(300);
    serve(b);
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("does not keep a slow one from finishing, nor many others from being asked in turn", () => {
    const stage = seeker();
    const dripOnce = drip(stage, ["A", "B", "C", "D"], new Uint8Array(600 * PART));
    const slow = stage.meet("S", { metadataSize: info.length });
    const asked: number[] = [];
    for (let second = 0; second < 120 && stage.snapshot().fileCount === 0; second++) {
      if (second % 4 === 0) dripOnce();
      asked.push(...requestsOf(slow));
      const part = asked.shift();
      if (part !== undefined) sendPart(slow, part);
      stage.run(1000);
    }
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("is waited for while nobody else is there", () => {
    const stage = seeker();
    const dripOnce = drip(stage, ["A"]);
    for (let at = 0; at < parts; at++) {
      dripOnce();
      stage.run(PART_TIMEOUT - 200);
    }
    expect(stage.snapshot().fileCount).toBe(420);
  });

  test("and lies in the end is banned, while the other goes on", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: 3 * PART });
    const b = stage.meet("B", { metadataSize: info.length });
    sendPart(a, 0, info.slice(0, 3 * PART));
    stage.run(PART_TIMEOUT - 100);
    sendPart(a, 1, info.slice(0, 3 * PART));
    stage.run(300);
    const [first] = requestsOf(b);
    sendPart(a, 2, info.slice(0, 3 * PART));
    expect(a.closed).toBe("bad-piece");
    sendPart(b, first!);
    for (let part = 1; part < METADATA_PACE.window; part++) sendPart(b, part);
    serve(b);
    expect(stage.snapshot().fileCount).toBe(420);
  });
});

describe("serving", () => {
  test("parts are served as asked, the last one shorter; beyond it a reject", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    expect(a.takeMessages().length).toBeGreaterThan(0);
    say(a, { kind: "request", piece: 0 });
    say(a, { kind: "request", piece: parts - 1 });
    say(a, { kind: "request", piece: parts });
    expect(a.heard()).toEqual([`metadata data 0`, `metadata data ${parts - 1}`, `metadata reject ${parts}`]);
  });

  test("waits while much is queued on the link, each part once however often it is asked for", () => {
    const stage = new Stage(content, { have: "all" });
    const a = stage.meet("A", { has: "none" });
    a.takeMessages();
    a.buffered = 1_000_000;
    for (const piece of [1, 0, 1, 1, 0]) say(a, { kind: "request", piece });
    stage.run(1000);
    expect(a.heard()).toEqual([]);
    a.buffered = 0;
    stage.run(100);
    expect(a.heard()).toEqual(["metadata data 1", "metadata data 0"]);
    stage.run(1000);
    expect(a.heard()).toEqual([]);
  });

  test("what is not known yet is rejected", () => {
    const stage = seeker();
    const a = stage.meet("A");
    say(a, { kind: "request", piece: 0 });
    expect(a.heard()).toEqual(["metadata reject 0"]);
  });

  test("once known, its size is told to those who are here", () => {
    const stage = seeker();
    const a = stage.meet("A", { metadataSize: info.length });
    const b = stage.meet("B");
    b.heard();
    serve(a);
    expect(stage.snapshot().fileCount).toBe(420);
    b.takeMessages();
    say(b, { kind: "request", piece: 1 });
    expect(b.heard()).toEqual(["metadata data 1"]);
  });
});
