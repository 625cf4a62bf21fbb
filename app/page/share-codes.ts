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

/** Whether a link, the fragment of an address without "#", leads to the share that has these codes. */
export function leadsTo(link: string, codes: readonly string[]): boolean {
  const text = decoded(link);
  const lower = text.toLowerCase();
  return codes.some((code) => {
    if (!code.startsWith("s-")) return lower.includes(code);
    return text.startsWith(code) && !/^[\w-]/.test(text.slice(code.length));
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
