/**
 * The finder finds share links and magnet links in a text as a person has it: an address, a line of a chat, a mail, a
 * piece of a web page. It undoes what others did to the link on its way, and hands on what share-link.ts reads:
 *
 * | in the text | found |
 * | --- | --- |
 * | `(see https://host/#s-HASH).` | a share of `https://host` |
 * | `https://host/%23s-HASH?utm_source=chat` | the same, with parameters that nobody asks for |
 * | `#s-FIRST⏎LAST`, wrapped by a mail | a share |
 * | `<a href="magnet:?xt=urn:btih:HASH&amp;dn=a">` | a magnet |
 * | `https://other.app/#HASH`, a bare HASH | a magnet |
 *
 * A text of any length is read in linear time: each character is looked at a bounded number of times.
 */
import { MAX_ADDRESS_LENGTH, MAX_DECODINGS, MIN_KEY_LENGTH, OTHER_APPS } from "./constants.ts";
import {
  cleanLinkText,
  decodeEscapes,
  magnetWord,
  readFoldedCode,
  readParameters,
  shareWord,
} from "./link-text.ts";

export interface FoundLink {
  /** `private`: a link with a key, `#k-…`. Its text is empty. */
  readonly kind: "share" | "private" | "magnet";
  /** The hash and the parameters of a share, `HASH&dn=…`; the parameters of a magnet, `xt=…&dn=…`. */
  readonly text: string;
  /** `https://host` of the Shoal server whose address the link is; null for a link without one. */
  readonly origin: string | null;
}

/** Characters of a 32-byte hash in base64url. */
export const SHARE_HASH_LENGTH = 43;

/**
 * Where a link may begin: the hash sign of a share or of another app's bare hash, a magnet, a hash with its namespace,
 * a share without its hash sign.
 */
const anchor = new RegExp(
  [
    "(?:#|%23)/?(?<fragment>[sk])-",
    "(?:#|%23)/?(?<bare>[0-9a-f]{64}|[0-9a-f]{40}|(?=[a-z]*[2-7])[a-z2-7]{32})(?![0-9a-z_-])",
    String.raw`/(?:share/)?(?<path>[sk])-(?=[\w-]{43}(?![\w-]))`,
    String.raw`(?:(?:#|%23)/?)?(?:web\+)?(?<magnet>magnet)(?::/{0,4}(?=\?|xt[.\d]*=)\??|%3a(?:/|%2f){0,4}(?:\?|%3f)(?=[a-z.\d]{1,8}=))`,
    "(?<urn>urn:bt[im]h:)(?=[0-9a-z])",
    String.raw`(?<![\w/.-])(?<word>[sk])-(?=[\w-]{43}(?![\w-]))`,
  ].join("|"),
  "gi",
);

/** A whole text that is a hash: of a v1 torrent, a v2 torrent, or a v2 torrent as a multihash; damaged ones beside. */
const bareHash = /^(?:(?:info[\s_-]*)?hash(?:\s*v[12])?\s*[:=]?\s*|btih:)?([0-9a-z\s]{32,80})$/i;
const hashForms = /^(?:[0-9a-f]{39,41}|[0-9a-f]{64}|1220[0-9a-f]{64}|[A-Z2-7]{32}|[a-z2-7]{32})$/;

/** The address of a file, without the parameters that may follow. */
const webAddress = /https?:\/\/[^\s<>"?#]+/gi;

/** All links of a text, in its order. The same share may be among them more than once. */
export function findLinks(text: string): FoundLink[] {
  let clean = cleanLinkText(text);
  // Apps that pass a link on inside another one encode it, once for each time that it is passed on.
  for (let decodings = 0; decodings <= MAX_DECODINGS; decodings++) {
    const found = findAnchored(clean);
    if (found.length > 0) return found;
    const decoded = decodeEscapes(clean);
    if (decoded === clean) break;
    clean = decoded;
  }
  return findBareHash(clean);
}

/** Whether a text holds the address of a .torrent file. */
export function hasTorrentAddress(text: string): boolean {
  const addresses = cleanLinkText(text).match(webAddress) ?? [];
  return addresses.some((address) => /\/[^/]+\.torrent[)\]}'.,;:!]*$/i.test(address.slice(-200)));
}

function findAnchored(text: string): FoundLink[] {
  const links: FoundLink[] = [];
  let end = 0;
  anchor.lastIndex = 0;
  for (let match = anchor.exec(text); match !== null; match = anchor.exec(text)) {
    const address = addressBefore(text, end, match.index);
    const found = readAnchor(text, match, address);
    end = Math.max(anchor.lastIndex, found?.end ?? 0);
    anchor.lastIndex = end;
    if (found !== null) links.push(found.link);
  }
  return links;
}

interface Reading {
  readonly link: FoundLink;
  /** Where the text goes on behind the link. */
  readonly end: number;
}

/** Reads the link that begins at a match; null where it is none, or where it is to be decoded first. */
function readAnchor(text: string, match: RegExpExecArray, address: string): Reading | null {
  const { fragment, path, word, bare, magnet, urn } = match.groups!;
  const start = match.index + match[0].length;
  if (magnet !== undefined) {
    const { parameters, end } = readParameters(text, start, { typed: isTyped(text, match.index) });
    const isOnPage =
      match[0].startsWith("#") || match[0].startsWith("%") || /^[a-z]+:\/\/[^/]+\/$/i.test(address);
    return { link: { kind: "magnet", text: parameters, origin: isOnPage ? originOf(address) : null }, end };
  }
  if (bare !== undefined) {
    const isLink = address !== "" || isTyped(text, match.index);
    return isLink ? { link: magnetOf(bare), end: start } : null;
  }
  if (urn !== undefined) {
    const code = readFoldedCode(text, start, magnetWord, urn.toLowerCase() === "urn:btih:" ? [32, 40] : [68]);
    return { link: { kind: "magnet", text: `xt=${urn}${code.code}`, origin: null }, end: code.end };
  }
  const letter = (fragment ?? path ?? word)!.toLowerCase();
  return readShare(text, start, letter, { match, address: word === undefined ? address : "" });
}

function readShare(
  text: string,
  start: number,
  letter: string,
  { match, address }: { match: RegExpExecArray; address: string },
): Reading | null {
  const code = readFoldedCode(text, start, shareWord, [SHARE_HASH_LENGTH]);
  const origin = originOf(address);
  // A text that is encoded as a whole is decoded first.
  const isEncoded =
    match[0].startsWith("%") && (/%2f$/i.test(address) || /^%26/.test(text.slice(code.end, code.end + 3)));
  if (isEncoded) return null;
  if (letter === "k") {
    if (code.code.length < MIN_KEY_LENGTH) return null;
    return { link: { kind: "private", text: "", origin }, end: code.end };
  }
  // A damaged link has its place: "#s-menu" in the midst of a text, or behind the name of a page, is none.
  const isWhole = code.code.length >= SHARE_HASH_LENGTH;
  if (!isWhole && !address.endsWith("/") && !isTyped(text, match.index)) return null;
  // A hash that is short because of a character that no hash has is told with that character.
  const behind = isWhole ? "" : (/^[^\s&?<>"]*/.exec(text.slice(code.end, code.end + 80))?.[0] ?? "");
  const foreign = /[\p{L}\p{N}~]/u.test(behind) ? behind : "";
  if (foreign !== "") return { link: { kind: "share", text: code.code + foreign, origin }, end: code.end };
  const separator = /^\/?[?&]/.exec(text.slice(code.end, code.end + 2))?.[0] ?? "";
  if (separator === "") return { link: { kind: "share", text: code.code, origin }, end: code.end };
  const typed = isTyped(text, match.index);
  const { parameters, end } = readParameters(text, code.end + separator.length, { typed });
  return { link: { kind: "share", text: `${code.code}&${parameters}`, origin }, end };
}

/** Whether nothing stands before a position but what a person might have copied with the link. */
function isTyped(text: string, index: number): boolean {
  return /^[\s<("'“«[]*(?:web\+)?$/i.test(text.slice(Math.max(0, index - 20), index)) && index <= 20;
}

/** A text that is a hash and nothing else is a magnet's. */
function findBareHash(text: string): FoundLink[] {
  const inner = text
    .slice(0, 200)
    .replace(/^[\s<("'“„«[{「]+|(?<![\s>)"'”“»\]}」.,;:!?。，、])[\s>)"'”“»\]}」.,;:!?。，、]+$/g, "");
  const code = text.trim().length > 200 ? undefined : bareHash.exec(inner)?.[1]?.replace(/\s+/g, "");
  return code !== undefined && hashForms.test(isHex(code) ? code.toLowerCase() : code)
    ? [magnetOf(code)]
    : [];
}

function isHex(code: string): boolean {
  return /^[0-9a-f]+$/i.test(code);
}

function magnetOf(code: string): FoundLink {
  const multihash = code.length === 64 ? `1220${code}` : code;
  const urn = multihash.length === 68 ? "btmh" : "btih";
  return { kind: "magnet", text: `xt=urn:${urn}:${multihash}`, origin: null };
}

/** Characters that no address has. */
const notInAddress = /[\s<>"“”„«»‹›|`]/;

/**
 * The text directly before a link, from `from` on: the address whose fragment it is, or a part of a word. A mail
 * may have wrapped the line before the link.
 */
function addressBefore(text: string, from: number, index: number): string {
  let end = index;
  const fold = /\/[ \t]*\r?\n[ \t>|]*$/.exec(text.slice(Math.max(from, index - 8), index));
  if (fold !== null) end -= fold[0].length - 1;
  let start = end;
  const first = Math.max(from, end - MAX_ADDRESS_LENGTH);
  while (start > first && !notInAddress.test(text[start - 1]!)) start--;
  return text.slice(start, end);
}

/** The server of an address, with or without its scheme; null for none, and for an app of others. */
function originOf(address: string): string | null {
  const lower = address.toLowerCase();
  const start = Math.max(lower.lastIndexOf("https://"), lower.lastIndexOf("http://"));
  const host = start < 0 ? hostWithoutScheme(lower) : lower.slice(start);
  const [, scheme, name, port = ""] =
    /^(https?:\/\/)(?:[^/?#]*@)?(\[[0-9a-f:.]+\]|[^\s/?#:@[\](){}]+)(:\d{1,5})?(?:[/?#]|$)/.exec(
      host ?? "",
    ) ?? [];
  if (scheme === undefined || name === undefined) return null;
  const isOthers = OTHER_APPS.some((app) => name === app || name.endsWith(`.${app}`));
  return isOthers ? null : `${scheme}${name}${port}`;
}

/** Chats leave out the scheme. Only this machine's own names are served without TLS. */
function hostWithoutScheme(address: string): string | null {
  const [, host] =
    /^[('[]*(?:[a-z][a-z0-9+.-]*:)?\/{0,2}((?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,}(?::\d+)?|localhost(?::\d+)?|(?:\d+\.){3}\d+(?::\d+)?)(?:[/?]|$)/u.exec(
      address,
    ) ?? [];
  if (host === undefined) return null;
  return /^(?:localhost|127\.)/.test(host) ? `http://${host}` : `https://${host}`;
}
