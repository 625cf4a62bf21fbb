/**
 * A request to a peer is overtaken when its block has not come, although a block that was requested clearly later has
 * come. Blocks of one connection come in the order of their requests. A peer with lanes has several connections. An
 * overtaken request then shows that one association has lost packets and waits for their retransmission. RACK
 * (RFC 8985) finds lost packets in the same way, by the times at which later ones were sent.
 *
 * Example: the base is 100 ms, so clearly later is more than 50 ms (REORDERED_BY). Requests were sent at 0 and 10 ms.
 * When the block of a request sent at 55 ms comes, the request sent at 0 ms is overtaken, and that sent at 10 ms is
 * not.
 */
import type { OutgoingRequest } from "../peers/asked.ts";
import { REORDERED_BY } from "./constants.ts";

/**
 * Bytes of the overtaken requests. `requests`: those under way, oldest first. `latest`: when the latest answered
 * request was sent. `base`: least delay of the path. Both in milliseconds.
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
