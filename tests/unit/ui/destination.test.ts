import { describe, expect, it } from "vitest";
import { parseDestination, shareFragment } from "../../../app/ui/destination.ts";

describe("the address", () => {
  it.each([
    ["", { screen: "home" }],
    ["#", { screen: "home" }],
    ["#s-abc&dn=Holiday", { screen: "share", link: "s-abc&dn=Holiday" }],
    ["#magnet:?xt=urn:btih:00#x", { screen: "share", link: "magnet:?xt=urn:btih:00#x" }],
  ])("%s", (hash, destination) => {
    expect(parseDestination(hash)).toEqual(destination);
  });
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
