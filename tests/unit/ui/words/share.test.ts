import { describe, expect, it } from "vitest";
import type { Stall } from "../../../../app/engine/snapshot.ts";
import {
  contentSentence,
  documentTitle,
  missingFilesAdvice,
  phaseSentence,
  phaseWord,
  shareName,
  stallSentence,
} from "../../../../app/ui/words/share.ts";
import { aShare } from "../../../support/ui-fixture/snapshots.ts";

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

describe("own files that wait for the person's permission", () => {
  const missing = { name: "b.txt", reason: "not-allowed" as const };
  const waiting = (readable: number, notAllowed: number) =>
    aShare({
      ...{ phase: readable === 0 ? "paused" : "seeding", fromFiles: true, needsFiles: readable === 0 },
      ownFiles: { total: 3, readable, notAllowed, kept: true, missing },
    });

  it("are told as that, and the button that asks is named", () => {
    expect(phaseSentence(waiting(0, 3))).toMatch(/this browser asks you before it reads the files again\.$/);
    expect(phaseWord(waiting(0, 3))).toBe("Waits for your permission");
    expect(missingFilesAdvice(waiting(0, 3))).toMatch(/^Press Go on sharing.*on every visit.*not ask again/);
    expect(plain(phaseSentence(waiting(1, 2)))).toBe(
      "Sharing 1 of 3 files. This browser asks you before it reads the others.",
    );
  });

  it("are told apart from those that must be given again", () => {
    expect(phaseSentence(waiting(0, 2))).toMatch(/can no longer read the files/);
    expect(phaseWord(waiting(0, 2))).toBe("Needs its files");
    expect(missingFilesAdvice(waiting(0, 2))).toMatch(/^Press Go on sharing.*Drop the others here again/);
    expect(missingFilesAdvice(waiting(0, 0))).toMatch(/^Drop the same files here again/);
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

it("a share is called by its name, and what was shared with that is counted", () => {
  const calls = [
    aShare(),
    aShare({ name: "a.jpg", otherEntries: 2 }),
    aShare({ name: "a.jpg", otherEntries: 12_345 }),
    aShare({ name: null }),
  ].map(shareName);
  expect(calls).toEqual(["Holiday", "a.jpg and 2 more", "a.jpg and 12,345 more", "Shared with you"]);
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
    const draft = {
      draft: "1",
      tab: "t",
      name: "Photos",
      otherEntries: 1,
      fileCount: 2,
      working: true,
      id: null,
    };
    expect(plain(documentTitle(null, { ...draft, hashed: 1, size: 4, rate: 0 }))).toBe(
      "25 % · Photos and 1 more · Shoal",
    );
  });
});
