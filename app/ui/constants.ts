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

/** Entries of a list of exceptions (what is left out, what is missing) that are shown at first: it stays short. */
export const LEFT_OUT_AT_FIRST = 5;

/** Characters of a share's name as a person types it: two lines of a phone's screen, and little in a link. */
export const MAX_TITLE_LENGTH = 120;

/**
 * Characters of a pasted text that can be edited before it is shared: as long as a book's chapter. A field with much
 * more holds the page up at each key.
 */
export const MAX_EDITED_TEXT = 100_000;

/** Characters of the name in a link: as much as a line shows. A link that is passed on stays readable. */
export const MAX_LINK_NAME = 80;

/** Bytes of a sender's note, as the engine's (engine/content/constants.ts; a test compares them). */
export const MAX_NOTE_BYTES = 4096;

/**
 * Bytes still to come from which a person is warned that the browser does not tell how much room it has: as much as
 * Chromium names, whatever there is (worker/storage-budget.ts).
 */
export const MUCH_TO_COME = 10 * 1024 ** 3;
