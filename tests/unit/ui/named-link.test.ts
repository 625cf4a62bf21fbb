import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { linkName, namedFragment, passedOnLink, withName } from "../../../app/ui/named-link.ts";
import { aShare } from "../../support/ui-fixture/snapshots.ts";

const code = "AbCdEfGhIjKlMnOpQr_t-vWxYz0123456789AbCdEfE";
const link = `https://shoal.example/#s-${code}`;

describe("the link that is passed on", () => {
  it("tells the name behind the hash, before the trackers", () => {
    const share = aShare({ name: "my fish.jpg", link: `${link}&tr=wss%3A%2F%2Ft` });
    expect(passedOnLink(share, true)).toBe(`${link}&dn=my%20fish.jpg&tr=wss%3A%2F%2Ft`);
    expect(namedFragment(share, true)).toBe(`#s-${code}&dn=my%20fish.jpg&tr=wss%3A%2F%2Ft`);
  });

  it("tells none where the person does not want it, or while it is unknown", () => {
    expect(passedOnLink(aShare({ name: "fish", link }), false)).toBe(link);
    expect(passedOnLink(aShare({ name: null, link }), true)).toBe(link);
    expect(passedOnLink(aShare({ name: "fish", link: "" }), true)).toBe("");
  });

  it("of a torrent without a v2 hash is a magnet in the fragment", () => {
    const magnet = `https://shoal.example/#magnet:?xt=urn:btih:${"0".repeat(40)}`;
    expect(passedOnLink(aShare({ name: "fish", link: `${magnet}&tr=wss%3A%2F%2Ft` }), true)).toBe(
      `${magnet}&dn=fish&tr=wss%3A%2F%2Ft`,
    );
  });

  it("tells what the screen shows: a title, or how much there is besides", () => {
    expect(linkName(aShare({ name: "a.jpg", otherEntries: 2 }))).toBe("a.jpg and 2 more");
    expect(linkName(aShare({ name: "a.jpg", otherEntries: 2, title: "Holiday" }))).toBe("Holiday");
    expect(linkName(aShare({ name: null, title: "Holiday" }))).toBe("Holiday");
  });

  it("is no longer than a line, and cut between characters", () => {
    const family = "👨‍👩‍👧";
    expect(linkName(aShare({ name: "x".repeat(80) }))).toBe("x".repeat(80));
    expect(linkName(aShare({ name: "x".repeat(81) }))).toBe(`${"x".repeat(79)}…`);
    expect(linkName(aShare({ name: family.repeat(200) }))).toBe(`${family.repeat(79)}…`);
    expect(linkName(aShare({ name: "é".normalize("NFD").repeat(100) }))).toBe(
      `${"é".normalize("NFD").repeat(79)}…`,
    );
  });

  it("has no marks of direction, controls or halves of characters in its name", () => {
    expect(linkName(aShare({ name: "photo\u202egpj.exe\u0000\ud800" }))).toBe("photogpj.exe");
    expect(passedOnLink(aShare({ name: "a\ud800b", link }), true)).toBe(`${link}&dn=ab`);
  });

  it("replaces the name of another link, and keeps what else that asks for", () => {
    expect(withName(`s-${code}&dn=a&so=1&DN=b`, "c")).toBe(`s-${code}&dn=c&so=1`);
    expect(withName(`s-${code}&dn=a&so=1`, null)).toBe(`s-${code}&so=1`);
    expect(withName("magnet:?dn=a&xt=urn:btih:00&so=1", "c")).toBe("magnet:?xt=urn:btih:00&dn=c&so=1");
  });

  it("leaves out what mailers and social sites append", () => {
    for (const appended of ["", "/", "?utm_source=a", "/?utm_source=a&fbclid=b", "&fbclid=b"]) {
      expect(withName(`s-${code}${appended}`, null)).toBe(`s-${code}`);
      expect(withName(`s-${code}${appended}`, "a")).toBe(`s-${code}&dn=a`);
    }
    expect(withName(`s-${code}?utm_source=a&tr=wss://t/?x=1`, "a")).toBe(`s-${code}&dn=a&tr=wss://t/?x=1`);
    expect(withName(`s-${code}&about=IF_txbNiL8u4OWabHn5pKA`, "a")).toBe(
      `s-${code}&dn=a&about=IF_txbNiL8u4OWabHn5pKA`,
    );
  });

  it("costs no more than the name's length, however much punctuation is in it", () => {
    // Work that grows with the square of this takes longer than the suite's time limit.
    const name = `${"_".repeat(300_000)}x`;
    expect(withName(`s-${code}`, name)).toBe(`s-${code}&dn=${name}`);
  });

  it("is read again as it was written, whatever the name, in any text", () => {
    const names = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
      .filter((name) => name.trim() !== "" && !/[\p{Cc}\p{Bidi_Control}]/u.test(name));
    fc.assert(
      fc.property(names, (name) => {
        const passedOn = passedOnLink(aShare({ name, link }), true);
        expect(parseShareLink(passedOn).name).toBe(name);
        expect(parseShareLink(`See (${passedOn}).`).name).toBe(name);
      }),
    );
  });
});
