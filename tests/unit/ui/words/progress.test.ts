import { describe, expect, it } from "vitest";
import { progressSentence } from "../../../../app/ui/words/progress.ts";
import { aPeer, aShare } from "../../../support/ui-fixture/snapshots.ts";

const plain = (text: string | null) => text?.replaceAll("\u00a0", " ") ?? null;

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
      uploaded: 1,
      totals: { downloaded: 0, uploaded: 4_000_000 },
      peers: [aPeer(), aPeer({ link: 2, state: "connecting" })],
    });
    expect(plain(progressSentence(share))).toBe("1 person is connected · sending 2 MB/s · 4 MB sent");
  });

  it("is not told before the size is known", () => {
    expect(progressSentence(aShare({ phase: "metadata", size: null, wantedBytes: 0 }))).toBe("");
  });
});
