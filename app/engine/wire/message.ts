/**
 * A message is one unit of what a link carries. This file lists all kinds of messages, and the id of each on the
 * wire. encode.ts turns messages into bytes, and message-reader.ts turns bytes into messages.
 */
import type { HashRequest } from "../content/hash-exchange.ts";
import { uncleCount } from "../content/merkle.ts";
import type { Handshake } from "./handshake.ts";

/** A range of bytes of a piece. BEP 3. */
export interface BlockRange {
  readonly piece: number;
  /** Bytes from the start of the piece. */
  readonly begin: number;
  /** Bytes. */
  readonly length: number;
}

export type Message =
  | ({ readonly type: "handshake" } & Handshake)
  | { readonly type: "keep-alive" | "choke" | "unchoke" | "interested" | "not-interested" }
  | { readonly type: "have-all" | "have-none" }
  | { readonly type: "have" | "suggest" | "allowed-fast"; readonly piece: number }
  | { readonly type: "bitfield"; readonly bits: Uint8Array }
  | ({ readonly type: "request" | "cancel" | "reject" } & BlockRange)
  | { readonly type: "piece"; readonly piece: number; readonly begin: number; readonly block: Uint8Array }
  | { readonly type: "port"; readonly port: number }
  | { readonly type: "extended"; readonly id: number; readonly payload: Uint8Array }
  | ({ readonly type: "hash-request" | "hash-reject" } & HashRequest)
  | ({ readonly type: "hashes"; readonly hashes: Uint8Array } & HashRequest)
  /** A message whose id is not in the table. `length`: bytes after the id, which were skipped. */
  | { readonly type: "unknown"; readonly id: number; readonly length: number };

/** The byte after the length prefix, by kind of message. BEP 3, 5, 6, 10 and 52. */
export const messageId = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  "not-interested": 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  port: 9,
  suggest: 13,
  "have-all": 14,
  "have-none": 15,
  reject: 16,
  "allowed-fast": 17,
  extended: 20,
  "hash-request": 21,
  hashes: 22,
  "hash-reject": 23,
} as const;

/** Hashes in the answer to a request for `length` hashes (a power of two), uncles included. BEP 52. */
export function countHashes(length: number, proofLayers: number): number {
  return length + uncleCount(length, proofLayers);
}
