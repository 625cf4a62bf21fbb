/**
 * `Said` holds what a peer has said of itself and wants of us. peer-protocol and has-messages write it while they
 * read the peer's messages; the picker removes suggestions of no use.
 */
import { BLOCK_LENGTH, DEFAULT_REQUEST_QUEUE } from "../../constants.ts";
import type { AboutOffer } from "../../wire/extended.ts";
import { HasClaims } from "./has-claims.ts";

/** The ids under which the peer wants extension messages; 0 where it does not speak the extension. BEP 10. */
export interface ExtensionIds {
  readonly utMetadata: number;
  readonly dontHave: number;
  readonly lane: number;
  readonly ping: number;
  readonly received: number;
  readonly about: number;
}

/** A peer's pieces, as it told them in whole. They wait here while the info dictionary is unknown. */
export interface EarlySet {
  readonly all: boolean;
  /** The bitfield as it came, unchecked; null when another message told. BEP 3. */
  readonly bits: Uint8Array | null;
  readonly pieces: number[];
}

export class Said {
  handshakeReceived: boolean;
  /** The peer speaks the fast extension. BEP 6. */
  fast: boolean;
  /** The peer speaks the extension protocol. BEP 10. */
  extended: boolean;
  /** The link is a v2 link, so hash messages are allowed. BEP 52. */
  v2: boolean;
  /** Client and version, as the peer names them; empty before. */
  client: string;
  extensionIds: ExtensionIds;
  /** Bytes of the info dictionary; null while the peer has none. BEP 9. */
  metadataSize: number | null;
  /** The about that the peer has; null while it has none. */
  about: AboutOffer | null;
  /** Requests that the peer lets us have under way (`reqq`). */
  requestQueue: number;
  /** Bytes of the largest block that both ends accept. */
  maxBlock: number;
  early: EarlySet;
  readonly claims: HasClaims;
  /** Pieces that we may ask for while the peer chokes us. BEP 6. */
  readonly allowedFast: Set<number>;
  /** Pieces that the peer suggests, in the order in which it did. BEP 6. */
  readonly suggested: number[];
  peerChoking: boolean;
  peerInterested: boolean;
  /** The peer wants to be told at once which of its blocks came. */
  tellsAtOnce: boolean;

  constructor(now: number) {
    this.handshakeReceived = false;
    this.fast = false;
    this.extended = false;
    this.v2 = false;
    this.client = "";
    this.extensionIds = { utMetadata: 0, dontHave: 0, lane: 0, ping: 0, received: 0, about: 0 };
    this.metadataSize = null;
    this.about = null;
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
