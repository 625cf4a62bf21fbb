/**
 * A transport carries the bytes of one link: over the channel that the page transferred (bulk-transport.ts), or over
 * simple-peer's own channel through the page (relay-transport.ts).
 */

export interface Transport {
  /** Bytes given to `send` that have not left yet. */
  readonly buffered: number;
  /** Sends one message, in order. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface TransportListener {
  /** Its other end is there: it may carry the link. */
  ready(): void;
  bytes(bytes: Uint8Array): void;
  /** `buffered` fell to the low-water mark. */
  drained(): void;
  closed(): void;
  /** A message came that no Shoal peer sends. The link is to end. */
  violated(): void;
}
