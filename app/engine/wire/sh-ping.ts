/**
 * sh_ping asks a Shoal peer for a sign of life, and gives one. It is a BEP 10 extension of Shoal's own, because
 * BEP 3's keep-alive is never answered. The payload is one byte: 0 asks (ping), 1 answers (pong).
 */

export type Ping = "ping" | "pong";

export function encodePing(ping: Ping): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(ping === "ping" ? 0 : 1);
}

/** Null for a payload that a later version may give a meaning. */
export function decodePing(payload: Uint8Array): Ping | null {
  if (payload[0] === 0) return "ping";
  return payload[0] === 1 ? "pong" : null;
}
