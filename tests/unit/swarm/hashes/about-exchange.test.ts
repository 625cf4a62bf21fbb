/** The about's exchange, as conversations with strangers: what the link commits to is fetched, shown and passed on. */
import { describe, expect, test } from "vitest";
import { aboutHashOf, makeAbout } from "../../../../app/engine/content/about.ts";
import { encodeBencode } from "../../../../app/engine/content/bencode.ts";
import { PART_SERVINGS, PART_TIMEOUT } from "../../../../app/engine/swarm/hashes/constants.ts";
import { encodeExtended } from "../../../../app/engine/wire/encode.ts";
import { type AboutOffer, encodeExtensionHandshake } from "../../../../app/engine/wire/extended.ts";
import { encodePartMessage, type PartMessage } from "../../../../app/engine/wire/part-message.ts";
import { sampleContent } from "../../../support/sample-content.ts";
import { THEIR_ABOUT } from "../drawing.ts";
import { Stage, type Stranger } from "../stage.ts";

const PART = 16_384;
/** The number under which the engine wants sh_about. */
const OUR_ABOUT = 11;

/** Three parts of times and a note, of one small file each. */
const files = Object.fromEntries(Array.from({ length: 7000 }, (_, at) => [String(at).padStart(4, "0"), 0]));
const content = sampleContent("v2", { ...files, last: PART }, PART);
const times = content.info.files.map((_, file) => ({ lastModified: 1_700_000_000_000 + file * 1000 }));
const about = makeAbout(times, "From the sea\nwith love")!;
const aboutHash = aboutHashOf(about);
const offer: AboutOffer = { hash: aboutHash, size: about.length };
const other = makeAbout(times, "From the sea\nwith hate")!;

const opened = (record: Parameters<typeof content.record>[1] = { aboutHash }) =>
  new Stage(content, { record: { active: false, ...record } });

const say = (stranger: Stranger, message: PartMessage) =>
  stranger.say(encodeExtended(OUR_ABOUT, encodePartMessage(message)));

function sendPart(stranger: Stranger, piece: number, bytes = about): void {
  const data = bytes.subarray(piece * PART, (piece + 1) * PART);
  say(stranger, { kind: "data", piece, totalSize: bytes.length, data });
}

function requestsOf(stranger: Stranger): number[] {
  const lines = stranger.heard().filter((line) => line.startsWith("about request"));
  return lines.map((line) => Number(line.split(" ")[2]));
}

/** Answers everything that was asked for, until nothing is. */
function serve(stranger: Stranger, bytes = about): void {
  for (let asked = requestsOf(stranger); asked.length > 0; asked = requestsOf(stranger))
    for (const part of asked) if (stranger.closed === null) sendPart(stranger, part, bytes);
}

/** The stranger says anew what about it has. */
function tell(stranger: Stranger, told: AboutOffer | null): void {
  const said = { metadataSize: null, reqq: null, v: null, uploadOnly: false, maxBlock: null };
  const m = { sh_about: THEIR_ABOUT };
  stranger.say(encodeExtended(0, encodeExtensionHandshake({ ...said, m, about: told })));
}

const noteOf = (stage: Stage) => stage.snapshot().note;

describe("fetching", () => {
  test("brings the note and the times, and they are kept", () => {
    const stage = opened();
    const { filesVersion } = stage.snapshot();
    expect(stage.engine.files(stage.id)[5]!.modified).toBeNull();
    serve(stage.meet("A", { about: offer }));
    expect(noteOf(stage)).toBe("From the sea\nwith love");
    expect(stage.engine.files(stage.id)[5]!.modified).toBe(1_700_000_005_000);
    expect(stage.snapshot().filesVersion).toBeGreaterThan(filesVersion);
    expect(stage.engine.record(stage.id)).toMatchObject({ about, aboutHash });
  });

  test("asks for two parts at a time", () => {
    const a = opened().meet("A", { about: offer });
    expect(requestsOf(a)).toEqual([0, 1]);
    sendPart(a, 1);
    expect(requestsOf(a)).toEqual([2]);
  });

  test("begins once the info dictionary is known", () => {
    const stage = new Stage(content, { knows: "link", record: { aboutHash } });
    const a = stage.meet("A", { about: offer });
    stage.run(1000);
    expect(a.heard()).toEqual([]);
    stage.engine.addTorrent({ record: content.record("torrent"), have: "none" });
    stage.run(200);
    expect(requestsOf(a)).toEqual([0, 1]);
  });

  test.each<[string, AboutOffer | undefined, Partial<Parameters<typeof opened>[0]>]>([
    ["the link commits to none", offer, { aboutHash: null }],
    [
      "the peer came by a link that commits to another",
      { hash: aboutHashOf(other), size: other.length },
      { aboutHash },
    ],
    ["the peer has none", undefined, { aboutHash }],
    ["it is here", offer, { about, aboutHash }],
  ])("asks for nothing where %s", (_name, has, record) => {
    const stage = opened(record);
    const a = stage.meet("A", has === undefined ? {} : { about: has });
    stage.run(60_000);
    expect(requestsOf(a)).toEqual([]);
    expect(a.closed).toBeNull();
  });

  test("bans whoever serves another about than the link's, and asks the next", () => {
    const stage = opened();
    const a = stage.meet("A", { about: offer });
    serve(a, other);
    expect(a.closed).toBe("bad-piece");
    expect(noteOf(stage)).toBeNull();
    const b = stage.meet("B", { about: offer });
    stage.run(PART_TIMEOUT + 200);
    serve(b);
    expect(noteOf(stage)).toBe("From the sea\nwith love");
  });

  test("ends without blame when a link is opened that commits to another, which is then asked for", () => {
    const stage = opened();
    const a = stage.meet("A", { about: offer });
    const b = stage.meet("B", { about: { hash: aboutHashOf(other), size: other.length } });
    expect([requestsOf(a), requestsOf(b)]).toEqual([[0, 1], []]);
    const open = (hash: Uint8Array) =>
      stage.engine.addTorrent({ record: content.record("link", { aboutHash: hash }), have: "none" });
    open(aboutHash.slice());
    sendPart(a, 0);
    expect(requestsOf(a), "the same link again changes nothing").toEqual([2]);
    open(aboutHashOf(other));
    for (const part of [1, 2]) sendPart(a, part);
    expect(a.closed).toBeNull();
    expect(noteOf(stage)).toBeNull();
    stage.run(200);
    serve(b, other);
    expect(noteOf(stage)).toBe("From the sea\nwith hate");
    expect([a.closed, b.closed]).toEqual([null, null]);
  });

  test("goes on elsewhere when the sender leaves in between", () => {
    const stage = opened();
    const a = stage.meet("A", { about: offer });
    const b = stage.meet("B", { about: offer });
    sendPart(a, 0);
    a.leave();
    stage.run(PART_TIMEOUT + 200);
    serve(b);
    expect(noteOf(stage)).toBe("From the sea\nwith love");
  });

  test("rests longer after each fetch in vain: a swarm of which all reject keeps nobody asking", () => {
    const stage = opened();
    const strangers = Array.from({ length: 6 }, (_, at) => stage.meet(String(at), { about: offer }));
    let asked = 0;
    const run = (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        for (const stranger of strangers)
          for (const piece of requestsOf(stranger)) {
            asked++;
            say(stranger, { kind: "reject", piece });
          }
        stage.run(1000);
      }
    };
    run(60);
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(14);
    const before = asked;
    run(600);
    expect(asked - before).toBeLessThan(26);
  });

  test("a peer that changes what it has is no liar", () => {
    const stage = opened();
    const a = stage.meet("A", { about: offer });
    sendPart(a, 0);
    tell(a, { hash: aboutHashOf(other), size: other.length });
    for (const part of [1, 2]) sendPart(a, part, other);
    expect(a.closed).toBeNull();
    expect(noteOf(stage)).toBeNull();
    tell(a, offer);
    stage.run(PART_TIMEOUT + 200);
    serve(a);
    expect(noteOf(stage)).toBe("From the sea\nwith love");
  });

  test("stays under the person's own limit", () => {
    const stage = opened();
    stage.engine.setLimits({ up: null, down: 4096 });
    stage.run(1000);
    const a = stage.meet("A", { about: offer });
    let seconds = 0;
    for (; noteOf(stage) === null && seconds < 60; seconds++) {
      for (const part of requestsOf(a)) sendPart(a, part);
      stage.run(1000);
    }
    expect(noteOf(stage)).toBe("From the sea\nwith love");
    expect(seconds).toBeGreaterThan(5);
  });
});

describe("what cannot be read", () => {
  const short = makeAbout(times.slice(1), "x")!;

  test.each([
    ["has times of other files", short],
    ["is no dictionary", encodeBencode("fish")],
  ])("is not shown and not asked for again, and is passed on: one that %s", (_name, bytes) => {
    const stage = opened({ aboutHash: aboutHashOf(bytes) });
    const a = stage.meet("A", { about: { hash: aboutHashOf(bytes), size: bytes.length } });
    serve(a, bytes);
    expect(noteOf(stage)).toBeNull();
    expect(stage.engine.files(stage.id)[0]!.modified).toBeNull();
    expect(stage.host.logged.filter(({ code }) => code === "about-unreadable")).toHaveLength(1);
    expect(a.closed).toBeNull();
    stage.run(60_000);
    expect(requestsOf(a)).toEqual([]);
    const b = stage.meet("B", { has: "none" });
    tell(b, null);
    b.heard();
    say(b, { kind: "request", piece: 0 });
    expect(b.heard()).toEqual(["about data 0"]);
  });
});

describe("serving", () => {
  /** Somebody who speaks sh_about and lacks what it is about. */
  function asker(stage: Stage, name = "B"): Stranger {
    const stranger = stage.meet(name, { has: "none" });
    tell(stranger, null);
    stranger.heard();
    return stranger;
  }

  test("what was fetched is told to those who are here, and served", () => {
    const stage = opened();
    const b = asker(stage);
    say(b, { kind: "request", piece: 0 });
    expect(b.heard()).toEqual(["about reject 0"]);
    serve(stage.meet("A", { about: offer }));
    expect(b.heardAll()).toContain("extensions with metadata and about");
    for (const piece of [0, 2, 3]) say(b, { kind: "request", piece });
    expect(b.heard()).toEqual(["about data 0", "about data 2", "about reject 3"]);
  });

  test("a peer gets all parts several times, then no more", () => {
    const stage = opened({ about, aboutHash });
    const b = asker(stage);
    const answers: string[] = [];
    for (let at = 0; at < 3 * PART_SERVINGS + 4; at++) {
      say(b, { kind: "request", piece: at % 3 });
      answers.push(...b.heard());
    }
    expect(answers.filter((line) => line.startsWith("about data"))).toHaveLength(3 * PART_SERVINGS);
    expect(answers.filter((line) => line.startsWith("about reject"))).toHaveLength(4);
  });

  test("what the person's own limit holds back waits, and comes", () => {
    const stage = opened({ about, aboutHash });
    stage.engine.setLimits({ up: 4096, down: null });
    const b = asker(stage);
    for (const piece of [0, 1, 2]) say(b, { kind: "request", piece });
    stage.run(1000);
    expect(b.heard()).toEqual(["about data 0"]);
    stage.run(15_000);
    expect(b.heard()).toEqual(["about data 1", "about data 2"]);
  });
});

describe("whose about", () => {
  test("one that is here stays, whatever another link commits to", () => {
    const stage = opened({ about, aboutHash });
    const record = content.record("link", { aboutHash: aboutHashOf(other) });
    stage.engine.addTorrent({ record, have: "none" });
    expect(stage.engine.record(stage.id)).toMatchObject({ about, aboutHash });
  });

  test("a commitment that nobody could answer gives way to that of another link", () => {
    const stage = opened({ aboutHash: aboutHashOf(other) });
    stage.engine.addTorrent({ record: content.record("link", { aboutHash }), have: "none" });
    serve(stage.meet("A", { about: offer }));
    expect(noteOf(stage)).toBe("From the sea\nwith love");
    stage.engine.addTorrent({ record: content.record("link"), have: "none" });
    expect(noteOf(stage)).toBe("From the sea\nwith love");
  });

  test("a kept about that is not the link's is fetched anew", () => {
    const stage = opened({ about: other, aboutHash });
    expect(noteOf(stage)).toBeNull();
    serve(stage.meet("A", { about: offer }));
    expect(noteOf(stage)).toBe("From the sea\nwith love");
  });

  test("the sender may change it: everybody here is told of the new one", () => {
    const stage = opened({ about, aboutHash });
    const b = stage.meet("B", { has: "none" });
    tell(b, null);
    b.takeMessages();
    const { filesVersion } = stage.snapshot();
    stage.engine.setAbout(stage.id, other);
    expect(b.heardAll()).toEqual(["extensions with metadata and about"]);
    expect(noteOf(stage)).toBe("From the sea\nwith hate");
    expect(stage.snapshot().filesVersion).toBeGreaterThan(filesVersion);
    stage.engine.setAbout(stage.id, null);
    expect(b.heardAll()).toEqual(["extensions with metadata"]);
    expect(noteOf(stage)).toBeNull();
    expect(stage.engine.record(stage.id)).toMatchObject({ about: null, aboutHash: null });
  });
});
