/**
 * The person's permission to read files whose handles were kept. Chromium asks for it, in a dialog of its own, and only
 * within a press. One answer may count for more than one handle: for all files of a folder, or for all that was shared
 * when the page was last open.
 */

/** Chromium's, unknown to TypeScript. */
interface HandleWithPermission {
  queryPermission?(options: { mode: "read" }): Promise<PermissionState>;
  requestPermission?(options: { mode: "read" }): Promise<PermissionState>;
}

/**
 * Asks for each file that may not be read yet; to be called within a press. True when all may be read now. Ends at the
 * first that the person refuses: whoever refused one is not asked for the others.
 */
export async function askToRead(handles: readonly FileSystemHandle[]): Promise<boolean> {
  for (const handle of handles as readonly HandleWithPermission[]) {
    try {
      if ((await handle.queryPermission?.({ mode: "read" })) === "granted") continue;
      if ((await handle.requestPermission?.({ mode: "read" })) !== "granted") return false;
    } catch {
      // The file is gone, or the browser wants another press.
      return false;
    }
  }
  return true;
}
