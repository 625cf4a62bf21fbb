/**
 * What is known of each link, by its number. A node numbers its links one after the other (connection-table.ts), so a
 * list finds one in a step, where a map takes several through memory that thousands of messages a second keep cold. A
 * number that is gone leaves eight bytes.
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

  /** Of all links of which something is known, in the order of their numbers. Looks at every number so far. */
  values(): T[] {
    return this.#values.filter((value) => value !== undefined);
  }

  delete(link: LinkId): void {
    if (link < this.#values.length) this.#values[link] = undefined;
  }
}
