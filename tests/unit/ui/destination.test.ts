import { describe, expect, it } from "vitest";
import { parseDestination, shareFragment } from "../../../app/ui/destination.ts";

const hash = "AbCdEfGhIjKlMnOpQr_t-vWxYz0123456789AbCdEfE";
const magnet = `magnet:?xt=urn:btih:${"0".repeat(40)}`;
const destinationOf = (path: string) => parseDestination(new URL(path, "https://shoal.example"));

describe("the address", () => {
  it.each([
    ["/", "/"],
    ["/#", "/"],
    ["/index.html", "/"],
    ["/?utm_source=a", "/"],
    ["/tests/index.html?state=a", "/tests/index.html?state=a"],
  ])("%s is home", (path, address) => {
    expect(destinationOf(path)).toEqual({ link: "", address, isLost: false });
  });

  it.each([
    ["/#s-abc&dn=Holiday", "s-abc&dn=Holiday"],
    ["/#magnet:?xt=urn:btih:00#x", "magnet:?xt=urn:btih:00#x"],
    ["/index.html#s-abc", "s-abc"],
    ["/old/page?utm=a#s-abc", "s-abc"],
    [`/%23s-${hash}`, `s-${hash}`],
    [`/%23s-${hash}/`, `s-${hash}/`],
    [`/%2523s-${hash}`, `s-${hash}`],
    [`/%23/s-${hash}`, `s-${hash}`],
    [`/%23s-${hash}&dn=a%26b`, `s-${hash}&dn=a%26b`],
    [`/%23s-${hash}?utm_source=a`, `s-${hash}?utm_source=a`],
    [`/s-${hash}`, `s-${hash}`],
    [`/S-${hash}`, `S-${hash}`],
    [`/share/s-${hash}`, `s-${hash}`],
    [`/share/%23s-${hash}`, `s-${hash}`],
    [`/index.html%23s-${hash}`, `s-${hash}`],
    [`/%23k-${hash}`, `k-${hash}`],
    [`/${magnet}`, magnet],
    [`/%23${magnet}&dn=film.mkv`, `${magnet}&dn=film.mkv`],
    [`/web+${magnet}`, `web+${magnet}`],
    [`/${encodeURIComponent(magnet)}`, encodeURIComponent(magnet)],
    ["/s-short", "s-short"],
  ])("%s leads to a share, at its proper address", (path, link) => {
    expect(destinationOf(path)).toEqual({ link, address: `/#${link}`, isLost: false });
  });

  it.each(["/nothing", "/share/", "/settings?a=b", "/sea", "/assets/", "/%E0%A4", "/%"])(
    "%s leads to nothing",
    (path) => {
      expect(destinationOf(path)).toEqual({ link: "", address: "/", isLost: true });
    },
  );
});

describe("the fragment of a share", () => {
  it("is its link's", () => {
    expect(shareFragment({ link: "https://shoal.example/#s-abc", infoHashV1: "11", infoHashV2: "22" })).toBe(
      "#s-abc",
    );
  });

  it("is a magnet where there is no link", () => {
    expect(shareFragment({ link: "", infoHashV1: "11", infoHashV2: null })).toBe("#magnet:?xt=urn:btih:11");
    expect(shareFragment({ link: "", infoHashV1: null, infoHashV2: "22" })).toBe(
      "#magnet:?xt=urn:btmh:122022",
    );
  });
});
