/** What the saving test and its page agree on. */

export interface StoredTorrent {
  /** Hex. */
  readonly id: string;
  readonly name: string;
  readonly singleFile: boolean;
  readonly files: readonly { readonly path: readonly string[]; readonly length: number }[];
  /** Which files are selected; without it all. */
  readonly wanted?: readonly number[];
  /** Pieces that are not stored. */
  readonly missing?: readonly number[];
  /** Pieces of which a bit is flipped in storage. */
  readonly damaged?: readonly number[];
}

export const PIECE_LENGTH = 262_144;

/** The same bytes in the browser and in the test; each piece its own. */
export function pieceBytes(piece: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => (piece * 97 + index * 31 + (index >> 8) * 7) & 255);
}

/** On the page as `window.savingTest`. Saves answer "saved" or an error's code. */
export interface SavingTest {
  start(): Promise<void>;
  stop(): Promise<void>;
  store(torrent: StoredTorrent): Promise<void>;
  /** From now on a worker leads that stores a piece of this torrent as soon as it is waited for, and none of others. */
  lead(torrent: StoredTorrent): Promise<void>;
  /** Pieces that were waited for with the worker that leads. */
  waitedFor(): Promise<number[]>;
  saveFile(id: string, index: number, name: string): Promise<string>;
  saveAll(id: string, name: string): Promise<string>;
}
