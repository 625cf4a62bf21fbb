import { describe, expect, it } from "vitest";
import type { NodeSnapshot, ShareSnapshot } from "../../../app/bridge/commands.ts";
import { isTransferring, wouldInterrupt } from "../../../app/page/window-duties.ts";

const leech = { state: "connected", peerInterested: true, progress: 0.5 };
const seed = { state: "connected", peerInterested: false, progress: 1 };
const visitor = { state: "connected", peerInterested: false, progress: 0 };
const dialled = { state: "connecting", peerInterested: false, progress: 0 };

/** What the duties look at. */
function node(shares: object[], rest: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const whole = shares.map((share) => ({ phase: "seeding", peers: [], fromFiles: false, ...share }));
  return {
    shares: whole as unknown as ShareSnapshot[],
    drafts: [],
    saving: [],
    storage: null,
    fault: null,
    ...rest,
  };
}

const draft = { draft: "1", name: "a", otherEntries: 0, fileCount: 1, hashed: 1, size: 2, rate: 1 };
const hashingIn = (tab: string) => [{ ...draft, tab, working: true, id: null }];
const ready = [
  { ...draft, tab: "own", working: false, id: "ab" },
  { ...draft, tab: "own", working: false, id: null },
];
const writing = { name: "Downloads", state: "writing", looked: 0 };
const saving = [{ id: "ab", written: 1, size: 2 }];

describe("the screen stays on", () => {
  it.each([
    ["nothing to do", node([]), false],
    ["a complete share, nobody there", node([{}]), false],
    ["a complete share, only seeds there", node([{ peers: [seed] }]), false],
    ["a complete share being downloaded by somebody", node([{ peers: [seed, leech] }]), true],
    ["a download", node([{ phase: "downloading" }]), true],
    ["a paused download", node([{ phase: "paused" }]), false],
    ["hashing", node([], { drafts: hashingIn("own") }), true],
    ["drafts that are ready, or failed", node([], { drafts: ready }), false],
    ["saving", node([], { saving }), true],
  ])("%s", (_, snapshot, on) => {
    expect(isTransferring(snapshot)).toBe(on);
  });
});

describe("closing the tab is asked about", () => {
  const tab = "own";
  const last = { tab, state: "leading", isLast: true } as const;
  const first = { tab, state: "leading", isLast: false } as const;
  const follower = { tab, state: "following", isLast: false } as const;
  const kept = { total: 1, readable: 1, notAllowed: 0, kept: true, missing: null };
  const own = { fromFiles: true, ownFiles: kept, size: 100, totals: { downloaded: 0, uploaded: 0 } };
  const withoutHandles = { ...own, ownFiles: { ...kept, kept: false } };
  it.each([
    ["own files that somebody downloads", node([{ ...own, peers: [leech] }]), last, true],
    ["own files that nobody has got", node([own]), last, true],
    [
      "own files to whose only visitor a connection is made",
      node([{ ...own, peers: [dialled] }]),
      last,
      true,
    ],
    [
      "own files that went out once, nobody there",
      node([{ ...own, totals: { downloaded: 0, uploaded: 100 } }]),
      last,
      false,
    ],
    ["own files that somebody here has whole", node([{ ...own, peers: [seed, leech] }]), last, false],
    ["own files that are paused", node([{ ...own, phase: "paused", peers: [leech] }]), last, false],
    ["stored pieces that somebody downloads", node([{ peers: [leech] }]), last, true],
    ["stored pieces that somebody looks at", node([{ peers: [visitor] }]), last, true],
    ["stored pieces that somebody here has whole too", node([{ peers: [leech, seed] }]), last, false],
    ["stored pieces, nobody there", node([{}]), last, false],
    ["a download, which resumes", node([{ phase: "downloading", peers: [leech] }]), last, false],
    ["stored pieces that another tab goes on with", node([{ peers: [leech] }]), first, false],
    ["own files that another tab can open", node([{ ...own, peers: [leech] }]), first, false],
    ["own files that no other tab can open", node([{ ...withoutHandles, peers: [leech] }]), first, true],
    ["the same in a tab that only follows", node([{ ...withoutHandles, peers: [leech] }]), follower, false],
    ["hashing", node([], { drafts: hashingIn(tab) }), last, true],
    ["hashing in another tab's worker", node([], { drafts: hashingIn(tab) }), follower, true],
    ["hashing for another tab", node([], { drafts: hashingIn("other") }), first, false],
    ["drafts that are ready, or failed", node([], { drafts: ready }), last, false],
    ["saving", node([], { saving }), first, true],
    [
      "files in a folder that are being written",
      node([{ phase: "downloading", folder: writing }]),
      first,
      true,
    ],
    [
      "the same in a tab that only follows",
      node([{ phase: "downloading", folder: writing }]),
      follower,
      false,
    ],
    ["files in a folder that are whole", node([{ folder: writing }]), last, false],
  ])("%s", (_, snapshot, closing, asked) => {
    expect(wouldInterrupt(snapshot, closing)).toBe(asked);
  });
});
