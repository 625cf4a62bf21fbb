/**
 * A client message is what a client says, parsed from JSON and checked, so that everything behind this file can trust
 * types, lengths and counts. Nothing is kept. swarm-state.ts knows which peers exist, and which of them may say what.
 */
import {
  type BinaryString,
  type FailureMessage,
  isBinaryId,
  isRecord,
  isSessionDescription,
  isSignal,
  MAX_SIGNAL_LENGTH,
} from "../app/engine/discovery/tracker-messages.ts";
import type { Limits } from "./constants.ts";

export interface Offer {
  readonly offerId: BinaryString;
  readonly sdp: string;
}

export interface Announce {
  readonly kind: "announce";
  readonly infoHash: BinaryString;
  readonly peerId: BinaryString;
  /** Whether the peer says that it has everything. */
  readonly seed: boolean;
  readonly event: "started" | "stopped" | "completed" | "update";
  /** With it the same peer may go on over another connection; null when it gave none that is fit for that. */
  readonly key: BinaryString | null;
  readonly offers: readonly Offer[];
}

export interface Answer {
  readonly kind: "answer";
  readonly infoHash: BinaryString;
  readonly peerId: BinaryString;
  readonly toPeerId: BinaryString;
  readonly offerId: BinaryString;
  readonly sdp: string;
}

export interface Signal {
  readonly kind: "signal";
  readonly infoHash: BinaryString;
  readonly peerId: BinaryString;
  readonly toPeerId: BinaryString;
  readonly offerId: BinaryString;
  readonly signal: string;
}

export interface Scrape {
  readonly kind: "scrape";
  readonly infoHashes: readonly BinaryString[];
}

/** A message that cannot be understood, with what the client is told. */
export interface BadMessage {
  readonly kind: "bad";
  readonly failure: FailureMessage;
}

export type ClientMessage = Announce | Answer | Signal | Scrape | BadMessage;

type MessageLimits = Pick<Limits, "offersPerAnnounce" | "sdpBytes" | "scrapeHashes">;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Events as clients write them. Missing, empty and the last three mean an update: they are what some clients
 * send instead of leaving the event out (paused: BEP 21).
 */
const events: ReadonlyMap<unknown, Announce["event"]> = new Map([
  ["started", "started"],
  ["stopped", "stopped"],
  ["completed", "completed"],
  [undefined, "update"],
  [null, "update"],
  ["", "update"],
  ["empty", "update"],
  ["update", "update"],
  ["paused", "update"],
]);

/** The message to a client that is refused something. `action` always, the info-hash where there is one. */
export function failure(
  reason: string,
  action: FailureMessage["action"] = "announce",
  infoHash?: BinaryString,
): FailureMessage {
  const message: FailureMessage = { "failure reason": reason, action };
  return infoHash === undefined ? message : { ...message, info_hash: infoHash };
}

/** Parses one text from a client. Never throws, whatever the text is. */
export function parseClientMessage(text: string, limits: MessageLimits): ClientMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return bad("the message is not JSON");
  }
  if (!isRecord(message)) return bad("the message is not a JSON object");
  if (message.action === "announce") {
    return message.answer === undefined || message.answer === null
      ? parseAnnounce(message, limits)
      : parseAnswer(message, limits);
  }
  if (message.action === "signal") return parseSignal(message);
  if (message.action === "scrape") return parseScrape(message, limits);
  return bad('the action is none of "announce", "signal" and "scrape"');
}

function parseAnnounce(message: Fields, limits: MessageLimits): ClientMessage {
  const { info_hash: infoHash, peer_id: peerId, left } = message;
  if (!isBinaryId(infoHash)) return bad("info_hash is not a string of 20 bytes");
  const badAnnounce = (reason: string) => bad(reason, "announce", infoHash);
  if (!isBinaryId(peerId)) return badAnnounce("peer_id is not a string of 20 bytes");
  const event = events.get(message.event);
  if (event === undefined) return badAnnounce("the event is unknown");
  // JSON has no Infinity: clients that do not know the size yet send null, or a negative number.
  if (left !== undefined && left !== null && typeof left !== "number") {
    return badAnnounce("left is not a number");
  }

  const entries = message.offers ?? [];
  if (!Array.isArray(entries)) return badAnnounce("offers is not a list");
  if (entries.length > limits.offersPerAnnounce) {
    return badAnnounce(`there are more than ${limits.offersPerAnnounce} offers`);
  }
  const offers: Offer[] = [];
  for (const entry of entries as readonly unknown[]) {
    if (!isRecord(entry)) return badAnnounce("an offer is not an object");
    if (!isBinaryId(entry.offer_id)) return badAnnounce("an offer_id is not a string of 20 bytes");
    if (!isSessionDescription(entry.offer, "offer")) {
      return badAnnounce('an offer is not {"type":"offer","sdp":…}');
    }
    if (Buffer.byteLength(entry.offer.sdp) > limits.sdpBytes) {
      return badAnnounce(`an SDP is longer than ${limits.sdpBytes} bytes`);
    }
    offers.push({ offerId: entry.offer_id, sdp: entry.offer.sdp });
  }
  // Other clients' keys are numbers or short: too easy to guess to hand a place over for.
  const key = isBinaryId(message.key) ? message.key : null;
  return {
    kind: "announce",
    infoHash,
    peerId,
    seed: left === 0 || event === "completed",
    event,
    key,
    offers,
  };
}

function parseAnswer(message: Fields, limits: MessageLimits): ClientMessage {
  const { info_hash: infoHash, peer_id: peerId, to_peer_id: toPeerId, offer_id: offerId, answer } = message;
  if (!isBinaryId(infoHash)) return bad("info_hash is not a string of 20 bytes");
  const badAnswer = (reason: string) => bad(reason, "announce", infoHash);
  if (!isBinaryId(peerId)) return badAnswer("peer_id is not a string of 20 bytes");
  if (!isBinaryId(toPeerId)) return badAnswer("to_peer_id is not a string of 20 bytes");
  if (!isBinaryId(offerId)) return badAnswer("offer_id is not a string of 20 bytes");
  if (!isSessionDescription(answer, "answer")) {
    return badAnswer('the answer is not {"type":"answer","sdp":…}');
  }
  if (Buffer.byteLength(answer.sdp) > limits.sdpBytes) {
    return badAnswer(`an SDP is longer than ${limits.sdpBytes} bytes`);
  }
  return { kind: "answer", infoHash, peerId, toPeerId, offerId, sdp: answer.sdp };
}

function parseSignal(message: Fields): ClientMessage {
  const { info_hash: infoHash, peer_id: peerId, to_peer_id: toPeerId, offer_id: offerId, signal } = message;
  if (!isBinaryId(infoHash)) return bad("info_hash is not a string of 20 bytes", "signal");
  const badSignal = (reason: string) => bad(reason, "signal", infoHash);
  if (!isBinaryId(peerId)) return badSignal("peer_id is not a string of 20 bytes");
  if (!isBinaryId(toPeerId)) return badSignal("to_peer_id is not a string of 20 bytes");
  if (!isBinaryId(offerId)) return badSignal("offer_id is not a string of 20 bytes");
  if (!isSignal(signal)) return badSignal(`signal is not a text of 1 to ${MAX_SIGNAL_LENGTH} characters`);
  return { kind: "signal", infoHash, peerId, toPeerId, offerId, signal };
}

function parseScrape(message: Fields, limits: MessageLimits): ClientMessage {
  const hashes: readonly unknown[] = Array.isArray(message.info_hash)
    ? message.info_hash
    : [message.info_hash];
  if (hashes.length === 0 || hashes.length > limits.scrapeHashes) {
    return bad(`a scrape names 1 to ${limits.scrapeHashes} info-hashes`, "scrape");
  }
  const infoHashes: BinaryString[] = [];
  for (const hash of hashes) {
    if (!isBinaryId(hash)) return bad("info_hash is not a string of 20 bytes", "scrape");
    infoHashes.push(hash);
  }
  return { kind: "scrape", infoHashes };
}

function bad(reason: string, action?: FailureMessage["action"], infoHash?: BinaryString): BadMessage {
  return { kind: "bad", failure: failure(reason, action, infoHash) };
}
