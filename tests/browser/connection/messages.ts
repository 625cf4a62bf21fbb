/** What the connection test, its page and its worker say to each other. */

import type { ConnectionCommand } from "../../../app/bridge/connections.ts";

export type Carrier = "bulk" | "relay";

export interface ToWorker {
  readonly type: "send";
  readonly link: number;
  readonly carrier: Carrier;
  /** Bytes. */
  readonly length: number;
}

export type FromWorker =
  | { readonly type: "bulk-open"; readonly link: number }
  | {
      readonly type: "received";
      readonly link: number;
      readonly carrier: Carrier;
      readonly length: number;
      readonly wrong: number;
    };

/** Everything that was told of one link. */
export interface LinkReport {
  offer?: string;
  answer?: string;
  /** All that the other end is to be told, in order. */
  signals?: string[];
  /** Certificates by their first bytes, and whether they were told before anything could be heard. */
  bound?: { own: string; remote: string; inTime: boolean };
  bulkOpen?: boolean;
  /** The relay's largest message, once it is open. */
  relayOpen?: number;
  route?: string;
  closed?: string;
  bulk?: { length: number; wrong: number };
  relay?: { length: number; wrong: number };
  /** Most bytes that the relayed channel had queued. */
  mostBuffered?: number;
}

/** On the page as `window.connectionTest`. */
export interface ConnectionTest {
  command(command: ConnectionCommand): void;
  send(link: number, carrier: Carrier, length: number): void;
  report(link: number): LinkReport;
  networkChanged(): void;
  live(): number;
}
