import { expect, it } from "vitest";
import { leadsTo, shareCodes } from "../../../app/page/share-codes.ts";

const v1 = "0123456789abcdef0123456789abcdef01234567";
const v2 = Buffer.from("AbCdEfGhIjKlMnOpQr_t-vWxYz0123456789AbCdEfE", "base64url").toString("hex");
const hash = "AbCdEfGhIjKlMnOpQr_t-vWxYz0123456789AbCdEfE";
const codes = shareCodes({ infoHashV1: v1, infoHashV2: v2 });

it("a share has a code for each of its hashes", () => {
  expect(codes).toEqual([`s-${hash}`, `urn:btmh:1220${v2}`, `urn:btih:${v1}`]);
  expect(shareCodes({ infoHashV1: null, infoHashV2: null })).toEqual([]);
});

it.each([
  [`s-${hash}`],
  [`s-${hash}&dn=a`],
  [`s-${hash}?utm=a`],
  [`s-${hash}/`],
  [`s-${hash}%26dn=a`],
  [`magnet:?xt=urn:btih:${v1}`],
  [`magnet:?xt=urn:btih:${v1.toUpperCase()}&dn=a`],
  [`magnet:?dn=a&xt=urn%3Abtmh%3A1220${v2}`],
  [`magnet:?xt.1=urn:btih:${"0".repeat(40)}&xt.2=urn:btih:${v1}`],
  [`MAGNET:XT=URN:BTIH:${v1}`],
  [`web+magnet://?xt=urn:btih:${v1}`],
  [encodeURIComponent(`magnet:?xt=urn:btih:${v1}`)],
])("%s leads to it", (link) => {
  expect(leadsTo(link, codes)).toBe(true);
  expect(leadsTo(link, [])).toBe(false);
});

it.each([
  [""],
  [`s-${hash}A`],
  [`s-${hash.toLowerCase()}`],
  [`s-${"A".repeat(43)}&dn=s-${hash}`],
  [`s-${"A".repeat(43)}&dn=urn:btih:${v1}`],
  [`s-${"A".repeat(43)}&dn=%26xt%3Durn:btih:${v1}`],
  [`magnet:?xt=urn:btih:${"0".repeat(40)}&dn=urn:btih:${v1}`],
  [`magnet:?xt=urn:btih:${"0".repeat(40)}&tr=wss://a/?xt=urn:btih:${v1}`],
  [`magnet:?xt=urn:btih:${"0".repeat(40)}&dn=%26xt%3Durn:btih:${v1}`],
  [
    encodeURIComponent(
      `magnet:?xt=urn:btih:${"0".repeat(40)}&dn=${encodeURIComponent(`&xt=urn:btih:${v1}`)}`,
    ),
  ],
  [`magnet:?xt=urn:btih:${v1}0`],
  [`urn:btih:${v1}`],
  [`magnet:?xt=urn:btih:${"0".repeat(40)}`],
  ["%"],
])("%s does not", (link) => {
  expect(leadsTo(link, codes)).toBe(false);
});
