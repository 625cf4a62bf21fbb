/**
 * The addresses that a link or a .torrent file names: trackers, web seeds, peers. Strangers write them, and every look
 * at a share tells them to the tabs, so their count and their lengths are bounded.
 */
import { MAX_ADDRESS_LENGTH, MAX_ADDRESSES, MAX_ADDRESSES_LENGTH } from "./constants.ts";

/**
 * The addresses of one kind, each once, as many of the first ones as there is room for. One that is too long is left
 * out: no server takes it, and a part of it would be another address.
 */
export function boundAddresses(found: Iterable<string>): string[] {
  const bounded = new Set<string>();
  let length = 0;
  for (const address of found) {
    if (address === "" || address.length > MAX_ADDRESS_LENGTH || bounded.has(address)) continue;
    length += address.length;
    if (length > MAX_ADDRESSES_LENGTH || bounded.size === MAX_ADDRESSES) break;
    bounded.add(address);
  }
  return [...bounded];
}
