/**
 * Share links and magnet links: parses and formats them. The fragment of a Shoal link is `#s-` and the v2 info-hash
 * in base64url, or a magnet link (BEP 9, BEP 53). Example: `https://host/#s-<43 characters>&dn=holiday`.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { ShoalError } from "../errors.ts";
import { MAX_ADDRESSES, MAX_LINK_LENGTH, MAX_SELECTED_FILES } from "./constants.ts";
import { equalBytes, fromBase32, fromBase64url, toBase64url } from "./info-hash.ts";

export interface ShareLink {
  /** 20 bytes; null when the link has no v1 info-hash. Every link has at least one of the two. */
  readonly infoHashV1: Uint8Array | null;
  /** 32 bytes; null when the link has no v2 info-hash. */
  readonly infoHashV2: Uint8Array | null;
  /** Name that the link gives to the content. It is a hint until the info dictionary is known. */
  readonly name: string | null;
  readonly trackers: readonly string[];
  readonly webSeeds: readonly string[];
  /** `host:port`, as in `x.pe`. */
  readonly peers: readonly string[];
  /** Indices of the files to download (BEP 53), pads counted, ascending; null for all. */
  readonly select: readonly number[] | null;
}

/** A parsed link with the server that it points to. */
export interface ParsedShareLink extends ShareLink {
  /** `https://host` when the text was a web address, otherwise null. The server there introduces the peers. */
  readonly origin: string | null;
}

/** Characters of a 32-byte hash in base64url. */
const HASH_CHARACTERS = 43;

/**
 * Reads a whole URL with its fragment, a bare fragment, or a magnet link, percent-encoded or not.
 *
 * @throws ShoalError `link/not-a-link`, `link/no-hash`, `link/bad-hash`, `link/two-torrents`,
 * `link/private-unsupported`
 */
export function parseShareLink(text: string): ParsedShareLink {
  if (text.length > MAX_LINK_LENGTH) throw new ShoalError("link/not-a-link");
  const trimmed = text.trim();
  const origin = /^https?:\/\/[^/?#\s]+/i.exec(trimmed)?.[0].toLowerCase() ?? null;
  const isMagnet = /^magnet(:|%3a)/i.test(trimmed);
  const hash = isMagnet ? -1 : trimmed.indexOf("#");
  if (origin !== null && hash < 0) throw new ShoalError("link/not-a-link");
  const fragment = trimmed.slice(hash + 1);
  if (/^magnet(:|%3a)/i.test(fragment)) return { ...parseMagnet(fragment), origin };
  if (fragment.startsWith("k-")) throw new ShoalError("link/private-unsupported");
  if (fragment.startsWith("s-")) return { ...parsePublic(fragment), origin };
  throw new ShoalError("link/not-a-link");
}

/**
 * The link that people pass on. `base`: the app's address without fragment, `https://host` or `https://host/path/`. A
 * v1-only torrent gets a magnet link as its fragment.
 */
export function formatShareLink(base: string, link: Partial<ShareLink>): string {
  const page = base.endsWith("/") || base.replace(/^https?:\/\//i, "").includes("/") ? base : `${base}/`;
  if (link.infoHashV2 == null) return `${page}#${formatMagnet(link)}`;
  const parameters = [
    ...parameter("dn", link.name),
    ...(link.trackers ?? []).flatMap((tr) => parameter("tr", tr)),
  ];
  return `${page}#${[`s-${toBase64url(link.infoHashV2)}`, ...parameters].join("&")}`;
}

/** A magnet link (BEP 9, BEP 52, BEP 53). @throws RangeError without any hash */
export function formatMagnet(link: Partial<ShareLink>): string {
  const parameters: string[] = [];
  if (link.infoHashV1 != null) parameters.push(`xt=urn:btih:${bytesToHex(link.infoHashV1)}`);
  if (link.infoHashV2 != null) parameters.push(`xt=urn:btmh:1220${bytesToHex(link.infoHashV2)}`);
  if (parameters.length === 0) throw new RangeError("a magnet link needs a hash");
  parameters.push(...parameter("dn", link.name));
  for (const tracker of link.trackers ?? []) parameters.push(...parameter("tr", tracker));
  for (const webSeed of link.webSeeds ?? []) parameters.push(...parameter("ws", webSeed));
  for (const peer of link.peers ?? []) parameters.push(...parameter("x.pe", peer));
  if (link.select != null) parameters.push(`so=${formatSelection(link.select)}`);
  return `magnet:?${parameters.join("&")}`;
}

function parameter(key: string, value: string | null | undefined): string[] {
  return value == null ? [] : [`${key}=${encodeURIComponent(value)}`];
}

function parsePublic(fragment: string): ShareLink {
  const [head = "", ...rest] = fragment.split("&");
  const code = head.slice("s-".length);
  if (code.length < HASH_CHARACTERS) throw new ShoalError("link/no-hash");
  const infoHashV2 = code.length === HASH_CHARACTERS ? fromBase64url(code) : null;
  if (infoHashV2 === null) throw badHash(code);
  return { infoHashV1: null, infoHashV2, ...readParameters(parameters(rest)) };
}

function parseMagnet(fragment: string): ShareLink {
  // Protocol handlers pass the whole link percent-encoded.
  const magnet = /^magnet:\?/i.test(fragment) ? fragment : decode(fragment);
  if (magnet === null || !/^magnet:\?/i.test(magnet)) throw new ShoalError("link/not-a-link");
  const all = parameters(magnet.slice("magnet:?".length).split("&"));
  let infoHashV1: Uint8Array | null = null;
  let infoHashV2: Uint8Array | null = null;
  for (const { key, value } of all) {
    if (!/^xt(\.\d+)?$/.test(key)) continue;
    const [, urn, code] = /^urn:(btih|btmh):(.*)$/i.exec(value) ?? [];
    if (urn === undefined || code === undefined) continue;
    if (urn.toLowerCase() === "btih") infoHashV1 = sameHash(infoHashV1, parseV1(code));
    else infoHashV2 = sameHash(infoHashV2, parseV2(code));
  }
  if (infoHashV1 === null && infoHashV2 === null) throw new ShoalError("link/no-hash");
  return { infoHashV1, infoHashV2, ...readParameters(all) };
}

function parseV1(code: string): Uint8Array {
  if (/^[0-9a-f]{40}$/i.test(code)) return hexToBytes(code);
  // The text is checked before it is capitalized, because some letters of other alphabets become two capitals.
  const bytes = /^[a-z2-7]{32}$/i.test(code) ? fromBase32(code) : null;
  if (bytes === null) throw badHash(code);
  return bytes;
}

/** A multihash: 0x12 stands for SHA-256, and 0x20 for its 32 bytes. */
function parseV2(code: string): Uint8Array {
  if (!/^1220[0-9a-f]{64}$/i.test(code)) throw badHash(code);
  return hexToBytes(code.slice("1220".length));
}

/** A link is for one torrent: the same hash may be repeated, but a second hash may not follow. */
function sameHash(known: Uint8Array | null, found: Uint8Array): Uint8Array {
  if (known !== null && !equalBytes(known, found)) throw new ShoalError("link/two-torrents");
  return found;
}

function badHash(code: string): ShoalError {
  if (code === "") return new ShoalError("link/no-hash");
  return new ShoalError("link/bad-hash", code.length <= 80 ? code : `${code.slice(0, 80)}…`);
}

interface Parameter {
  readonly key: string;
  readonly value: string;
}

/**
 * Splits and decodes `key=value` texts. Texts that cannot be decoded are left out, because only hashes are essential.
 */
function parameters(texts: readonly string[]): Parameter[] {
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

function readParameters(all: readonly Parameter[]): Omit<ShareLink, "infoHashV1" | "infoHashV2"> {
  const values = (pattern: RegExp): string[] => {
    const found = all.filter(({ key, value }) => pattern.test(key) && value !== "").map(({ value }) => value);
    return [...new Set(found)].slice(0, MAX_ADDRESSES);
  };
  const selections = values(/^so$/);
  return {
    name: values(/^dn$/)[0] ?? null,
    trackers: values(/^tr(\.\d+)?$/),
    webSeeds: values(/^ws$/),
    peers: values(/^x\.pe$/),
    select: selections.length === 0 ? null : parseSelection(selections.join(",")),
  };
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

function formatSelection(select: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const file of [...select].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && file <= range.last + 1) range.last = file;
    else ranges.push({ first: file, last: file });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
