/** Unpacks a zip with a reader that is not ours (Python's), so that what Shoal writes is judged by others. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Unpacks `archive` into `directory`, which is made; every entry's checksum is checked.
 * @throws Error with Python's words when the archive is damaged
 */
export async function unzip(archive: string, directory: string): Promise<void> {
  await promisify(execFile)("/usr/bin/python3", ["-m", "zipfile", "-e", archive, directory]);
}
