/**
 * A wire error tells that a peer sent something malformed, or too much of something. It is the only error that
 * reading from a link or a lane throws. The swarm catches it and closes that connection, so no person ever sees it.
 */

export type WireErrorCode =
  /** The first 68 bytes are not a BitTorrent handshake. */
  | "wire/bad-handshake"
  /** A length that its message cannot have. */
  | "wire/bad-length"
  /** A message or field longer than the limits allow. */
  | "wire/too-long"
  /** A hash request, hash reject or hashes message that BEP 52 forbids. */
  | "wire/bad-hashes"
  /** An extension message that is not as its BEP, or Shoal, defines it. */
  | "wire/bad-extension"
  /** A message that came more often than it may. */
  | "wire/flood";

export class WireError extends Error {
  readonly code: WireErrorCode;
  /** Which message or field, and its value where that tells more: "bitfield: 7". */
  readonly detail: string;

  constructor(code: WireErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = "WireError";
    this.code = code;
    this.detail = detail;
  }
}
