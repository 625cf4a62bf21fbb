/**
 * The peer protocol takes and sends the messages on one torrent's links. Every link begins with these steps:
 *
 * | step | the peer that offered | the peer that answered |
 * | --- | --- | --- |
 * | 1 | sends its handshake when the link opens | |
 * | 2 | | answers with its handshake; if none comes for 3 s, sends its own |
 * | 3 | after that, sends its extension handshake and the pieces that it has | the same, after its handshake |
 *
 * The first handshake names the info-hash under which the two were introduced. If that is the v1 hash of a hybrid
 * torrent and both peers know its v2 hash, the answer names the v2 hash, which makes the link a v2 link (BEP 52).
 *
 * Each further message is handed to the part of the torrent that it concerns. A malformed message closes its link,
 * and has no other effect.
 */
import {
  BLOCK_LENGTH,
  MAX_FOREIGN_MESSAGE,
  MAX_SHOAL_BLOCK,
  MAX_SHOAL_MESSAGE,
  REQUEST_QUEUE,
  SHOAL_BLOCK,
} from "../constants.ts";
import { equalBytes, truncatedV2 } from "../content/info-hash.ts";
import { bytesToBinaryString } from "../discovery/tracker-messages.ts";
import type { Host } from "../host.ts";
import type { LinkId } from "../link.ts";
import { encodeBitfield, encodeExtended, encodeHave, encodeHaveAll, encodeHaveNone } from "../wire/encode.ts";
import {
  decodeExtensionHandshake,
  EXTENSION_HANDSHAKE_ID,
  encodeExtensionHandshake,
} from "../wire/extended.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { decodeDontHave, encodeDontHave } from "../wire/lt-donthave.ts";
import type { Message } from "../wire/message.ts";
import { decodePartMessage } from "../wire/part-message.ts";
import { decodeLaneMessage } from "../wire/sh-lane.ts";
import { decodeReceived } from "../wire/sh-received.ts";
import { WireError } from "../wire/wire-error.ts";
import { ANSWERER_PATIENCE, IDLE_MESSAGES } from "./constants.ts";
import type { Blame } from "./download/blame.ts";
import type { Downloads } from "./download/downloads.ts";
import type { HashServer } from "./hashes/hash-server.ts";
import type { LayerRequests } from "./hashes/layer-requests.ts";
import type { PartExchange } from "./hashes/part-exchange.ts";
import type { Lanes } from "./lanes/lanes.ts";
import { EARLY_HAVES } from "./peers/constants.ts";
import { type HasContext, HasMessages } from "./peers/has-messages.ts";
import type { Links } from "./peers/links.ts";
import type { Peer } from "./peers/peer.ts";
import type { Pieces } from "./pieces/pieces.ts";
import type { TorrentAbout } from "./torrent-about.ts";
import type { TorrentMetadata } from "./torrent-metadata.ts";
import type { Choker } from "./upload/choker.ts";
import type { Uploads } from "./upload/uploads.ts";

/** The ids that we give to extension messages: peers send them with these. BEP 10. */
const UT_METADATA = 1;
const DONT_HAVE = 2;
const LANE = 3;
const PING = 4;
const RECEIVED = 5;
const ABOUT = 11;

/** The part of the torrent that the protocol needs: the parts that get messages, and what we tell of ourselves. */
export interface ProtocolContext extends HasContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  /** Shown to other clients. */
  readonly version: string;
  readonly metadata: TorrentMetadata;
  readonly pieces: Pieces | null;
  readonly links: Links;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly choker: Choker;
  readonly blame: Blame;
  readonly lanes: Lanes;
  readonly metadataExchange: PartExchange;
  readonly about: TorrentAbout;
  readonly aboutExchange: PartExchange;
  readonly layerRequests: LayerRequests;
  readonly hashServer: HashServer;
}

export class PeerProtocol {
  readonly #torrent: ProtocolContext;
  readonly #has: HasMessages;

  constructor(torrent: ProtocolContext) {
    this.#torrent = torrent;
    this.#has = new HasMessages(torrent);
  }

  /** The link is open. The peer that offered speaks first, so that the other can choose the hash of the link. */
  handleOpened(peer: Peer): void {
    if (peer.initiator) this.#sendHandshake(peer, peer.introducedBy);
  }

  handleBytes(peer: Peer, bytes: Uint8Array): void {
    const { links } = this.#torrent;
    peer.lastReceivedAt = this.#torrent.host.now();
    peer.reader.push(bytes);
    try {
      let message = peer.reader.next();
      if (message !== null) links.dirty.add(peer);
      let idle = 0;
      for (; message !== null; message = peer.reader.next()) {
        if (isIdle(message) && ++idle > IDLE_MESSAGES) {
          throw new WireError("wire/flood", "idle");
        }
        this.#handle(peer, message);
        if (peer.isGone) return;
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#torrent.host.log("peer-broke-protocol", {
        link: peer.link,
        error: error.code,
        detail: error.detail,
      });
      links.close(peer, "protocol-error");
    }
  }

  handleTick(peer: Peer, now: number): void {
    if (!peer.handshakeSent && now - peer.openedAt > ANSWERER_PATIENCE)
      this.#sendHandshake(peer, peer.introducedBy);
  }

  #sendHandshake(peer: Peer, infoHash: Uint8Array): void {
    peer.handshakeSent = true;
    peer.send(
      encodeHandshake({
        infoHash,
        peerId: this.#torrent.peerId,
        extensions: {
          extended: true,
          fast: true,
          v2: this.#torrent.metadata.speaksV2,
          dht: false,
        },
      }),
    );
    // WebTorrent can read a handshake only in a channel message of its own.
    peer.flush();
  }

  #handle(peer: Peer, message: Message): void {
    const torrent = this.#torrent;
    switch (message.type) {
      case "handshake":
        this.#handleHandshake(peer, message);
        return;
      case "choke":
        peer.said.peerChoking = true;
        torrent.downloads.handleChoke(peer);
        return;
      case "unchoke":
        peer.said.peerChoking = false;
        peer.mayHaveMore();
        return;
      case "interested":
        peer.said.peerInterested = true;
        torrent.choker.handleInterested(peer);
        return;
      case "not-interested":
        peer.said.peerInterested = false;
        torrent.choker.handleNotInterested(peer);
        return;
      case "have":
        this.#has.handleHave(peer, message.piece);
        return;
      case "bitfield":
        this.#has.handleWholeSet(peer, { all: false, bits: message.bits, pieces: [] });
        return;
      case "have-all":
        this.#has.handleWholeSet(peer, { all: true, bits: null, pieces: [] });
        return;
      case "have-none":
        this.#has.handleWholeSet(peer, { all: false, bits: null, pieces: [] });
        return;
      case "request":
        torrent.uploads.handleRequest(peer, message);
        return;
      case "piece":
        torrent.downloads.handleBlock(peer, message.piece, message.begin, message.block);
        return;
      case "cancel":
        torrent.uploads.handleCancel(peer, message);
        return;
      case "reject":
        torrent.downloads.handleReject(peer, message);
        return;
      case "suggest":
        if (peer.said.suggested.length < EARLY_HAVES) peer.said.suggested.push(message.piece);
        peer.mayHaveMore();
        return;
      case "allowed-fast":
        if (peer.said.allowedFast.size < EARLY_HAVES) peer.said.allowedFast.add(message.piece);
        peer.mayHaveMore();
        return;
      case "extended":
        this.#handleExtended(peer, message.id, message.payload);
        return;
      case "hash-request":
        torrent.hashServer.handleRequest(peer, message);
        return;
      case "hashes":
        if (!torrent.blame.handleHashes(peer, message, message.hashes))
          torrent.layerRequests.handleHashes(peer, message, message.hashes);
        return;
      case "hash-reject":
        if (!torrent.blame.handleHashReject(peer, message))
          torrent.layerRequests.handleHashReject(peer, message);
        return;
      case "keep-alive":
      case "port":
      case "unknown":
        return;
    }
  }

  #handleHandshake(peer: Peer, handshake: Extract<Message, { type: "handshake" }>): void {
    const { links, metadata } = this.#torrent;
    const { infoHashV2, rendezvous } = metadata;
    if (!metadata.isNamed(handshake.infoHash)) {
      links.close(peer, "protocol-error");
      return;
    }
    peer.said.handshakeReceived = true;
    peer.said.fast = handshake.extensions.fast;
    peer.said.extended = handshake.extensions.extended;
    // Links of a private share are made under its rendezvous, and never name a v2 hash. The v2 bit of the handshake
    // tells the version there.
    const v2Name = infoHashV2 === null || rendezvous !== null ? null : truncatedV2(infoHashV2);
    if (rendezvous !== null) peer.said.v2 = handshake.extensions.v2;
    else if (v2Name !== null && equalBytes(handshake.infoHash, v2Name)) peer.said.v2 = true;
    if (!links.identify(peer, bytesToBinaryString(handshake.peerId))) return;
    if (!peer.handshakeSent) {
      // Both peers know the v2 hash: an answer that names it makes the link a v2 link.
      const upgrade = v2Name !== null && handshake.extensions.v2;
      if (upgrade) peer.said.v2 = true;
      this.#sendHandshake(peer, upgrade ? v2Name : handshake.infoHash);
    }
    if (peer.said.extended) this.sendExtensionHandshake(peer);
    this.#sendHas(peer);
  }

  /**
   * Sends the extension handshake. It is sent again when the info dictionary or the about becomes known, and so its
   * size.
   */
  sendExtensionHandshake(peer: Peer): void {
    const { metadata, about, version, pieces } = this.#torrent;
    peer.send(
      encodeExtended(
        EXTENSION_HANDSHAKE_ID,
        encodeExtensionHandshake({
          m: {
            ut_metadata: UT_METADATA,
            lt_donthave: DONT_HAVE,
            sh_lane: LANE,
            sh_ping: PING,
            sh_received: RECEIVED,
            sh_about: ABOUT,
          },
          metadataSize: metadata.bytes?.length ?? null,
          reqq: REQUEST_QUEUE,
          v: `Shoal ${version}`,
          uploadOnly: pieces?.have.isFull ?? false,
          maxBlock: SHOAL_BLOCK,
          about: about.offer,
        }),
      ),
    );
  }

  #sendHas(peer: Peer): void {
    const have = this.#torrent.pieces?.have;
    if (have === undefined || have.count === 0) {
      if (peer.said.fast) peer.send(encodeHaveNone());
    } else if (have.isFull && peer.said.fast) {
      peer.send(encodeHaveAll());
    } else {
      peer.send(encodeBitfield(have.bytes.slice()));
    }
  }

  /** The info dictionary is known now, so that what peers said before of their pieces can be understood. */
  handlePiecesKnown(): void {
    const pieces = this.#torrent.pieces!;
    for (const peer of [...this.#torrent.peers.values()]) {
      this.#limitReader(peer);
      if (!peer.isReady) continue;
      if (peer.said.extended) this.sendExtensionHandshake(peer);
      for (const piece of pieces.have) peer.send(encodeHave(piece));
      this.#has.handlePiecesKnown(peer);
    }
  }

  /** The about is known now, or another one. */
  handleAboutKnown(): void {
    for (const peer of this.#torrent.peers.values())
      if (peer.isReady && peer.said.extensionIds.about !== 0) this.sendExtensionHandshake(peer);
  }

  /** Tells a peer that we lost pieces, if it speaks lt_donthave. Other peers find out by rejects. BEP 54. */
  tellLost(peer: Peer, lost: readonly number[]): void {
    const { dontHave } = peer.said.extensionIds;
    if (dontHave === 0) return;
    for (const piece of lost) peer.send(encodeExtended(dontHave, encodeDontHave(piece)));
  }

  #limitReader(peer: Peer): void {
    const { pieces } = this.#torrent;
    peer.reader.limits = {
      maxMessage: peer.said.maxBlock > BLOCK_LENGTH ? MAX_SHOAL_MESSAGE : MAX_FOREIGN_MESSAGE,
      maxBitfield: pieces === null ? peer.reader.limits.maxBitfield : Math.ceil(pieces.info.pieceCount / 8),
    };
  }

  #handleExtended(peer: Peer, id: number, payload: Uint8Array): void {
    if (id === EXTENSION_HANDSHAKE_ID) {
      const said = decodeExtensionHandshake(payload);
      peer.said.extensionIds = {
        utMetadata: said.m.ut_metadata ?? peer.said.extensionIds.utMetadata,
        dontHave: said.m.lt_donthave ?? peer.said.extensionIds.dontHave,
        lane: said.m.sh_lane ?? peer.said.extensionIds.lane,
        ping: said.m.sh_ping ?? peer.said.extensionIds.ping,
        received: said.m.sh_received ?? peer.said.extensionIds.received,
        about: said.m.sh_about ?? peer.said.extensionIds.about,
      };
      peer.said.metadataSize = said.metadataSize ?? peer.said.metadataSize;
      peer.said.about = said.about ?? peer.said.about;
      peer.said.requestQueue = Math.min(REQUEST_QUEUE, Math.max(1, said.reqq ?? peer.said.requestQueue));
      peer.said.client = said.v ?? peer.said.client;
      peer.said.maxBlock = Math.min(
        MAX_SHOAL_BLOCK,
        SHOAL_BLOCK,
        Math.max(BLOCK_LENGTH, said.maxBlock ?? BLOCK_LENGTH),
      );
      this.#limitReader(peer);
      this.#torrent.metadataExchange.handleOffer(peer);
      this.#torrent.aboutExchange.handleOffer(peer);
    } else if (id === UT_METADATA) {
      const message = decodePartMessage("ut_metadata", payload);
      if (message !== null) this.#torrent.metadataExchange.handleMessage(peer, message);
    } else if (id === ABOUT) {
      const message = decodePartMessage("sh_about", payload);
      if (message !== null) this.#torrent.aboutExchange.handleMessage(peer, message);
    } else if (id === PING) {
      this.#torrent.links.liveness.handlePing(peer, payload);
    } else if (id === RECEIVED) {
      const places = decodeReceived(payload);
      if (places.length === 0) peer.said.tellsAtOnce = true;
      this.#torrent.uploads.handleReceived(peer, places);
    } else if (id === DONT_HAVE) {
      this.#has.handleDontHave(peer, decodeDontHave(payload));
    } else if (id === LANE) {
      const message = decodeLaneMessage(payload);
      if (message?.kind === "drain") peer.asked.window.probeBase(this.#torrent.host.now());
      else if (message !== null) this.#torrent.lanes.handleMessage(peer, message);
    }
  }
}

/** Whether a message has no effect. */
function isIdle({ type }: Message): boolean {
  return type === "keep-alive" || type === "port" || type === "unknown";
}
