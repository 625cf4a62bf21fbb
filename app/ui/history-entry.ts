/**
 * The history entry is the browser's own note beside the page's present address. It outlasts a reload, and comes back
 * when the person goes back. It says whether this address was here before, and holds the .torrent file that was opened
 * under it, which the address does not.
 */

interface Entry {
  readonly visited: true;
  readonly torrent: Uint8Array | null;
}

/** The note beside the present address; null when the person comes here for the first time. */
export function readEntry(): Entry | null {
  const state: unknown = history.state;
  if (typeof state !== "object" || state === null || !("visited" in state)) return null;
  const torrent = "torrent" in state && state.torrent instanceof Uint8Array ? state.torrent : null;
  return { visited: true, torrent };
}

/** Writes the note. False when the browser does not take it, as it is too large. */
export function writeEntry(torrent: Uint8Array | null): boolean {
  const entry: Entry = { visited: true, torrent };
  try {
    history.replaceState(entry, "");
    return true;
  } catch {
    return false;
  }
}

/** Puts another address in the place of the present one. Its note stays. */
export function replaceAddress(address: string): void {
  history.replaceState(history.state, "", address);
}
