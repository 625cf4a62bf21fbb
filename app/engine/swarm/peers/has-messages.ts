/**
 * Has-messages are those by which a peer says what it has: have, bitfield, have-all, have-none and lt_donthave. They
 * make the peer's bitfield, `peer.has`. Before the info dictionary is known, the latest whole set waits together with
 * the haves after it. Until then, an lt_donthave is dropped. A have or a whole set that does not fit the torrent
 * closes the link. So does a message that comes too often (has-claims.ts). Rarity and interest are left to pieces.ts.
 */
import type { Host } from "../../host.ts";
import { WireError } from "../../wire/wire-error.ts";
import { Bitfield } from "../pieces/bitfield.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { EARLY_HAVES } from "./constants.ts";
import type { Links } from "./links.ts";
import type { Peer } from "./peer.ts";
import type { EarlySet } from "./said.ts";

/** The part of the torrent that these messages need. */
export interface HasContext {
  readonly host: Host;
  readonly links: Pick<Links, "close">;
  /** Null until the info dictionary is known. */
  readonly pieces: Pieces | null;
  /** A peer has got one more piece. */
  handleHave(peer: Peer, piece: number): void;
}

export class HasMessages {
  readonly #torrent: HasContext;

  constructor(torrent: HasContext) {
    this.#torrent = torrent;
  }

  handleHave(peer: Peer, piece: number): void {
    const { pieces } = this.#torrent;
    if (pieces === null) {
      if (peer.said.early.pieces.length < EARLY_HAVES) peer.said.early.pieces.push(piece);
      return;
    }
    if (piece >= pieces.info.pieceCount) {
      this.#torrent.links.close(peer, "protocol-error");
      return;
    }
    if (peer.has === null) this.#handleHas(peer, { all: false, bits: null, pieces: [piece] });
    else this.#torrent.handleHave(peer, piece);
  }

  /**
   * A peer names all that it has, right after the handshakes or later. Throws `wire/flood` when it does so too often.
   */
  handleWholeSet(peer: Peer, said: EarlySet): void {
    const isEmpty = !said.all && (said.bits === null || said.bits.every((byte) => byte === 0));
    if (!peer.said.claims.takeWholeSet({ isEmpty, isEarly: this.#torrent.pieces === null }))
      throw new WireError("wire/flood", "bitfield");
    this.#handleHas(peer, said);
  }

  /** A peer no longer has a piece. Throws `wire/flood` when it says so too often. */
  handleDontHave(peer: Peer, piece: number): void {
    const { pieces, host } = this.#torrent;
    if (pieces === null) return;
    const { pieceCount } = pieces.info;
    if (!peer.said.claims.takeDontHave(piece, pieceCount, host.now()))
      throw new WireError("wire/flood", "lt_donthave");
    peer.refused.delete(piece);
    if (peer.has !== null && piece < pieceCount) pieces.handleDontHave(peer, piece);
  }

  /** The info dictionary has become known: what the peer said before it can be understood now. */
  handlePiecesKnown(peer: Peer): void {
    this.#handleHas(peer, peer.said.early);
  }

  /** Replaces what the peer has; keeps it for later while the info dictionary is unknown. */
  #handleHas(peer: Peer, said: EarlySet): void {
    const { pieces, links } = this.#torrent;
    if (pieces === null) {
      peer.said.early = said;
      return;
    }
    const count = pieces.info.pieceCount;
    const has = said.all
      ? Bitfield.full(count)
      : said.bits === null
        ? new Bitfield(count)
        : Bitfield.parse(count, said.bits);
    if (has === null || said.pieces.some((piece) => piece >= count)) {
      links.close(peer, "protocol-error");
      return;
    }
    for (const piece of said.pieces) has.add(piece);
    peer.refused.clear();
    if (peer.has !== null) pieces.removePeer(peer);
    peer.countedAsSeed = false;
    peer.has = has;
    pieces.addPeer(peer);
  }
}
