/**
 * sh_ping: asks a Shoal peer for a sign of life, and gives one. Ours, as BEP 3's keep-alive is never answered. One
 * byte of payload.
 */

export type Ping = "ping" | "pong";

export function encodePing(ping: Ping): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(ping === "ping" ? 0 : 1);
}

/** Null for what a later version may mean by it. */
export function decodePing(payload: Uint8Array): Ping | null {
  if (payload[0] === 0) return "ping";
  return payload[0] === 1 ? "pong" : null;
}
