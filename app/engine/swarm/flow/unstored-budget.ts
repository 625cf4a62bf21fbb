import { UNSTORED_BYTES } from "./constants.ts";

/**
 * Bytes received and not yet stored, of all torrents of a node. When the disk does not keep up, nothing more is
 * asked for: this is what bounds the memory of a download.
 */
export class UnstoredBudget {
  #bytes: number;

  constructor() {
    this.#bytes = 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isOpen(): boolean {
    return this.#bytes < UNSTORED_BYTES;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
  }
}
