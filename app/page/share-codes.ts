/**
 * The codes of a share are its hashes as links write them. A link leads to a share if it has one of them, whatever else
 * stands in it: two links with different names lead to one share.
 */

import type { ShareSnapshot } from "../bridge/commands.ts";

type Hashed = Pick<ShareSnapshot, "infoHashV1" | "infoHashV2">;

/** `s-…`, `urn:btmh:…` and `urn:btih:…`, those that are known. */
export function shareCodes({ infoHashV1, infoHashV2 }: Hashed): string[] {
  const codes: string[] = [];
  if (infoHashV2 !== null) codes.push(`s-${base64urlOf(infoHashV2)}`, `urn:btmh:1220${infoHashV2}`);
  if (infoHashV1 !== null) codes.push(`urn:btih:${infoHashV1}`);
  return codes;
}

/**
 * Whether a link, the fragment of an address without "#", leads to the share that has these codes. The hashes of a share
 * link stand at its start, those of a magnet link in its `xt` parameters. One that stands elsewhere, as in a name, is none.
 */
export function leadsTo(link: string, codes: readonly string[]): boolean {
  const found = codesIn(/^(?:s-|(?:web\+)?magnet:)/i.test(link) ? link : decoded(link));
  return codes.some((code) => found.includes(code));
}

function codesIn(text: string): string[] {
  const [share] = /^s-[\w-]*/.exec(text) ?? [];
  if (share !== undefined) return [share];
  const [, parameters] = /^(?:web\+)?magnet:[?/]*(.*)$/is.exec(text) ?? [];
  return (parameters ?? "").split("&").flatMap((parameter) => {
    const [, code] = /^xt(?:\.\d+)?=(urn:bt[im]h:[0-9a-z]*)/i.exec(decoded(parameter)) ?? [];
    return code === undefined ? [] : [code.toLowerCase()];
  });
}

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

function base64urlOf(hex: string): string {
  const characters = hex.match(/../g)?.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))) ?? [];
  return btoa(characters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
