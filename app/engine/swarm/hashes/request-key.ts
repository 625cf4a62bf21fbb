import type { HashRequest } from "../../content/hash-exchange.ts";

/** The key of a hash request. Requests for the same hashes have equal keys, whatever proof they ask for. */
export function keyOf(range: HashRequest): string {
  return `${range.root.join()}/${range.baseLayer}/${range.index}/${range.length}`;
}
