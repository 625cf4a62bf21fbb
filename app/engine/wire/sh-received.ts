/**
 * sh_received tells a Shoal peer which of its blocks have come, so that the peer knows which of them are still on
 * their way (swarm/flow/uplink.ts). It is a BEP 10 extension of Shoal's own, because BEP 3 has nothing like it: a
 * further request tells that some block came, but not which.
 *
 * The payload is eight bytes for each block, its piece and its begin. It leaves with the next request. An empty
 * payload asks the receiver to tell of each block at once, from then on.
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

/** Throws `wire/bad-extension` when the payload ends within a place, or has more places than REQUEST_QUEUE allows. */
export function decodeReceived(payload: Uint8Array): BlockPlace[] {
  if (payload.length % PLACE_LENGTH !== 0 || payload.length > REQUEST_QUEUE * PLACE_LENGTH)
    throw new WireError("wire/bad-extension", `sh_received: ${payload.length}`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return Array.from({ length: payload.length / PLACE_LENGTH }, (_, at) => ({
    piece: view.getUint32(at * PLACE_LENGTH),
    begin: view.getUint32(at * PLACE_LENGTH + 4),
  }));
}
