/** What a peer has said of itself and wants of us. Written by those who read its messages: peer-protocol, has-messages. */
import { BLOCK_LENGTH, DEFAULT_REQUEST_QUEUE } from "../../constants.ts";
import { HasClaims } from "./has-claims.ts";

/** The numbers under which it wants extension messages; 0: it does not know them. BEP 10. */
export interface ExtensionIds {
  readonly utMetadata: number;
  readonly dontHave: number;
  readonly lane: number;
  readonly ping: number;
  readonly received: number;
}

/** What it has, as it said before the info dictionary was known. */
export interface EarlySet {
  readonly all: boolean;
  /** BEP 3 bit order, unchecked. */
  readonly bits: Uint8Array | null;
  readonly pieces: number[];
}

export class Said {
  handshakeReceived: boolean;
  /** It knows the fast extension. BEP 6. */
  fast: boolean;
  /** It knows the extension protocol. BEP 10. */
  extended: boolean;
  /** The link speaks v2: hash messages are allowed. BEP 52. */
  v2: boolean;
  /** Client and version in its own words; empty until it named them. */
  client: string;
  extensionIds: ExtensionIds;
  /** Bytes of the info dictionary; null while it has none. BEP 9. */
  metadataSize: number | null;
  /** Requests that it lets us have outstanding (`reqq`). */
  requestQueue: number;
  /** Bytes of the largest block that both ends take. */
  maxBlock: number;
  early: EarlySet;
  readonly claims: HasClaims;
  /** Pieces that may be asked for while it chokes us. BEP 6. */
  readonly allowedFast: Set<number>;
  /** Pieces that it would have us ask for, first those said first. The picker takes away what is of no use. BEP 6. */
  readonly suggested: number[];
  peerChoking: boolean;
  peerInterested: boolean;
  /** It wants to be told at once which blocks came. */
  tellsAtOnce: boolean;

  constructor(now: number) {
    this.handshakeReceived = false;
    this.fast = false;
    this.extended = false;
    this.v2 = false;
    this.client = "";
    this.extensionIds = { utMetadata: 0, dontHave: 0, lane: 0, ping: 0, received: 0 };
    this.metadataSize = null;
    this.requestQueue = DEFAULT_REQUEST_QUEUE;
    this.maxBlock = BLOCK_LENGTH;
    this.early = { all: false, bits: null, pieces: [] };
    this.claims = new HasClaims(now);
    this.allowedFast = new Set();
    this.suggested = [];
    this.peerChoking = true;
    this.peerInterested = false;
    this.tellsAtOnce = false;
  }
}
