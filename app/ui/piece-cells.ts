/**
 * A piece cell stands for a run of neighbouring pieces, so that all pieces fit into the room that there is to draw.
 * Example: 10 pieces in 4 cells are the pieces 0–1, 2–4, 5–6 and 7–9. Pure; piece-map.ts paints the cells.
 */

export interface PieceCell {
  /** How much of the cell's pieces is stored, 0..1. */
  readonly have: number;
  /**
   * How many connected peers have the rarest of the cell's missing pieces, 0 if nobody has it; 255 if none is
   * missing.
   */
  readonly rarest: number;
}

/** Whether piece `index` is set, in BEP 3 bit order (the high bit of the first byte is piece 0). */
export function hasPiece(have: Uint8Array, index: number): boolean {
  return ((have[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

/** At most `most` cells, each over a run of neighbouring pieces. The runs are as equal as can be. */
export function pieceCells(
  have: Uint8Array,
  availability: Uint8Array,
  pieceCount: number,
  most: number,
): PieceCell[] {
  const count = Math.min(pieceCount, Math.max(1, most));
  const cells: PieceCell[] = [];
  for (let cell = 0; cell < count; cell += 1) {
    const start = Math.floor((cell * pieceCount) / count);
    const end = Math.floor(((cell + 1) * pieceCount) / count);
    let stored = 0;
    let rarest = 255;
    for (let piece = start; piece < end; piece += 1) {
      if (hasPiece(have, piece)) stored += 1;
      else rarest = Math.min(rarest, availability[piece] ?? 0);
    }
    cells.push({ have: stored / (end - start), rarest: stored === end - start ? 255 : rarest });
  }
  return cells;
}

/** How many pieces are stored, how many are missing though a connected peer has them, and how many nobody has. */
export function countPieces(
  have: Uint8Array,
  availability: Uint8Array,
  pieceCount: number,
): { stored: number; offered: number; nowhere: number } {
  let stored = 0;
  let offered = 0;
  for (let piece = 0; piece < pieceCount; piece += 1) {
    if (hasPiece(have, piece)) stored += 1;
    else if ((availability[piece] ?? 0) > 0) offered += 1;
  }
  return { stored, offered, nowhere: pieceCount - stored - offered };
}
