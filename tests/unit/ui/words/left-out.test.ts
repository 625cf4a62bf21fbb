import { describe, expect, it } from "vitest";
import type { LeftOut, LeftOutReason } from "../../../../app/page/intake/left-out.ts";
import { leftOutTitle, reasonInWords, systemNames } from "../../../../app/ui/words/left-out.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

function entries(...reasons: readonly LeftOutReason[]): LeftOut[] {
  return reasons.map((reason) => ({ path: ["sea", "a"], reason, file: null }));
}

describe("what is left out", () => {
  it.each<[LeftOutReason[], string]>([
    [["system"], "1 system file is left out"],
    [["system", "system"], "2 system files are left out"],
    [["empty-folder", "empty-folder", "empty-folder"], "3 empty folders are left out"],
    [["unreadable"], "1 thing is left out"],
    [["system", "unreadable", "name"], "3 things are left out"],
  ])("%j is titled by what it is", (reasons, title) => {
    expect(plain(leftOutTitle(entries(...reasons)))).toBe(title);
  });

  it("has a reason of its own for each kind, which ends the sentence that its path begins", () => {
    const reasons: LeftOutReason[] = ["unreadable", "name", "too-deep", "empty-folder"];
    const told = entries(...reasons).map(reasonInWords);
    expect(new Set(told).size).toBe(reasons.length);
    for (const reason of told) expect(reason).toMatch(/^(is|has|cannot|lies) /);
  });

  it.each([
    [[".DS_Store"], ".DS_Store"],
    [[".DS_Store", ".DS_Store"], ".DS_Store"],
    [[".DS_Store", "Thumbs.db"], ".DS_Store and Thumbs.db"],
    [["a", "b", "c", "d", "e", "a"], "a, b, c and 2 more"],
  ])("system files %j are said once each, the first of them", (names, words) => {
    const system = names.map((name): LeftOut => ({ path: ["sea", name], reason: "system", file: null }));
    expect(systemNames(system)).toBe(words);
  });

  it("what lies in a system's folder is said by the folder's name", () => {
    const inside = ["x", "y"].map(
      (name): LeftOut => ({ path: ["sea", "__MACOSX", "deep", name], reason: "system", file: null }),
    );
    expect(systemNames(inside)).toBe("__MACOSX");
  });
});
