/**
 * A signal is what one end of a connection tells the other after their descriptions are exchanged. The engine passes
 * signals on: through a tracker, or, if the connection is a lane, over its link. Signals are texts. Those of the
 * other end come from a stranger, so everything in them is checked.
 */

import { MAX_CANDIDATE_LENGTH, MAX_SIGNAL_CANDIDATES } from "./constants.ts";

export type Signal =
  /** Further candidates of the sender. */
  | { readonly type: "candidates"; readonly candidates: readonly RTCIceCandidateInit[] }
  /** A new description of the same connection, for other paths: ICE restart, RFC 8445. */
  | { readonly type: "offer" | "answer"; readonly sdp: string }
  /** The end that answered asks for a new offer. Only the other end makes offers, so that offers never cross. */
  | { readonly type: "restart" };

export function encodeSignal(signal: Signal): string {
  return JSON.stringify(signal);
}

/** Null when the text is no signal. Takes any text and never throws. */
export function decodeSignal(text: string): Signal | null {
  let signal: unknown;
  try {
    signal = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof signal !== "object" || signal === null) return null;
  const { type, sdp, candidates } = signal as Readonly<Record<string, unknown>>;
  switch (type) {
    case "candidates":
      return isCandidates(candidates) ? { type, candidates } : null;
    case "offer":
    case "answer":
      return typeof sdp === "string" && sdp !== "" ? { type, sdp } : null;
    case "restart":
      return { type };
    default:
      return null;
  }
}

function isCandidates(value: unknown): value is RTCIceCandidateInit[] {
  return Array.isArray(value) && value.length <= MAX_SIGNAL_CANDIDATES && value.every(isCandidate);
}

function isCandidate(value: unknown): value is RTCIceCandidateInit {
  if (typeof value !== "object" || value === null) return false;
  const { candidate, sdpMid, sdpMLineIndex } = value as Readonly<Record<string, unknown>>;
  return (
    typeof candidate === "string" &&
    candidate.length <= MAX_CANDIDATE_LENGTH &&
    // Firefox writes it into its description as it is.
    !/[\r\n]/.test(candidate) &&
    (typeof sdpMid === "string" || typeof sdpMLineIndex === "number") &&
    (sdpMid === undefined || sdpMid === null || typeof sdpMid === "string") &&
    (sdpMLineIndex === undefined || sdpMLineIndex === null || typeof sdpMLineIndex === "number")
  );
}
