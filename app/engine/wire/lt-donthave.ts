/** lt_donthave tells that a peer no longer has a piece. BEP 54. */
import { WireError } from "./wire-error.ts";

/** The payload of the extended message: the piece's index in 4 bytes. */
export function encodeDontHave(piece: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, piece);
  return payload;
}

/** The piece's index. Throws `wire/bad-extension` unless the payload has 4 bytes. */
export function decodeDontHave(payload: Uint8Array): number {
  if (payload.length !== 4) {
    throw new WireError("wire/bad-extension", `lt_donthave: ${payload.length}`);
  }
  return new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
}
