import { describe, expect, it } from "vitest";
import type { Stall, TrackerSnapshot } from "../../../app/engine/snapshot.ts";
import {
  contentSentence,
  documentTitle,
  hashingSentence,
  isAllHere,
  peerSentence,
  phaseSentence,
  progressPercent,
  progressSentence,
  routeWord,
  stallSentence,
  trackerName,
  trackerSentence,
} from "../../../app/ui/share-words.ts";
import { aPeer, aShare } from "../../support/ui-fixture/snapshots.ts";

const plain = (text: string | null) => text?.replaceAll("\u00a0", " ") ?? null;

describe("what a share is doing", () => {
  it("says the same sentence while only numbers change, for it is read aloud", () => {
    const early = aShare({ storedBytes: 1, downRate: 5, eta: 900 });
    expect(phaseSentence(aShare({ storedBytes: 900_000, downRate: 99, eta: 3 }))).toBe(phaseSentence(early));
  });

  it("puts what a sender must know before his phase: the files are needed again", () => {
    expect(phaseSentence(aShare({ phase: "seeding", fromFiles: true, needsFiles: true }))).toMatch(
      /no longer read the files/,
    );
  });

  it("tells the paused sender, the paused whole and the paused part apart", () => {
    const sentences = [
      phaseSentence(aShare({ phase: "paused", fromFiles: true })),
      phaseSentence(aShare({ phase: "paused", storedBytes: 2_500_000 })),
      phaseSentence(aShare({ phase: "paused", storedBytes: 1 })),
    ];
    expect(new Set(sentences).size).toBe(3);
  });
});

describe("progress", () => {
  it("has percent, amount, rate and time while downloading", () => {
    const share = aShare({ storedBytes: 850_000, downRate: 100_000, eta: 16.5 });
    expect(plain(progressSentence(share))).toBe("34 % · 850 KB of 2.5 MB · 100 KB/s · about 20 seconds left");
  });

  it("leaves rate and time out when nothing moves", () => {
    expect(plain(progressSentence(aShare({ phase: "paused", storedBytes: 850_000, eta: 3 })))).toBe(
      "34 % · 850 KB of 2.5 MB",
    );
  });

  it("of a sender counts who is connected, not who is still connecting", () => {
    const share = aShare({
      phase: "seeding",
      fromFiles: true,
      upRate: 2_000_000,
      uploaded: 4_000_000,
      peers: [aPeer(), aPeer({ link: 2, state: "connecting" })],
    });
    expect(plain(progressSentence(share))).toBe("1 person is connected · sending 2 MB/s · 4 MB sent");
  });

  it("is unknown, not 100, before the size is known", () => {
    const share = aShare({ phase: "metadata", size: null, wantedBytes: 0 });
    expect(progressPercent(share)).toBe(0);
    expect(progressSentence(share)).toBe("");
    expect(isAllHere(share)).toBe(false);
  });

  it("of hashing tells how much, how fast, how long", () => {
    const job = { job: "1", name: "x", hashed: 250e6, size: 1000e6, rate: 25e6 };
    expect(plain(hashingSentence(job))).toBe("25 % · 250 MB of 1 GB · 25 MB/s · about 30 seconds left");
  });
});

describe("when nothing moves", () => {
  const stalls: readonly Stall[] = [
    "webrtc-blocked",
    "tracker-unreachable",
    "no-peers",
    "connecting",
    "reconnecting",
    "not-trusted",
    "no-route",
    "no-connection",
    "choked",
    "no-source",
    "waiting-for-data",
    "storage-slow",
  ];

  it("every reason has its own sentence", () => {
    const sentences = stalls.map((stall) => stallSentence(aShare({ stall })));
    expect(new Set(sentences).size).toBe(stalls.length);
    expect(sentences).not.toContain(null);
  });

  it.each([
    ["no-peers", /ask the sender to open Shoal again/],
    ["connecting", /^Someone is there/],
    ["reconnecting", /was lost.*what has arrived is kept/],
    ["not-trusted", /take the other person's place.*what has arrived is kept.*use another server/],
    ["no-route", /Try another network.*or ask whoever runs this server for a TURN relay/],
    ["no-connection", /keeps trying.*another network/],
    ["webrtc-blocked", /WebRTC is blocked.*Allow it.*or open the link in another browser/],
  ] as const)("%s says what to do, or that it goes on by itself", (stall, words) => {
    expect(stallSentence(aShare({ stall }))).toMatch(words);
  });

  it("a sender without visitors is not stuck", () => {
    expect(stallSentence(aShare({ phase: "seeding", fromFiles: true, stall: "no-peers" }))).toBeNull();
  });

  it("a sender who cannot be found is told so", () => {
    expect(stallSentence(aShare({ phase: "seeding", stall: "tracker-unreachable" }))).toMatch(
      /nobody new can find/,
    );
  });

  it("missing files come before any other reason", () => {
    expect(stallSentence(aShare({ needsFiles: true, stall: "tracker-unreachable" }))).toBeNull();
  });
});

describe("peers", () => {
  it.each([
    [{ state: "connecting" } as const, "Connecting…"],
    [{ amInterested: true }, "Sends to us"],
    [{ amInterested: true, peerChoking: true }, "Keeps us waiting"],
    [{ amInterested: true, snubbed: true }, "Has gone quiet"],
    [{ peerInterested: true, amChoking: true }, "Waits for its turn"],
    [{ amInterested: true, peerInterested: true }, "Sends to us, receives from us"],
    [{}, "Nothing to exchange"],
  ])("%o: %s", (peer, sentence) => {
    expect(peerSentence(aPeer(peer))).toBe(sentence);
  });
});

describe("trackers", () => {
  const tracker: TrackerSnapshot = {
    url: "wss://shoal.example:8000/announce",
    state: "waiting",
    seeds: null,
    leechers: null,
    retryIn: 12.2,
    failure: null,
  };

  it("count down to the next attempt", () => {
    const sentences = [12.2, 0.3, 150, null].map((retryIn) =>
      plain(trackerSentence({ ...tracker, retryIn })),
    );
    expect(sentences).toEqual([
      "Cannot be reached, trying again in 13 seconds",
      "Cannot be reached, trying again now",
      "Cannot be reached, trying again in 3 minutes",
      "Cannot be reached",
    ]);
  });

  it("that work say whom they know and what they refused", () => {
    const working = { ...tracker, state: "working", seeds: 1, leechers: 0, failure: "too many" } as const;
    expect(plain(trackerSentence(working))).toBe(
      "Working · 1 with all of it · 0 downloading · it refused: too many",
    );
  });

  it("are called by their host", () => {
    expect([trackerName(tracker.url), trackerName("not a url")]).toEqual(["shoal.example:8000", "not a url"]);
  });
});

it("content is told by size, and by number only when there are several files", () => {
  expect(
    [aShare(), aShare({ fileCount: 1 }), aShare({ size: null })].map((share) =>
      plain(contentSentence(share)),
    ),
  ).toEqual(["2.5 MB in 2 files", "2.5 MB", ""]);
});

describe("the window's title", () => {
  it("has the progress first while downloading, and only then", () => {
    const share = aShare({ storedBytes: 850_000 });
    expect(plain(documentTitle(share, null))).toBe("34 % · Holiday · Shoal");
    expect(plain(documentTitle({ ...share, phase: "paused" }, null))).toBe("Holiday · Shoal");
  });

  it("tells of hashing on the home screen", () => {
    expect(plain(documentTitle(null, { hashed: 1, size: 4, name: "Photos" }))).toBe("25 % · Photos · Shoal");
  });
});

it("a peer's route is told, and how many connections lead to it when one is not enough", () => {
  expect([routeWord("direct", 1), routeWord("relayed", 4), routeWord(undefined, 0)]).toEqual([
    "Direct",
    "Through a relay, 4 connections",
    "Not known yet",
  ]);
});
