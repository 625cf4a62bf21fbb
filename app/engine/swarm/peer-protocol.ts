/**
 * What is said on a link, in the right order: handshakes, extensions, what each side has, and then one message after
 * the other to the part that it concerns. Malformed input ends the link, never anything else.
 */
import {
  BLOCK_LENGTH,
  MAX_FOREIGN_MESSAGE,
  MAX_SHOAL_BLOCK,
  MAX_SHOAL_MESSAGE,
  REQUEST_QUEUE,
} from "../constants.ts";
import { equalBytes, truncatedV2 } from "../content/info-hash.ts";
import { bytesToBinaryString } from "../discovery/tracker-messages.ts";
import { encodeBitfield, encodeExtended, encodeHave, encodeHaveAll, encodeHaveNone } from "../wire/encode.ts";
import {
  decodeExtensionHandshake,
  EXTENSION_HANDSHAKE_ID,
  encodeExtensionHandshake,
} from "../wire/extended.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { decodeDontHave, encodeDontHave } from "../wire/lt-donthave.ts";
import type { Message } from "../wire/message.ts";
import { decodeLaneMessage, encodeLaneMessage, type LaneMessage } from "../wire/sh-lane.ts";
import { decodeReceived } from "../wire/sh-received.ts";
import { decodeMetadataMessage } from "../wire/ut-metadata.ts";
import { WireError } from "../wire/wire-error.ts";
import { ANSWERER_PATIENCE, EARLY_HAVES, IDLE_MESSAGES, SHOAL_BLOCK } from "./constants.ts";
import { HasMessages } from "./has-messages.ts";
import type { Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";

/** The numbers under which we want extension messages. BEP 10. */
const UT_METADATA = 1;
const DONT_HAVE = 2;
const LANE = 3;
const PING = 4;
const RECEIVED = 5;

export class PeerProtocol {
  readonly #torrent: Torrent;
  readonly #has: HasMessages;

  constructor(torrent: Torrent) {
    this.#torrent = torrent;
    this.#has = new HasMessages(torrent);
  }

  /** The link is open. Who offered speaks first; the other may then answer with the better hash. */
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
        peerId: this.#torrent.node.peerId,
        extensions: {
          extended: true,
          fast: true,
          v2: this.#torrent.description.infoHashV2 !== null,
          dht: false,
        },
      }),
    );
    // A channel message of its own: WebTorrent takes it apart only so.
    peer.flush();
  }

  #handle(peer: Peer, message: Message): void {
    const torrent = this.#torrent;
    switch (message.type) {
      case "handshake":
        this.#handleHandshake(peer, message);
        return;
      case "choke":
        peer.peerChoking = true;
        torrent.downloads.handleChoke(peer);
        return;
      case "unchoke":
        peer.peerChoking = false;
        peer.exhausted = false;
        return;
      case "interested":
        peer.peerInterested = true;
        torrent.choker.handleInterested(peer);
        return;
      case "not-interested":
        peer.peerInterested = false;
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
        if (peer.suggested.length < EARLY_HAVES) peer.suggested.push(message.piece);
        peer.exhausted = false;
        return;
      case "allowed-fast":
        if (peer.allowedFast.size < EARLY_HAVES) peer.allowedFast.add(message.piece);
        peer.exhausted = false;
        return;
      case "extended":
        this.#handleExtended(peer, message.id, message.payload);
        return;
      case "hash-request":
        torrent.layers.handleRequest(peer, message);
        return;
      case "hashes":
        if (!torrent.blame.handleHashes(peer, message, message.hashes))
          torrent.layers.handleHashes(peer, message, message.hashes);
        return;
      case "hash-reject":
        if (!torrent.blame.handleHashReject(peer, message)) torrent.layers.handleHashReject(peer, message);
        return;
      case "keep-alive":
      case "port":
      case "unknown":
        return;
    }
  }

  #handleHandshake(peer: Peer, handshake: Extract<Message, { type: "handshake" }>): void {
    const { links, description } = this.#torrent;
    const { infoHashV2 } = description;
    if (!description.isNamed(handshake.infoHash)) {
      links.close(peer, "protocol-error");
      return;
    }
    peer.handshakeReceived = true;
    peer.fast = handshake.extensions.fast;
    peer.extended = handshake.extensions.extended;
    const v2Name = infoHashV2 === null ? null : truncatedV2(infoHashV2);
    if (v2Name !== null && equalBytes(handshake.infoHash, v2Name)) peer.v2 = true;
    if (!links.identify(peer, bytesToBinaryString(handshake.peerId))) return;
    if (!peer.handshakeSent) {
      // Both know the v2 hash: answering with it makes the link a v2 link.
      const upgrade = v2Name !== null && handshake.extensions.v2;
      if (upgrade) peer.v2 = true;
      this.#sendHandshake(peer, upgrade ? v2Name : handshake.infoHash);
    }
    if (peer.extended) this.sendExtensionHandshake(peer);
    this.#sendHas(peer);
  }

  /** Says what we support; said again when the info dictionary, and so its size, becomes known. */
  sendExtensionHandshake(peer: Peer): void {
    const { infoBytes, node, pieces } = this.#torrent;
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
          },
          metadataSize: infoBytes?.length ?? null,
          reqq: REQUEST_QUEUE,
          v: `Shoal ${node.version}`,
          uploadOnly: pieces?.have.isFull ?? false,
          maxBlock: SHOAL_BLOCK,
        }),
      ),
    );
  }

  #sendHas(peer: Peer): void {
    const have = this.#torrent.pieces?.have;
    if (have === undefined || have.count === 0) {
      if (peer.fast) peer.send(encodeHaveNone());
    } else if (have.isFull && peer.fast) {
      peer.send(encodeHaveAll());
    } else {
      peer.send(encodeBitfield(have.bytes.slice()));
    }
  }

  /** The info dictionary has become known: what peers said before can be understood. */
  handlePiecesKnown(): void {
    const pieces = this.#torrent.pieces!;
    for (const peer of [...this.#torrent.peers.values()]) {
      this.#limitReader(peer);
      if (!peer.isReady) continue;
      if (peer.extended) this.sendExtensionHandshake(peer);
      for (const piece of pieces.have) peer.send(encodeHave(piece));
      this.#has.handlePiecesKnown(peer);
    }
  }

  /** Takes promises back from peers that understand it; the others find out by rejects. BEP 54. */
  tellLost(peer: Peer, lost: readonly number[]): void {
    const { dontHave } = peer.extensionIds;
    if (dontHave === 0) return;
    for (const piece of lost) peer.send(encodeExtended(dontHave, encodeDontHave(piece)));
  }

  /** Speaks of lanes with a peer that knows them. */
  sayLane(peer: Peer, message: LaneMessage): void {
    const { lane } = peer.extensionIds;
    if (lane !== 0) peer.send(encodeExtended(lane, encodeLaneMessage(message)));
  }

  #limitReader(peer: Peer): void {
    const { pieces } = this.#torrent;
    peer.reader.limits = {
      maxMessage: peer.maxBlock > BLOCK_LENGTH ? MAX_SHOAL_MESSAGE : MAX_FOREIGN_MESSAGE,
      maxBitfield: pieces === null ? peer.reader.limits.maxBitfield : Math.ceil(pieces.info.pieceCount / 8),
    };
  }

  #handleExtended(peer: Peer, id: number, payload: Uint8Array): void {
    if (id === EXTENSION_HANDSHAKE_ID) {
      const said = decodeExtensionHandshake(payload);
      peer.extensionIds = {
        utMetadata: said.m.ut_metadata ?? peer.extensionIds.utMetadata,
        dontHave: said.m.lt_donthave ?? peer.extensionIds.dontHave,
        lane: said.m.sh_lane ?? peer.extensionIds.lane,
        ping: said.m.sh_ping ?? peer.extensionIds.ping,
        received: said.m.sh_received ?? peer.extensionIds.received,
      };
      peer.metadataSize = said.metadataSize ?? peer.metadataSize;
      peer.requestQueue = Math.min(REQUEST_QUEUE, Math.max(1, said.reqq ?? peer.requestQueue));
      peer.client = said.v ?? peer.client;
      peer.maxBlock = Math.min(
        MAX_SHOAL_BLOCK,
        SHOAL_BLOCK,
        Math.max(BLOCK_LENGTH, said.maxBlock ?? BLOCK_LENGTH),
      );
      this.#limitReader(peer);
      this.#torrent.metadata.advance();
    } else if (id === UT_METADATA) {
      const message = decodeMetadataMessage(payload);
      if (message !== null) this.#torrent.metadata.handleMessage(peer, message);
    } else if (id === PING) {
      this.#torrent.links.liveness.handlePing(peer, payload);
    } else if (id === RECEIVED) {
      this.#torrent.uploads.handleReceived(peer, decodeReceived(payload));
    } else if (id === DONT_HAVE) {
      this.#has.handleDontHave(peer, decodeDontHave(payload));
    } else if (id === LANE) {
      const message = decodeLaneMessage(payload);
      if (message?.kind === "drain") peer.window.drain(this.#torrent.host.now());
      else if (message !== null) this.#torrent.lanes.handleMessage(peer, message);
    }
  }
}

/** Whether nothing follows from a message. */
function isIdle({ type }: Message): boolean {
  return type === "keep-alive" || type === "port" || type === "unknown";
}
