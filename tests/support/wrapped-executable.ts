/**
 * Runs a browser under another command (`ip netns exec NAME`, `systemd-run …`) although puppeteer only takes the
 * path of one executable: that path is a script in a temporary directory. Chromium is spoken to through inherited
 * pipes, which cross a namespace as they are; Firefox through a port, which wrapped-firefox.js relays.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserKind } from "./executables.ts";
import { temporaryDirectory } from "./files.ts";

const firefoxRelay = fileURLToPath(new URL("wrapped-firefox.js", import.meta.url));

/** A word as the shell reads it back unchanged. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Writes a script that runs `executable` under the command `wrapper`. */
export async function wrapExecutable(
  kind: BrowserKind,
  executable: string,
  wrapper: string[],
): Promise<{ path: string; remove(): Promise<void> }> {
  const directory = await temporaryDirectory("wrapper");
  const path = join(directory.path, "browser.sh");
  const command =
    kind === "chromium"
      ? [...wrapper, executable]
      : [process.execPath, firefoxRelay, JSON.stringify(wrapper), executable];
  await writeFile(path, `#!/bin/sh\nexec ${command.map(quote).join(" ")} "$@"\n`, { mode: 0o755 });
  return { path, remove: directory.remove };
}
