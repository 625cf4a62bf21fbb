/** The parser of share links and magnet links, with words around them or without. share-link.ts says what they hold. */
import { hexToBytes } from "@noble/hashes/utils.js";
import { ShoalError } from "../errors.ts";
import { ABOUT_HASH_LENGTH } from "./about.ts";
import { boundAddresses } from "./addresses.ts";
import { MAX_LINK_NAME_LENGTH, MAX_SELECTED_FILES } from "./constants.ts";
import { type FoundLink, findLinks, hasTorrentAddress, SHARE_HASH_LENGTH } from "./find-link.ts";
import { equalBytes, fromBase32, fromBase64url } from "./info-hash.ts";
import type { ParsedShareLink, ShareLink } from "./share-link.ts";

/**
 * Reads the link of a text: a whole address with its fragment, a bare fragment, a magnet link, a bare hash, or any of
 * them with words around it (find-link.ts).
 *
 * @throws ShoalError `link/not-a-link`, `link/torrent-address`, `link/several`, `link/no-hash`, `link/hash-length`,
 * `link/bad-hash`, `link/two-torrents`, `link/private-unsupported`
 */
export function parseShareLink(text: string): ParsedShareLink {
  const links: ParsedShareLink[] = [];
  let refusal: ShoalError | null = null;
  for (const found of findLinks(text)) {
    try {
      links.push(readLink(found));
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error;
      refusal ??= error;
    }
  }
  const [link, ...others] = links;
  if (link === undefined) {
    throw refusal ?? new ShoalError(hasTorrentAddress(text) ? "link/torrent-address" : "link/not-a-link");
  }
  // A damaged copy of a link beside a whole one is forgiven. Which of several shares is meant, only the person knows.
  const different = others.filter((other) => !isSameTorrent(link, other));
  if (different.length > 0) throw new ShoalError("link/several", String(1 + different.length));
  return link;
}

function readLink({ kind, text, origin }: FoundLink): ParsedShareLink {
  if (kind === "private") throw new ShoalError("link/private-unsupported");
  return { ...(kind === "share" ? readShare(text) : readMagnet(text)), origin };
}

function isSameTorrent(one: ShareLink, other: ShareLink): boolean {
  const same = (a: Uint8Array | null, b: Uint8Array | null) => a !== null && b !== null && equalBytes(a, b);
  return same(one.infoHashV1, other.infoHashV1) || same(one.infoHashV2, other.infoHashV2);
}

function readShare(text: string): ShareLink {
  const [code = "", ...rest] = text.split("&");
  const infoHashV2 =
    (code.length === SHARE_HASH_LENGTH ? fromBase64url(code) : null) ?? refuse(code, SHARE_HASH_LENGTH);
  return { infoHashV1: null, infoHashV2, ...readHints(decodeParameters(rest)) };
}

function readMagnet(text: string): ShareLink {
  const all = decodeParameters(text.split("&"));
  let infoHashV1: Uint8Array | null = null;
  let infoHashV2: Uint8Array | null = null;
  for (const { key, value } of all) {
    if (!/^xt(\.\d+)?$/.test(key)) continue;
    const [, urn, code = "", rest = ""] = /^urn:(btih|btmh):([0-9a-z]*)(.*)$/is.exec(value) ?? [];
    if (urn === undefined) continue;
    // Words of other alphabets need no space before them.
    const written = /[\p{L}\p{N}~]/u.test(rest) ? code + rest : code;
    if (urn.toLowerCase() === "btih") infoHashV1 = sameHash(infoHashV1, readV1(code) ?? refuse(written, 40));
    else infoHashV2 = sameHash(infoHashV2, readV2(code) ?? refuse(written, 68));
  }
  if (infoHashV1 === null && infoHashV2 === null) throw new ShoalError("link/no-hash");
  return { infoHashV1, infoHashV2, ...readHints(all) };
}

function readV1(code: string): Uint8Array | null {
  if (/^[0-9a-f]{40}$/i.test(code)) return hexToBytes(code);
  return code.length === 32 ? fromBase32(code) : null;
}

/** A multihash: 0x12 stands for SHA-256, and 0x20 for its 32 bytes. Some apps leave these two out. */
function readV2(code: string): Uint8Array | null {
  return /^(?:1220)?[0-9a-f]{64}$/i.test(code) ? hexToBytes(code.slice(-64)) : null;
}

/**
 * Throws why a hash is none: it has another length than it should have, or characters that no hash has.
 * @throws ShoalError `link/no-hash`, `link/hash-length`, `link/bad-hash`
 */
function refuse(code: string, length: number): never {
  if (code === "") throw new ShoalError("link/no-hash");
  const plausible = { [SHARE_HASH_LENGTH]: /^[\w-]+$/, 40: /^[0-9a-f]+$/i, 68: /^1220[0-9a-f]*$/i }[length];
  if (plausible?.test(code) && code.length !== length)
    throw new ShoalError("link/hash-length", `${code.length}/${length}`);
  throw new ShoalError("link/bad-hash", code.length <= 80 ? code : `${code.slice(0, 80)}…`);
}

/** A link is for one torrent: the same hash may be repeated, but a second hash may not follow. */
function sameHash(known: Uint8Array | null, found: Uint8Array): Uint8Array {
  if (known !== null && !equalBytes(known, found)) throw new ShoalError("link/two-torrents");
  return found;
}

interface Parameter {
  readonly key: string;
  readonly value: string;
}

/**
 * Splits and decodes `key=value` texts. Texts that cannot be decoded are left out, because only hashes are essential.
 */
function decodeParameters(texts: readonly string[]): Parameter[] {
  return texts.flatMap((text) => {
    const equals = text.indexOf("=");
    if (equals < 0) return [];
    const key = text.slice(0, equals).toLowerCase();
    const raw = text.slice(equals + 1);
    // Names are often written with + for a space. Addresses may contain a real +.
    const value = decode(key === "dn" ? raw.replaceAll("+", " ") : raw);
    return value === null ? [] : [{ key, value }];
  });
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function readHints(all: readonly Parameter[]): Omit<ShareLink, "infoHashV1" | "infoHashV2"> {
  const values = (pattern: RegExp): string[] =>
    all.filter(({ key, value }) => pattern.test(key) && value !== "").map(({ value }) => value);
  const selections = values(/^so$/);
  return {
    name: plainName(values(/^dn$/)[0] ?? ""),
    trackers: boundAddresses(values(/^tr(\.\d+)?$/)),
    webSeeds: boundAddresses(values(/^ws$/)),
    peers: boundAddresses(values(/^x\.pe$/)),
    select: selections.length === 0 ? null : parseSelection(selections.join(",")),
    aboutHash: readAboutHash([...new Set(values(/^(x\.)?about$/))]),
  };
}

/** Null for a commitment that is damaged, and for several: nothing of the sender's is better than something wrong. */
function readAboutHash(codes: readonly string[]): Uint8Array | null {
  const [code = "", ...others] = codes;
  const hash = others.length === 0 ? fromBase64url(code) : null;
  return hash?.length === ABOUT_HASH_LENGTH ? hash : null;
}

/** A name without controls, those of direction included, and not longer than names of files are; null for none. */
function plainName(text: string): string | null {
  const visible = text.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, "");
  const name =
    visible.length <= MAX_LINK_NAME_LENGTH ? visible : [...visible].slice(0, MAX_LINK_NAME_LENGTH).join("");
  return name.trim() === "" ? null : name;
}

/**
 * Parses `0,2,4-6` (BEP 53). Null (all files) for a text that cannot be read: too many files are better than a
 * missing one.
 */
function parseSelection(text: string): number[] | null {
  const selected = new Set<number>();
  let count = 0;
  for (const part of text.split(",")) {
    const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first) return null;
    // The files are counted before anything is built, because a short text can name billions.
    count += last - first + 1;
    if (count > MAX_SELECTED_FILES) return null;
    for (let file = first; file <= last; file++) selected.add(file);
  }
  return [...selected].sort((a, b) => a - b);
}
