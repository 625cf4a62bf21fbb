import { describe, expect, it } from "vitest";
import type { ShareSnapshot } from "../../../../app/bridge/commands.ts";
import { remarkSentences } from "../../../../app/ui/words/remarks.ts";
import { aShare } from "../../../support/ui-fixture/snapshots.ts";

const remarks = (changes: Partial<ShareSnapshot>) =>
  remarkSentences(aShare(changes)).map((text) => text.replaceAll("\u00a0", " "));

const passkey = "https://tracker.example/announce?passkey=0123456789abcdef";
const used = {
  url: "wss://a/",
  state: "working",
  seeds: 1,
  leechers: 0,
  retryIn: null,
  failure: null,
  refused: false,
} as const;

describe("remarks", () => {
  it("are none on an ordinary share", () => {
    expect(remarks({})).toEqual([]);
  });

  it("name the trackers that are left out, by their hosts, each once", () => {
    expect(
      remarks({ leftOutTrackers: ["udp://tracker.example:6969", "udp://other.example:1337/announce"] }),
    ).toEqual([
      "Browsers reach only people whose client speaks WebRTC, as Shoal and WebTorrent do. Left out, because this page cannot reach them: tracker.example:6969, other.example:1337.",
    ]);
    const [told] = remarks({ leftOutTrackers: [passkey, passkey.replace("abc", "def")] });
    expect(told).toContain("reach them: tracker.example.");
    expect(told).not.toContain("0123");
    const many = Array.from({ length: 9 }, (_, i) => `udp://${i}.example`);
    expect(remarks({ leftOutTrackers: many })[0]).toContain("4.example and 4 more.");
  });

  it("say whom a members-only share is for, and that a browser may reach nobody", () => {
    expect(remarks({ membersOnly: true, trackers: [used] })).toEqual([
      "Members-only: people are met only through the trackers that its .torrent or magnet names, and by no other way.",
    ]);
    expect(remarks({ membersOnly: true, leftOutTrackers: [passkey] })[1]).toBe(
      "Left out, because this page cannot reach it: tracker.example. Nobody can be met without it: open this torrent in a BitTorrent client.",
    );
  });

  it("say that web seeds are not used yet", () => {
    expect(remarks({ webSeeds: ["http://127.0.0.1:19199/fish.txt"] })).toEqual([
      "The torrent also names web servers that have its files (127.0.0.1:19199). Shoal does not use them yet.",
    ]);
  });

  it("name the symbolic links that are left out", () => {
    expect(remarks({ linkCount: 1, links: [["d", "link\u202e"]] })).toEqual([
      "1 symbolic link is left out: “d/link\ufffd”. Every other file can be had.",
    ]);
    expect(remarks({ linkCount: 1000, links: [["a"], ["b"]] })).toEqual([
      "1,000 symbolic links are left out: “a”, “b” and 998 more. Every other file can be had.",
    ]);
  });
});
