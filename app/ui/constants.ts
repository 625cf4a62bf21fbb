/** The tuned numbers of the interface, each with unit and reason. */

/** Files up to which every folder is open at first: about four screens. More would bury what the share is. */
export const EXPAND_ALL_UP_TO = 60;

/**
 * Rows of a long list that are asked for and drawn together: two screens or so. Drawing 200 takes a few milliseconds,
 * and a list of 50,000 has 1,000 boxes to keep.
 */
export const ROWS_PER_CHUNK = 50;

/** CSS pixels of one cell of the piece map, its gap included, and of the map's height. */
export const PIECE_CELL = 10;
export const PIECE_GAP = 2;
/** Most rows of cells: the map stays a picture, not a screen. */
export const PIECE_ROWS = 12;

/** Milliseconds that "Copied" and the like stay on a button or notice before it goes back. */
export const DONE_FOR = 2500;
