/**
 * The messages of WebTorrent's tracker protocol over WebSocket: their types, and how a client reads them. A message
 * is a JSON text. Info-hashes, peer ids and offer ids in it are binary strings, with one character of code point
 * 0–255 for each byte. Our server and tracker-client.ts share these types. Both decide by themselves which message is
 * sent when.
 *
 * Example: a leecher announces itself with five offers. The tracker replies with its interval and counts, and hands
 * each offer to another peer. Each of these sends an answer request, and the tracker passes it to the leecher as an
 * answer message. From then on, our tracker passes signals between the two.
 *
 * Source: bittorrent-tracker 11 (client and server), aquatic_ws_protocol.
 */

/** Bytes of an info-hash, a peer id and an offer id. A v2 info-hash is cut to its first 20 bytes. */
export const ID_LENGTH = 20;

/** Bytes as a string of code points 0–255. Meant for a few kilobytes at most. */
export type BinaryString = string;

export interface SessionDescription<Type extends "offer" | "answer"> {
  readonly type: Type;
  readonly sdp: string;
}

/** One offer in an announce; the tracker hands each to a different peer. */
export interface OfferEntry {
  readonly offer_id: BinaryString;
  readonly offer: SessionDescription<"offer">;
}

/** A regular announce has no event. Announces with `stopped` and `completed` carry no offers. */
export type AnnounceEvent = "started" | "stopped" | "completed";

/** Client → tracker: what a peer has to say of itself, and offers for others. */
export interface AnnounceRequest {
  readonly action: "announce";
  readonly info_hash: BinaryString;
  readonly peer_id: BinaryString;
  /** Bytes, as are `downloaded` and `left`. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** 0 for a seed. Any positive number while the size is unknown. */
  readonly left: number;
  /**
   * A secret of the announcing node, which only this tracker is told. A client that knows it may go on as this peer
   * on another socket, as after a change of networks. HTTP trackers have the same `key`.
   */
  readonly key?: BinaryString;
  readonly event?: AnnounceEvent;
  /** The number of peers wanted, which is the number of offers. */
  readonly numwant?: number;
  readonly offers?: readonly OfferEntry[];
}

/** Client → tracker: the answer to an offer that the tracker handed over. */
export interface AnswerRequest {
  readonly action: "announce";
  readonly info_hash: BinaryString;
  readonly peer_id: BinaryString;
  readonly to_peer_id: BinaryString;
  readonly offer_id: BinaryString;
  readonly answer: SessionDescription<"answer">;
}

/**
 * Client → tracker: a signal from one end of an answered offer to the other, such as later candidates or a new
 * description for the same connection. It is sent only to trackers whose replies say `signals`; others do not know
 * the action.
 */
export interface SignalRequest {
  readonly action: "signal";
  readonly info_hash: BinaryString;
  readonly peer_id: BinaryString;
  readonly to_peer_id: BinaryString;
  readonly offer_id: BinaryString;
  /** Opaque to the tracker. */
  readonly signal: string;
}

/** Client → tracker: asks for the counts of swarms. */
export interface ScrapeRequest {
  readonly action: "scrape";
  readonly info_hash: BinaryString | readonly BinaryString[];
}

export type TrackerRequest = AnnounceRequest | AnswerRequest | SignalRequest | ScrapeRequest;

/** Tracker → client: the reply to an announce. */
export interface AnnounceReply {
  readonly action: "announce";
  readonly info_hash: BinaryString;
  /** Seconds until the next announce. */
  readonly interval: number;
  /** Seeds. */
  readonly complete: number;
  /** Leechers. */
  readonly incomplete: number;
  /** The tracker passes signals on. */
  readonly signals: true;
}

/** Tracker → client: another peer's offer. */
export interface OfferMessage {
  readonly action: "announce";
  readonly info_hash: BinaryString;
  readonly peer_id: BinaryString;
  readonly offer_id: BinaryString;
  readonly offer: SessionDescription<"offer">;
}

/** Tracker → client: the answer to one of the client's own offers. */
export interface AnswerMessage {
  readonly action: "announce";
  readonly info_hash: BinaryString;
  readonly peer_id: BinaryString;
  readonly offer_id: BinaryString;
  readonly answer: SessionDescription<"answer">;
}

/** Tracker → client: a signal from the other end of an answered offer. */
export interface SignalMessage {
  readonly action: "signal";
  readonly info_hash: BinaryString;
  readonly peer_id: BinaryString;
  readonly offer_id: BinaryString;
  readonly signal: string;
}

export interface ScrapeCounts {
  readonly complete: number;
  readonly incomplete: number;
  /** How many times `completed` was announced. */
  readonly downloaded: number;
}

/** Tracker → client: the counts of swarms, by info-hash. */
export interface ScrapeReply {
  readonly action: "scrape";
  readonly files: Readonly<Record<BinaryString, ScrapeCounts>>;
}

/** Tracker → client: a request was refused. WebTorrent drops its socket when `action` is missing. */
export interface FailureMessage {
  readonly "failure reason": string;
  readonly action: "announce" | "signal" | "scrape";
  readonly info_hash?: BinaryString;
  /** The offer's id, when an answer was refused. */
  readonly offer_id?: BinaryString;
}

export type TrackerMessage =
  | AnnounceReply
  | OfferMessage
  | AnswerMessage
  | SignalMessage
  | ScrapeReply
  | FailureMessage;

/** Characters of the longest message that `decodeTrackerMessage` reads. Trackers limit theirs to 64 KiB. */
const MAX_MESSAGE_LENGTH = 128 * 1024;

/** Characters that are kept of a reason, which people are shown. */
const MAX_REASON_LENGTH = 300;

/** Characters of the longest offer id. All known clients send 20, but not all trackers check that. */
const MAX_OFFER_ID_LENGTH = 64;

/** A tracker's message as a client reads it. Ids are binary strings. */
export type TrackerResponse =
  | {
      readonly kind: "announce";
      readonly infoHash: BinaryString;
      /** Seconds, finite and positive; they may be far too few or too many. Null when the tracker does not say. */
      readonly interval: number | null;
      readonly complete: number | null;
      readonly incomplete: number | null;
      /** The tracker passes signals on. */
      readonly signals: boolean;
    }
  | {
      readonly kind: "offer" | "answer";
      readonly infoHash: BinaryString;
      /** The peer that made the offer or the answer. */
      readonly peerId: BinaryString;
      /** 1–64 characters, which an answer repeats as they are. */
      readonly offerId: BinaryString;
      readonly sdp: string;
    }
  | {
      readonly kind: "signal";
      readonly infoHash: BinaryString;
      readonly peerId: BinaryString;
      readonly offerId: BinaryString;
      /** 1 to MAX_SIGNAL_LENGTH characters of the other end, unchecked. */
      readonly signal: string;
    }
  /** An answer or a signal of ours did not reach its peer. This is no failure that people are shown. */
  | {
      readonly kind: "undelivered";
      readonly reason: string;
      readonly infoHash: BinaryString | null;
      /** The offer's id, for an answer; null for a signal. */
      readonly offerId: BinaryString | null;
    }
  /** The tracker refused something, or has a message for people. `infoHash`: null when it names no swarm. */
  | {
      readonly kind: "failure" | "warning";
      readonly reason: string;
      readonly infoHash: BinaryString | null;
    };

/** Characters of the longest signal. A description with all its candidates has 1,000 to 4,000. */
export const MAX_SIGNAL_LENGTH = 16_384;

/** One character of code point 0–255 per byte. */
export function bytesToBinaryString(bytes: Uint8Array): BinaryString {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes of a binary string. Throws RangeError when a character is beyond code point 255. */
export function binaryStringToBytes(text: BinaryString): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 255) throw new RangeError(`character ${index} of a binary string is beyond 255`);
    bytes[index] = code;
  }
  return bytes;
}

/** Whether this is a binary string of exactly 20 bytes. */
export function isBinaryId(value: unknown): value is BinaryString {
  return typeof value === "string" && value.length === ID_LENGTH && isBinary(value);
}

/** Whether this is `{type, sdp}` of the given type with a non-empty SDP. */
export function isSessionDescription<Type extends "offer" | "answer">(
  value: unknown,
  type: Type,
): value is SessionDescription<Type> {
  return isRecord(value) && value.type === type && typeof value.sdp === "string" && value.sdp !== "";
}

/** Whether this is a text of a length that may be passed on as a signal. */
export function isSignal(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_SIGNAL_LENGTH;
}

/** Whether this is a JSON object: neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a tracker's message. Null for a message that an announcing client does not need: garbage, scrapes, unknown
 * actions, malformed ids. Takes any text from any tracker and never throws. Unknown members are ignored. A message
 * that could be read in several ways is taken as the first of: failure, signal, offer, answer, warning, announce.
 */
export function decodeTrackerMessage(text: string): TrackerResponse | null {
  if (text.length > MAX_MESSAGE_LENGTH) return null;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(message)) return null;
  const infoHash = isBinaryId(message.info_hash) ? message.info_hash : null;

  const failure = decodeReason(message["failure reason"]);
  if (failure !== null) {
    const offerId = isOfferId(message.offer_id) ? message.offer_id : null;
    return message.action === "signal" || offerId !== null
      ? { kind: "undelivered", reason: failure, infoHash, offerId }
      : { kind: "failure", reason: failure, infoHash };
  }
  if (message.action === "signal") return decodeSignal(message, infoHash);
  if (message.action !== "announce") return null;

  if (message.offer !== undefined || message.answer !== undefined)
    return decodeIntroduction(message, infoHash);

  const warning = decodeReason(message["warning message"]);
  if (warning !== null) return { kind: "warning", reason: warning, infoHash };

  if (infoHash === null) return null;
  const interval = decodeCount(message.interval) ?? decodeCount(message["min interval"]);
  const complete = decodeCount(message.complete);
  const incomplete = decodeCount(message.incomplete);
  if (interval === null && complete === null && incomplete === null) return null;
  return {
    kind: "announce",
    infoHash,
    interval: interval === 0 ? null : interval,
    complete,
    incomplete,
    signals: message.signals === true,
  };
}

function decodeSignal(
  message: Readonly<Record<string, unknown>>,
  infoHash: BinaryString | null,
): TrackerResponse | null {
  const { peer_id: peerId, offer_id: offerId, signal } = message;
  if (infoHash === null || !isBinaryId(peerId) || !isBinaryId(offerId) || !isSignal(signal)) return null;
  return { kind: "signal", infoHash, peerId, offerId, signal };
}

function decodeIntroduction(
  message: Readonly<Record<string, unknown>>,
  infoHash: BinaryString | null,
): TrackerResponse | null {
  const { peer_id: peerId, offer_id: offerId, offer, answer } = message;
  if (infoHash === null || !isBinaryId(peerId) || !isOfferId(offerId)) return null;
  if (isSessionDescription(offer, "offer")) {
    return { kind: "offer", infoHash, peerId, offerId, sdp: offer.sdp };
  }
  if (isSessionDescription(answer, "answer")) {
    return { kind: "answer", infoHash, peerId, offerId, sdp: answer.sdp };
  }
  return null;
}

function isOfferId(value: unknown): value is BinaryString {
  return typeof value === "string" && value !== "" && value.length <= MAX_OFFER_ID_LENGTH;
}

function decodeReason(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_REASON_LENGTH) : null;
}

function decodeCount(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

function isBinary(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 255) return false;
  }
  return true;
}
