/**
 * `ByLink` maps the numbers of connections to values, as a Map would. A node numbers its connections one after the
 * other (connection-table.ts), so an array finds a value in one step. A Map takes several steps, and its memory is
 * seldom in the processor's cache, because thousands of messages a second displace it. The array does not shrink:
 * each connection that has ended leaves eight bytes.
 */
import type { LinkId } from "./link.ts";

export class ByLink<T> {
  readonly #values: (T | undefined)[];

  constructor() {
    this.#values = [];
  }

  get(link: LinkId): T | undefined {
    return this.#values[link];
  }

  set(link: LinkId, value: T): void {
    while (this.#values.length < link) this.#values.push(undefined);
    this.#values[link] = value;
  }

  /** All values, by rising number. Looks at every number so far. */
  values(): T[] {
    return this.#values.filter((value) => value !== undefined);
  }

  delete(link: LinkId): void {
    if (link < this.#values.length) this.#values[link] = undefined;
  }
}
