/**
 * The hasher computes digests with WebCrypto, several at a time. Browsers have no streaming digest, so each digest is
 * of a whole leaf or a whole piece. The hasher keeps nothing: the caller knows what waits for a digest.
 */

import { LEAF_LENGTH } from "../engine/content/constants.ts";
import { DIGESTS_AT_ONCE } from "./constants.ts";

/** SHA-256 of every 16 KiB of `data`, 32 bytes each, the last over what remains. BEP 52. */
export async function hashLeaves(data: Uint8Array): Promise<Uint8Array> {
  const count = Math.ceil(data.length / LEAF_LENGTH);
  const leaves = new Uint8Array(count * 32);
  for (let first = 0; first < count; first += DIGESTS_AT_ONCE) {
    const digests: Promise<ArrayBuffer>[] = [];
    for (let leaf = first; leaf < Math.min(first + DIGESTS_AT_ONCE, count); leaf++)
      digests.push(digest("SHA-256", data.subarray(leaf * LEAF_LENGTH, (leaf + 1) * LEAF_LENGTH)));
    (await Promise.all(digests)).forEach((hash, index) => {
      leaves.set(new Uint8Array(hash), (first + index) * 32);
    });
  }
  return leaves;
}

/** A buffer for data and padding, of the length that was last needed. All behind `used` is zero. */
let scratch = new Uint8Array(0);
let used = 0;

/** SHA-1 of `data` followed by `padding` zero bytes, 20 bytes. BEP 3. */
export async function hashSha1(data: Uint8Array, padding: number): Promise<Uint8Array> {
  if (padding === 0) return new Uint8Array(await digest("SHA-1", data));
  return new Uint8Array(await digest("SHA-1", padded(data, padding)));
}

/** The next call writes over the result: WebCrypto takes its copy within the call. */
function padded(data: Uint8Array, padding: number): Uint8Array {
  if (scratch.length !== data.length + padding) {
    scratch = new Uint8Array(data.length + padding);
    used = 0;
  }
  if (used > data.length) scratch.fill(0, data.length, used);
  scratch.set(data);
  used = data.length;
  return scratch;
}

function digest(algorithm: "SHA-1" | "SHA-256", data: Uint8Array): Promise<ArrayBuffer> {
  return crypto.subtle.digest(algorithm, data as Uint8Array<ArrayBuffer>);
}
