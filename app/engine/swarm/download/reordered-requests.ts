/**
 * Which of a peer's requests have been overtaken: blocks that were asked for clearly later are here already. Over one
 * connection that cannot be, as blocks come in the order of their requests. Over several it tells that an association
 * has lost packets and waits for them to be sent again, as RACK tells lost packets by when later ones were sent (RFC
 * 8985). Keeps nothing.
 */
import type { OutgoingRequest } from "../peers/peer.ts";

/**
 * Share of the path's own delay by which later requests must have been sent: lanes with smaller congestion windows are
 * slower by some of it. RACK's reordering window is between a quarter and all of it. In simulated bursts of losses all of
 * it came later and helped less.
 */
const OVERTAKEN_BY = 0.5;

/**
 * Bytes of the requests, oldest first, that were overtaken. `latest`: when the latest request was sent whose block has
 * come; `base`: milliseconds that the path takes by itself.
 */
export function overtakenBytes(
  requests: Iterable<Pick<OutgoingRequest, "length" | "sentAt">>,
  latest: number,
  base: number,
): number {
  let bytes = 0;
  for (const { length, sentAt } of requests) {
    if (latest - sentAt <= base * OVERTAKEN_BY) break;
    bytes += length;
  }
  return bytes;
}
