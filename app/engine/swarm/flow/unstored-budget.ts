import { UNSTORED_BYTES } from "./constants.ts";

/**
 * Bytes received and not yet stored, of all torrents of a node. When the disk does not keep up, nothing more is
 * asked for: this is what bounds the memory of a download.
 */
export class UnstoredBudget {
  readonly #opened: () => void;
  #bytes: number;

  /** `opened`: called when there is room again after there was none. */
  constructor(opened: () => void) {
    this.#opened = opened;
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
    const wasOpen = this.isOpen;
    this.#bytes -= bytes;
    if (!wasOpen && this.isOpen) this.#opened();
  }
}
