/** What carries a link's bytes: the transferred channel, or the page's relay. */

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
  /** Something came that no Shoal peer sends: the link is to end. */
  violated(): void;
}
