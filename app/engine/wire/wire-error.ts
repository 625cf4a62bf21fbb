/**
 * The one error that reading from a link throws: the peer sent something malformed. It never reaches a person;
 * the swarm catches it and drops the peer.
 */

export type WireErrorCode =
  /** The first 68 bytes are not a BitTorrent handshake. */
  | "wire/bad-handshake"
  /** A length that does not belong to its message. */
  | "wire/bad-length"
  /** A message or field longer than the limits allow. */
  | "wire/too-long"
  /** A hash request, hash reject or hashes message that BEP 52 forbids. */
  | "wire/bad-hashes"
  /** An extension message that is not what its BEP says. */
  | "wire/bad-extension"
  /** A message that may come, and came too often. */
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
