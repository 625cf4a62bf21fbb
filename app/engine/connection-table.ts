/**
 * All connections of a node: what each is, and whose. A connection gets its number here, and keeps it from the offer to
 * its end:
 *
 *     offer ─(answered)─▶ dial ─(opened)─▶ link        between us and a peer that a tracker introduced
 *     (its offer is answered) ─▶ dial
 *     lane                                             beside a link, agreed on over that link
 *
 * How many there may be is connection-budget.ts's matter.
 */
import { ByLink } from "./by-link.ts";
import type { LinkId } from "./link.ts";

export type ConnectionKind =
  /** Our offer, which nobody has answered. */
  | "offer"
  /** Being made with a peer that is known. */
  | "dial"
  /** Open, or ended by the other side a moment ago. */
  | "link"
  /** A further connection to a linked peer, being made or open. */
  | "lane";

export interface Connection<Holder> {
  readonly holder: Holder;
  kind: ConnectionKind;
}

export class ConnectionTable<Holder> {
  readonly #connections: ByLink<Connection<Holder>>;
  /** Connections of each holder that has any. */
  readonly #counts: Map<Holder, number>;
  #count: number;
  #lastLink: LinkId;

  constructor() {
    this.#connections = new ByLink();
    this.#counts = new Map();
    this.#count = 0;
    this.#lastLink = 0;
  }

  /** Connections of all holders. */
  get count(): number {
    return this.#count;
  }

  countOf(holder: Holder): number {
    return this.#counts.get(holder) ?? 0;
  }

  /** Those that have any connections. */
  holders(): Iterable<Holder> {
    return this.#counts.keys();
  }

  /** Numbers a connection. */
  add(holder: Holder, kind: ConnectionKind): LinkId {
    this.#lastLink++;
    this.#connections.set(this.#lastLink, { holder, kind });
    this.#counts.set(holder, this.countOf(holder) + 1);
    this.#count++;
    return this.#lastLink;
  }

  /** Undefined once it has ended. */
  find(link: LinkId): Connection<Holder> | undefined {
    return this.#connections.get(link);
  }

  /** The connection has come further. */
  setKind(link: LinkId, kind: ConnectionKind): void {
    const connection = this.#connections.get(link);
    if (connection !== undefined) connection.kind = kind;
  }

  /** The connection has ended, or came to nothing. */
  delete(link: LinkId): void {
    const connection = this.#connections.get(link);
    if (connection === undefined) return;
    const { holder } = connection;
    this.#connections.delete(link);
    this.#count--;
    const left = this.countOf(holder) - 1;
    if (left === 0) this.#counts.delete(holder);
    else this.#counts.set(holder, left);
  }
}
