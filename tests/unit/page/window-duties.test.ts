import { describe, expect, it } from "vitest";
import type { NodeSnapshot, ShareSnapshot } from "../../../app/bridge/commands.ts";
import { isTransferring, wouldInterrupt } from "../../../app/page/window-duties.ts";

const leech = { peerInterested: true, progress: 0.5 };
const seed = { peerInterested: false, progress: 1 };

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
const hashing = [{ ...draft, working: true, id: null }];
const ready = [
  { ...draft, working: false, id: "ab" },
  { ...draft, working: false, id: null },
];
const saving = [{ id: "ab", written: 1, size: 2 }];

describe("the screen stays on", () => {
  it.each([
    ["nothing to do", node([]), false],
    ["a complete share, nobody there", node([{}]), false],
    ["a complete share, only seeds there", node([{ peers: [seed] }]), false],
    ["a complete share being downloaded by somebody", node([{ peers: [seed, leech] }]), true],
    ["a download", node([{ phase: "downloading" }]), true],
    ["a paused download", node([{ phase: "paused" }]), false],
    ["hashing", node([], { drafts: hashing }), true],
    ["drafts that are ready, or failed", node([], { drafts: ready }), false],
    ["saving", node([], { saving }), true],
  ])("%s", (_, snapshot, on) => {
    expect(isTransferring(snapshot)).toBe(on);
  });
});

describe("closing the tab is asked about", () => {
  const own = { fromFiles: true, peers: [leech] };
  it.each([
    ["own files that somebody downloads", node([own]), "leading", true],
    ["the same in a tab that only follows", node([own]), "following", false],
    ["own files that nobody downloads", node([{ fromFiles: true, peers: [seed] }]), "leading", false],
    ["stored pieces that somebody downloads", node([{ peers: [leech] }]), "leading", false],
    ["a download, which resumes", node([{ phase: "downloading" }]), "leading", false],
    ["hashing", node([], { drafts: hashing }), "leading", true],
    ["drafts that are ready, or failed", node([], { drafts: ready }), "leading", false],
    ["saving", node([], { saving }), "leading", true],
  ] as const)("%s", (_, snapshot, state, asked) => {
    expect(wouldInterrupt(snapshot, state)).toBe(asked);
  });
});
