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

/** The time of each entry, in milliseconds since 1970, by its name. Zips have local time, in steps of two seconds. */
export async function zipTimes(archive: string): Promise<Map<string, number>> {
  const script =
    "import json, sys, time, zipfile\n" +
    "local = lambda entry: 1000 * int(time.mktime(entry.date_time + (0, 0, -1)))\n" +
    "print(json.dumps([[each.filename, local(each)] for each in zipfile.ZipFile(sys.argv[1]).infolist()]))";
  const { stdout } = await promisify(execFile)("/usr/bin/python3", ["-c", script, archive]);
  return new Map(JSON.parse(stdout));
}
