/**
 * A log entry is a code with data; each code has a level and an area. The user interface makes a sentence of an entry
 * (ui/words/log.ts). The data must be fit for anybody to see: it holds no addresses of peers, no info-hashes and no
 * names of files. Texts of strangers and of the browser are cut short. Hashes in them are left out, and trackers'
 * addresses but for the host, because the rest may hold a key.
 */

import type { ErrorCode } from "./errors.ts";
import type { LinkEnd, LinkId } from "./link.ts";
import type { WireErrorCode } from "./wire/wire-error.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogArea = "engine" | "peer" | "tracker" | "storage" | "connection" | "page";

type NoData = Readonly<Record<string, never>>;
interface OfLink {
  readonly link: LinkId;
}
interface OfTracker {
  /** The tracker's host and port. */
  readonly tracker: string;
}

/** The data of each code. */
export interface LogData {
  // The engine's
  "tracker-connected": OfTracker;
  /** `failures`: failed attempts in a row. */
  "tracker-unreachable": OfTracker & { readonly failures: number };
  /** `reason`: the tracker's own words, here and in the next two. */
  "tracker-refused": OfTracker & { readonly reason: string };
  "tracker-warned": OfTracker & { readonly reason: string };
  /** An answer or a signal of ours did not reach its peer. */
  "tracker-undelivered": OfTracker & { readonly reason: string };
  /** Closed by us. */
  "link-closed": OfLink & { readonly reason: LinkEnd };
  /** Ended otherwise: closed by the other side, broken, or never opened. */
  "link-ended": OfLink & { readonly reason: LinkEnd };
  "peer-banned": OfLink & { readonly reason: LinkEnd };
  /** `detail`: the message or field at fault, with its value where that helps. */
  "peer-broke-protocol": OfLink & { readonly error: WireErrorCode; readonly detail: string };
  "lane-broke-protocol": OfLink;
  /** `senders`: number of peers that sent parts of it. */
  "piece-failed": { readonly piece: number; readonly senders: number };
  /** `reason`: the wrong field. */
  "about-unreadable": { readonly reason: string };
  "share-stopped": { readonly error: ErrorCode };
  /** Storage lost or damaged a piece. */
  "piece-lost": { readonly piece: number };
  /** Storage did not give a piece, for a reason that may pass. */
  "piece-unread": { readonly piece: number; readonly error: ErrorCode };
  /** It turned out to be members-only. */
  "share-members-only": NoData;
  /** Some own files cannot be read any more. */
  "share-unreadable": { readonly error: ErrorCode };

  // The worker's
  "link-mending": OfLink;
  /** The page is told to close its connection. */
  "link-given-up": OfLink & { readonly reason: LinkEnd };
  /** `reason`: the record's field, an error's code, or the exception's message. */
  "share-damaged": { readonly reason: string };

  /** Another worker has taken its place. */
  "worker-replaced": NoData;
  /** Of the whole node. `detail`: the browser's message, or as the error's code says. */
  "fault-began": { readonly error: ErrorCode; readonly detail: string };
  /** `detail`: the browser's message. */
  "command-failed": { readonly command: string; readonly error: ErrorCode; readonly detail: string };

  // The page's
  "tab-leads": NoData;
  /** The worker, or the tab that leads, said nothing for long. */
  "worker-silent": NoData;
  /** Another tab leads in its place, which was frozen or hung. */
  "tab-replaced": NoData;
  /** The browser freezes it. */
  "tab-frozen": NoData;
  "network-changed": NoData;
  "worker-not-loaded": NoData;
  /** `at`: script and line. */
  "worker-failed": { readonly message: string; readonly at: string };
  "service-worker-refused": { readonly error: string };
  "update-failed": { readonly error: string };
  "storage-persistent": NoData;
  "storage-evictable": NoData;
  "storage-not-asked": { readonly error: string };
  "ice-servers-missing": { readonly error: string };
  "ice-server-refused": { readonly error: string };
  /** `error`: the kind of the exception, here and in all that follow; empty where there was none. */
  "connection-not-made": OfLink & { readonly reason: LinkEnd; readonly error: string };
  "connection-state": OfLink & { readonly state: string };
  "connection-ice": OfLink & { readonly state: string };
  "connection-route": OfLink & { readonly route: "direct" | "relayed" | "unknown" };
  "connection-route-unread": { readonly error: string };
  "connection-candidate-refused": OfLink & { readonly error: string };
  "connection-error": OfLink & { readonly error: string };
  /** `given-up`: the worker had it closed. */
  "connection-closed": OfLink & { readonly reason: LinkEnd | "given-up" };
}

export type LogCode = keyof LogData;

const kinds: Readonly<Record<LogCode, readonly [level: LogLevel, area: LogArea]>> = {
  "tracker-connected": ["info", "tracker"],
  "tracker-unreachable": ["warn", "tracker"],
  "tracker-refused": ["warn", "tracker"],
  "tracker-warned": ["warn", "tracker"],
  "tracker-undelivered": ["debug", "tracker"],
  "link-closed": ["info", "peer"],
  "link-ended": ["info", "connection"],
  "peer-banned": ["warn", "peer"],
  "peer-broke-protocol": ["warn", "peer"],
  "lane-broke-protocol": ["warn", "peer"],
  "piece-failed": ["warn", "peer"],
  "about-unreadable": ["warn", "engine"],
  "share-stopped": ["error", "engine"],
  "share-members-only": ["info", "engine"],
  "share-unreadable": ["error", "storage"],
  "piece-lost": ["error", "storage"],
  "piece-unread": ["warn", "storage"],
  "link-mending": ["info", "connection"],
  "link-given-up": ["debug", "connection"],
  "share-damaged": ["warn", "storage"],
  "worker-replaced": ["warn", "engine"],
  "fault-began": ["error", "engine"],
  "command-failed": ["warn", "engine"],
  "tab-leads": ["info", "page"],
  "worker-silent": ["warn", "page"],
  "tab-replaced": ["warn", "page"],
  "tab-frozen": ["info", "page"],
  "network-changed": ["info", "page"],
  "worker-not-loaded": ["error", "engine"],
  "worker-failed": ["error", "engine"],
  "service-worker-refused": ["warn", "page"],
  "update-failed": ["warn", "page"],
  "storage-persistent": ["info", "storage"],
  "storage-evictable": ["info", "storage"],
  "storage-not-asked": ["warn", "storage"],
  "ice-servers-missing": ["warn", "connection"],
  "ice-server-refused": ["warn", "connection"],
  "connection-not-made": ["warn", "connection"],
  "connection-state": ["debug", "connection"],
  "connection-ice": ["debug", "connection"],
  "connection-route": ["debug", "connection"],
  "connection-route-unread": ["debug", "connection"],
  "connection-candidate-refused": ["debug", "connection"],
  "connection-error": ["debug", "connection"],
  "connection-closed": ["debug", "connection"],
};

/** An entry of any code. */
export type LogEntry = {
  readonly [Code in LogCode]: {
    readonly code: Code;
    readonly level: LogLevel;
    readonly area: LogArea;
    readonly data: LogData[Code];
    /** Milliseconds since 1970. */
    readonly time: number;
    /** Names a run of the worker: the one that logged, or the one that the page had started; null before any. */
    readonly epoch: string | null;
  };
}[LogCode];

/** Characters that are kept of a text in an entry: a sentence or two. */
const MAX_TEXT = 200;

/** A text without hashes and without what follows a tracker's host, cut short. Strangers write as much as they like, and may quote an info-hash. */
function presentable(text: string): string {
  const told = text
    .replace(/\b((?:wss?|udp):\/\/)(?:[^\s/?#@]*@)?([^\s/?#]*)\S*/gi, "$1$2")
    .replace(/[0-9a-f]{40,}/gi, "…");
  return told.length <= MAX_TEXT ? told : `${told.slice(0, MAX_TEXT)}…`;
}

export function logEntry<Code extends LogCode>(
  code: Code,
  data: LogData[Code],
  time: number,
  epoch: string | null,
): LogEntry {
  const [level, area] = kinds[code];
  const told = Object.entries(data).map(([name, value]) => [
    name,
    typeof value === "string" ? presentable(value) : value,
  ]);
  return { code, level, area, data: Object.fromEntries(told), time, epoch } as LogEntry;
}
