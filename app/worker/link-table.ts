/**
 * The link table keeps each connection that the engine asked for, from its first description to its end, and chooses
 * which of two transports carries its bytes. The page makes the connections. The table passes the engine's calls to
 * the page, and what the page tells to the engine.
 *
 * | transport | channel | is for |
 * | --- | --- | --- |
 * | bulk | the channel that the page transferred to the worker | links between Shoal peers |
 * | relay | simple-peer's own channel, through the page | other peers, and a bulk channel whose other end is silent |
 *
 * A link is open to the engine once a transport is chosen. The first of these events chooses it:
 *
 * | event | chosen |
 * | --- | --- |
 * | the greeting came on the bulk channel | bulk |
 * | simple-peer's channel is open, to a peer that is not a Shoal peer | relay |
 * | simple-peer's channel has been open for BULK_TIMEOUT, without a greeting on the bulk channel | relay |
 * | bytes came on simple-peer's channel: the other end has given up on the bulk channel | relay |
 * | simple-peer's channel is open, and the bulk channel closed | relay |
 *
 * Each end chooses the transport on which it sends, and receives on both. So the two ends need not choose alike. The
 * transports keep the queues. The engine knows what the bytes mean.
 */

import type { LinkEvent, Route } from "../bridge/connections.ts";
import type { LinkEnd, LinkFingerprints, LinkId, LinkInfo, OtherEnd } from "../engine/link.ts";
import { BulkTransport } from "./bulk-transport.ts";
import { BULK_MESSAGE_LENGTH, BULK_TIMEOUT, VERDICT_TIMEOUT } from "./constants.ts";
import { type PostToPage, RelayTransport } from "./relay-transport.ts";
import type { Transport, TransportListener } from "./transport.ts";

/** The engine's inputs for links. */
export interface LinkInputs {
  handleOffer(link: LinkId, sdp: string): void;
  handleAnswer(link: LinkId, sdp: string): void;
  handleSignal(link: LinkId, signal: string): void;
  handleLinkOpened(link: LinkId, info: LinkInfo): void;
  handleBytes(link: LinkId, bytes: Uint8Array): void;
  handleDrained(link: LinkId): void;
  handleLinkClosed(link: LinkId, reason: LinkEnd): void;
}

interface Link {
  /** Null until it is known who is at the other end. */
  shoal: boolean | null;
  bulk: BulkTransport | null;
  relay: RelayTransport | null;
  relayMessageLength: number;
  fingerprints: LinkFingerprints | null;
  /** The transport that we send on; null until the link is open. */
  chosen: Transport | null;
  /** Runs while the bulk channel's other end is awaited, and while the page is to say why that channel closed. */
  patience: ReturnType<typeof setTimeout> | undefined;
  route: Route;
}

export class LinkTable {
  readonly #post: PostToPage;
  readonly #inputs: () => LinkInputs;
  readonly #webrtc: boolean;
  readonly #links: Map<LinkId, Link>;

  constructor(post: PostToPage, inputs: () => LinkInputs, webrtc: boolean) {
    this.#post = post;
    this.#inputs = inputs;
    this.#webrtc = webrtc;
    this.#links = new Map();
  }

  createOffer(link: LinkId, trickle: boolean): void {
    this.#create(link, null);
    if (this.#webrtc) this.#post({ type: "create-offer", link, trickle });
  }

  createAnswer(link: LinkId, sdp: string, other: OtherEnd): void {
    this.#create(link, other.shoal);
    if (this.#webrtc) this.#post({ type: "create-answer", link, sdp, ...other });
  }

  acceptAnswer(link: LinkId, sdp: string, other: OtherEnd): void {
    const entry = this.#links.get(link);
    if (!entry) return;
    entry.shoal = other.shoal;
    if (other.shoal) entry.bulk?.greet();
    this.#post({ type: "accept-answer", link, sdp, ...other });
  }

  deliverSignal(link: LinkId, signal: string): void {
    if (this.#links.has(link)) this.#post({ type: "signal", link, signal });
  }

  send(link: LinkId, bytes: Uint8Array): void {
    this.#links.get(link)?.chosen?.send(bytes as Uint8Array<ArrayBuffer>);
  }

  buffered(link: LinkId): number {
    return this.#links.get(link)?.chosen?.buffered ?? 0;
  }

  /** Tells the page to look for another path. */
  mend(link: LinkId): void {
    if (this.#links.has(link)) this.#post({ type: "mend", link });
  }

  close(link: LinkId): void {
    if (!this.#forget(link)) return;
    this.#post({ type: "close", link });
  }

  route(link: LinkId): Route {
    return this.#links.get(link)?.route ?? "unknown";
  }

  /** Handles what the page tells of one connection. */
  handleEvent(event: LinkEvent): void {
    const { link } = event;
    const entry = this.#links.get(link);
    if (!entry) return;
    switch (event.type) {
      case "offer":
        this.#inputs().handleOffer(link, event.sdp);
        break;
      case "answer":
        this.#inputs().handleAnswer(link, event.sdp);
        break;
      case "signal":
        this.#inputs().handleSignal(link, event.signal);
        break;
      case "bound":
        entry.fingerprints = event.fingerprints;
        break;
      case "channel":
        entry.bulk = new BulkTransport(event.channel, this.#listener(link, "bulk"));
        if (entry.shoal) entry.bulk.greet();
        break;
      case "relay-open":
        this.#handleRelayOpen(link, entry, event.maxMessageLength);
        break;
      case "relay-data":
        // A Shoal peer that speaks here gave up on the bulk channel; so do we, unless we already heard it there.
        if (!entry.chosen && entry.relay) this.#choose(link, entry, entry.relay);
        this.#inputs().handleBytes(link, new Uint8Array(event.data));
        break;
      case "relay-buffered":
        entry.relay?.handleBuffered(event.bytes, event.taken);
        break;
      case "route":
        entry.route = event.route;
        break;
      case "closed":
        this.#forget(link);
        this.#inputs().handleLinkClosed(link, event.reason);
        break;
    }
  }

  #create(link: LinkId, shoal: boolean | null): void {
    this.#links.set(link, {
      shoal,
      bulk: null,
      relay: null,
      relayMessageLength: 0,
      fingerprints: null,
      chosen: null,
      patience: undefined,
      route: "unknown",
    });
    if (!this.#webrtc)
      setTimeout(() => this.handleEvent({ type: "closed", link, reason: "webrtc-unavailable" }));
  }

  #handleRelayOpen(link: LinkId, entry: Link, maxMessageLength: number): void {
    const relay = new RelayTransport(link, this.#post, this.#listener(link, "relay"));
    entry.relay = relay;
    entry.relayMessageLength = maxMessageLength;
    if (entry.chosen) return;
    if (entry.shoal && entry.bulk)
      entry.patience = setTimeout(() => this.#choose(link, entry, relay), BULK_TIMEOUT);
    else this.#choose(link, entry, relay);
  }

  #choose(link: LinkId, entry: Link, transport: Transport): void {
    clearTimeout(entry.patience);
    entry.chosen = transport;
    const maxMessageLength = transport === entry.bulk ? BULK_MESSAGE_LENGTH : entry.relayMessageLength;
    this.#inputs().handleLinkOpened(link, { maxMessageLength, fingerprints: entry.fingerprints });
  }

  #listener(link: LinkId, kind: "bulk" | "relay"): TransportListener {
    const transport = (): Transport | null => this.#links.get(link)?.[kind] ?? null;
    return {
      ready: () => {
        const entry = this.#links.get(link);
        if (entry?.bulk && !entry.chosen) this.#choose(link, entry, entry.bulk);
      },
      bytes: (bytes) => {
        if (this.#links.has(link)) this.#inputs().handleBytes(link, bytes);
      },
      drained: () => {
        const carrying = this.#links.get(link)?.chosen;
        if (carrying && carrying === transport()) this.#inputs().handleDrained(link);
      },
      closed: () => this.#handleTransportClosed(link, kind),
      violated: () => {
        if (!this.#links.has(link)) return;
        this.close(link);
        this.#inputs().handleLinkClosed(link, "protocol-error");
      },
    };
  }

  /**
   * If the closed transport carried the link, the link ends. The page sees the end of the connection too and knows
   * its reason, so it has a moment to tell. If the closed transport did not carry the link, the relay has to.
   */
  #handleTransportClosed(link: LinkId, kind: "bulk" | "relay"): void {
    const entry = this.#links.get(link);
    if (!entry) return;
    if (entry.chosen === entry[kind]) {
      clearTimeout(entry.patience);
      entry.patience = setTimeout(() => {
        this.close(link);
        this.#inputs().handleLinkClosed(link, "remote-closed");
      }, VERDICT_TIMEOUT);
    } else {
      entry[kind] = null;
      if (!entry.chosen && entry.relay) this.#choose(link, entry, entry.relay);
    }
  }

  #forget(link: LinkId): boolean {
    const entry = this.#links.get(link);
    if (!entry) return false;
    clearTimeout(entry.patience);
    entry.bulk?.close();
    entry.relay?.close();
    return this.#links.delete(link);
  }
}
