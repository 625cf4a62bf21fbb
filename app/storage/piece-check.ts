/**
 * A piece check compares stored pieces of one torrent with their hashes, each before its first use in a run: browsers
 * damage and lose what they store. A piece is hashed by its leaves when its Merkle root is known, else by SHA-1.
 * Hashing takes a thirtieth of the time that reading does.
 *
 * The caller says which pieces are known to be right already, and is told of those that are found right.
 */

import { parsedInfo } from "../engine/content/parsed-info.ts";
import { PieceHashes } from "../engine/content/piece-hashes.ts";
import { PieceMap } from "../engine/content/piece-map.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentRecord } from "../engine/host.ts";
import { hashLeaves, hashSha1 } from "./hasher.ts";

/** The pieces that are known to be right. */
export interface CheckedPieces {
  has(piece: number): boolean;
  add(piece: number): unknown;
}

/**
 * The check of a kept torrent, of whose pieces none is known to be right.
 * @throws ShoalError when its info dictionary is damaged, or share/unknown while that is not known
 */
export function checkOf({ info, encoding, pieceLayers }: TorrentRecord): PieceCheck {
  if (info === null) throw new ShoalError("share/unknown");
  return new PieceCheck(new PieceHashes(parsedInfo(info, encoding), pieceLayers), new Set());
}

export class PieceCheck {
  readonly #hashes: PieceHashes;
  readonly #map: PieceMap;
  readonly #checked: CheckedPieces;

  constructor(hashes: PieceHashes, checked: CheckedPieces) {
    this.#hashes = hashes;
    this.#map = new PieceMap(hashes.info);
    this.#checked = checked;
  }

  isChecked(piece: number): boolean {
    return this.#checked.has(piece);
  }

  /**
   * Somebody else found a piece right. It counts as checked where it cannot be checked here: the piece layers of a v2
   * torrent may be unknown.
   */
  trust(piece: number): void {
    if (!this.#hashes.canVerify(piece)) this.#checked.add(piece);
  }

  /** Whether these are the bytes of a piece. False too when nobody here can know. */
  async check(piece: number, data: Uint8Array): Promise<boolean> {
    if (data.length !== this.#map.dataLength(piece) || !this.#hashes.canVerify(piece)) return false;
    const kind = this.#hashes.kindOf(piece);
    const padding = this.#map.pieceLength(piece) - data.length;
    const digest = kind === "leaves" ? await hashLeaves(data) : await hashSha1(data, padding);
    const isRight = this.#hashes.isRight(piece, kind, digest);
    if (isRight) this.#checked.add(piece);
    return isRight;
  }
}
