/**
 * Which of a peer's requests have been overtaken: blocks that were asked for clearly later are here already. Over one
 * connection that cannot be, as blocks come in the order of their requests. Over several it tells that an association
 * has lost packets and waits for them to be sent again, as RACK tells lost packets by when later ones were sent (RFC
 * 8985). Keeps nothing.
 */
import type { OutgoingRequest } from "../peers/asked.ts";
import { REORDERED_BY } from "./constants.ts";

/**
 * Bytes of the requests, oldest first, that were overtaken. `latest`: when the latest request was sent whose block has
 * come; `base`: milliseconds that the path takes by itself.
 */
export function reorderedBytes(
  requests: Iterable<Pick<OutgoingRequest, "length" | "sentAt">>,
  latest: number,
  base: number,
): number {
  let bytes = 0;
  for (const { length, sentAt } of requests) {
    if (latest - sentAt <= base * REORDERED_BY) break;
    bytes += length;
  }
  return bytes;
}
