import type { HashRequest } from "../../content/hash-exchange.ts";

/** Equal for requests for the same hashes, whatever proof they ask for. */
export function keyOf(range: HashRequest): string {
  return `${range.root.join()}/${range.baseLayer}/${range.index}/${range.length}`;
}
