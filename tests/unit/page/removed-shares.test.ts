import { describe, expect, it } from "vitest";
import { MAX_REMOVED_SHARES } from "../../../app/page/constants.ts";
import { RemovedShares } from "../../../app/page/removed-shares.ts";

const hashOf = (number: number) => String(number).padStart(40, "0");
const codesOf = (number: number) => [`urn:btih:${hashOf(number)}`];
const linkOf = (number: number) => `magnet:?xt=urn:btih:${hashOf(number)}&dn=a`;

/** A browser's storage, in which all tabs see the same. */
function aStorage(kept: string | null = null) {
  let value = kept;
  return () => ({
    getItem: () => value,
    setItem: (_: string, text: string) => {
      value = text;
    },
  });
}

describe("removed shares", () => {
  it("are known to all tabs, until a person opens one again", () => {
    const storage = aStorage();
    const [one, other] = [new RemovedShares(storage), new RemovedShares(storage)];
    one.remember(codesOf(1));
    one.remember(codesOf(2));
    expect([other.has(linkOf(1)), other.has(linkOf(2)), other.has(linkOf(3))]).toEqual([true, true, false]);
    other.forget(linkOf(1));
    expect([one.has(linkOf(1)), one.has(linkOf(2))]).toEqual([false, true]);
  });

  it("are remembered once each, and not without end", () => {
    const storage = aStorage();
    const removed = new RemovedShares(storage);
    for (let number = 0; number <= MAX_REMOVED_SHARES; number++) removed.remember(codesOf(number));
    removed.remember(codesOf(MAX_REMOVED_SHARES));
    expect(JSON.parse(storage().getItem()!)).toHaveLength(MAX_REMOVED_SHARES);
    expect([removed.has(linkOf(0)), removed.has(linkOf(1))]).toEqual([false, true]);
    removed.forget(linkOf(MAX_REMOVED_SHARES));
    expect(removed.has(linkOf(MAX_REMOVED_SHARES))).toBe(false);
  });

  it("are known to the tab alone where storage is refused", () => {
    const removed = new RemovedShares(() => {
      throw new DOMException("denied", "SecurityError");
    });
    removed.remember(codesOf(1));
    expect(removed.has(linkOf(1))).toBe(true);
    removed.forget(linkOf(1));
    expect(removed.has(linkOf(1))).toBe(false);
  });

  it.each(["", "5", "null", "{}", "[5]", "[[5]]"])("are none where %j was kept", (kept) => {
    const removed = new RemovedShares(aStorage(kept));
    expect(removed.has(linkOf(1))).toBe(false);
    removed.remember(codesOf(1));
    expect(removed.has(linkOf(1))).toBe(true);
  });
});
