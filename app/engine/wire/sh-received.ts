/**
 * sh_received: tells a Shoal peer which of its blocks have come, so that it knows what of all it sent is still on its
 * uplink (swarm/uplink.ts). Ours, as BEP 3 has no such thing: a further request says that something came, and not what.
 * Eight bytes a block: its piece and its beginning. It goes along with the next request; none at all asks the other to tell
 * at once.
 */
import { REQUEST_QUEUE } from "../constants.ts";
import { WireError } from "./wire-error.ts";

/** A block, by its place. */
export interface BlockPlace {
  readonly piece: number;
  readonly begin: number;
}

const PLACE_LENGTH = 8;

export function encodeReceived(places: readonly BlockPlace[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(places.length * PLACE_LENGTH);
  const view = new DataView(bytes.buffer);
  for (const [at, { piece, begin }] of places.entries()) {
    view.setUint32(at * PLACE_LENGTH, piece);
    view.setUint32(at * PLACE_LENGTH + 4, begin);
  }
  return bytes;
}

/** Throws `wire/bad-extension` for half a block, and for more than anybody may have asked for. */
export function decodeReceived(payload: Uint8Array): BlockPlace[] {
  if (payload.length % PLACE_LENGTH !== 0 || payload.length > REQUEST_QUEUE * PLACE_LENGTH)
    throw new WireError("wire/bad-extension", `sh_received: ${payload.length}`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return Array.from({ length: payload.length / PLACE_LENGTH }, (_, at) => ({
    piece: view.getUint32(at * PLACE_LENGTH),
    begin: view.getUint32(at * PLACE_LENGTH + 4),
  }));
}
