/**
 * The connection table lists all connections of a node. Each has a number, a kind and a holder: the torrent that the
 * connection belongs to. A connection gets its number here and keeps it until it ends:
 *
 * | kind | begins | becomes |
 * | --- | --- | --- |
 * | offer | with an offer of ours | a dial, when a peer answers it |
 * | dial | when a peer answers an offer of ours, or with the offer of a peer | a link, when it opens |
 * | link | when a dial opens | – |
 * | lane | beside a link, agreed on over that link | – |
 *
 * connection-budget.ts decides how many connections there may be.
 */
import { ByLink } from "./by-link.ts";
import type { LinkId } from "./link.ts";

export type ConnectionKind =
  /** An offer of ours that no peer has answered. */
  | "offer"
  /** Being made with a known peer. */
  | "dial"
  /** Open: the one connection to a peer that carries messages of every kind. */
  | "link"
  /** Being made or open beside a link, for blocks only. */
  | "lane";

export interface Connection<Holder> {
  readonly holder: Holder;
  kind: ConnectionKind;
}

export class ConnectionTable<Holder> {
  readonly #connections: ByLink<Connection<Holder>>;
  /** The number of connections of each holder that has any. */
  readonly #counts: Map<Holder, number>;
  #count: number;
  #lastLink: LinkId;

  constructor() {
    this.#connections = new ByLink();
    this.#counts = new Map();
    this.#count = 0;
    this.#lastLink = 0;
  }

  /** The number of connections of all holders. */
  get count(): number {
    return this.#count;
  }

  countOf(holder: Holder): number {
    return this.#counts.get(holder) ?? 0;
  }

  /** The holders that have any connections. */
  holders(): Iterable<Holder> {
    return this.#counts.keys();
  }

  /** Adds a connection and returns its number. */
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

  /** Does nothing if the connection has ended. */
  setKind(link: LinkId, kind: ConnectionKind): void {
    const connection = this.#connections.get(link);
    if (connection !== undefined) connection.kind = kind;
  }

  /** To be called when a connection has ended or failed. May be called again. */
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
