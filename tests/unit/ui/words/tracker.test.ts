import { describe, expect, it } from "vitest";
import type { TrackerSnapshot } from "../../../../app/engine/snapshot.ts";
import { refusalSentence, trackerName, trackerSentence } from "../../../../app/ui/words/tracker.ts";

const plain = (text: string | null) => text?.replaceAll("\u00a0", " ") ?? null;

describe("trackers", () => {
  const tracker: TrackerSnapshot = {
    url: "wss://shoal.example:8000/announce",
    state: "waiting",
    seeds: null,
    leechers: null,
    retryIn: 12.2,
    failure: null,
    refused: false,
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

  it("that refuse a share say why, and whether nobody can be met at all", () => {
    const refusing = { ...tracker, state: "working", failure: "too many swarms", refused: true } as const;
    expect(refusalSentence([refusing])).toMatch(
      /^A server that introduces people refuses this share, so nobody can be met: shoal.example:8000 says “too many swarms”\./,
    );
    expect(refusalSentence([refusing, { ...tracker, url: "wss://other.example/" }])).toMatch(
      /so nobody can be met there: shoal.example:8000 says/,
    );
    const other = { ...refusing, url: "wss://other.example/", failure: null };
    expect(refusalSentence([refusing, other])).toMatch(
      /^Servers .* refuse this share, so nobody can be met: shoal.example:8000 says “too many swarms”; other.example\./,
    );
  });

  it("are called by their host", () => {
    expect(trackerName(tracker.url)).toBe("shoal.example:8000");
  });

  it.each([
    ["udp://tracker.example:6969", "tracker.example:6969"],
    ["https://tracker.example/0123456789abcdef/announce?passkey=secret", "tracker.example"],
    ["wss://me:secret@tracker.example/", "tracker.example"],
    ["udp://%/secret", "%"],
    ["secret", "an address that is none"],
  ])("are never called by more than their host: %s", (url, name) => {
    expect(trackerName(url)).toBe(name);
  });
});
