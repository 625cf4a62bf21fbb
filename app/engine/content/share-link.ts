/**
 * A share link says which torrent is meant, and gives hints about it. The fragment of a Shoal link is `#s-` and the v2
 * info-hash in base64url, or a magnet link (BEP 9, BEP 53). Example: `https://host/#s-<43 characters>&dn=holiday`. Links
 * are made here; parse-link.ts reads them.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { toBase64url } from "./info-hash.ts";

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
  /** The link's commitment to an about, 16 bytes (about.ts); null for none. */
  readonly aboutHash: Uint8Array | null;
}

/** A parsed link with the server that it points to. */
export interface ParsedShareLink extends ShareLink {
  /** `https://host` when the text was a web address, otherwise null. The server there introduces the peers. */
  readonly origin: string | null;
}

/**
 * The link that people pass on. `base`: the app's address without fragment, `https://host` or `https://host/path/`. A
 * v1-only torrent gets a magnet link as its fragment.
 */
export function formatShareLink(base: string, link: Partial<ShareLink>): string {
  const page = base.endsWith("/") || base.replace(/^https?:\/\//i, "").includes("/") ? base : `${base}/`;
  return `${page}#${formatFragment(link)}`;
}

/** A link as the fragment of an address, without "#", with all that it asks for. */
export function formatFragment(link: Partial<ShareLink>): string {
  if (link.infoHashV2 == null) return formatMagnet(link);
  return [`s-${toBase64url(link.infoHashV2)}`, ...hintParameters("about", link)].join("&");
}

/** A magnet link (BEP 9, BEP 52, BEP 53). @throws RangeError without any hash */
export function formatMagnet(link: Partial<ShareLink>): string {
  const parameters: string[] = [];
  if (link.infoHashV1 != null) parameters.push(`xt=urn:btih:${bytesToHex(link.infoHashV1)}`);
  if (link.infoHashV2 != null) parameters.push(`xt=urn:btmh:1220${bytesToHex(link.infoHashV2)}`);
  if (parameters.length === 0) throw new RangeError("a magnet link needs a hash");
  return `magnet:?${[...parameters, ...hintParameters("x.about", link)].join("&")}`;
}

/** `aboutKey`: in magnet links, names that no BEP gives a meaning begin with "x." (BEP 9). */
function hintParameters(aboutKey: "about" | "x.about", link: Partial<ShareLink>): string[] {
  const { name, trackers, webSeeds, peers, select, aboutHash } = link;
  return [
    ...parameter("dn", name),
    ...parameter(aboutKey, aboutHash && toBase64url(aboutHash)),
    ...(trackers ?? []).flatMap((tracker) => parameter("tr", tracker)),
    ...(webSeeds ?? []).flatMap((webSeed) => parameter("ws", webSeed)),
    ...(peers ?? []).flatMap((peer) => parameter("x.pe", peer)),
    ...(select == null ? [] : [`so=${formatSelection(select)}`]),
  ];
}

function parameter(key: string, value: string | null | undefined): string[] {
  return value == null ? [] : [`${key}=${encodeValue(value)}`];
}

/**
 * Encodes what URLs allow, too, but what chats and mails take for the end of a link: brackets, quotes, and punctuation
 * behind the last word.
 */
function encodeValue(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, "")).replace(
    /[!'()*~]|(?<![._])[._]+$/g,
    (characters) =>
      [...characters].map((each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`).join(""),
  );
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
