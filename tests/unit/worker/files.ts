/** Files as the File objects that a browser would hand over. */
import { openAsBlob } from "node:fs";
import { basename } from "node:path";

/** A File that reads from disk each time, and notices when the file was written to since. */
export async function openFile(path: string): Promise<File> {
  return new File([await openAsBlob(path)], basename(path));
}

/** A .torrent file of these bytes. */
export function torrentFile(bytes: Uint8Array, name = "a.torrent"): File {
  return new File([new Uint8Array(bytes)], name);
}
