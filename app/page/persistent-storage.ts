/**
 * Persistent storage is storage that the browser does not delete by itself when the disk gets full. Firefox asks the
 * person and then gives half of the disk instead of 10 GiB. Chromium decides by itself: it agrees for an installed app,
 * and for pages that are used often.
 */

/** Whether this browser can be asked. */
export function canAskToPersist(): boolean {
  return typeof navigator.storage?.persist === "function";
}

/** Asks the browser. To be called in a press: the browser may ask the person. False also where it cannot be asked. */
export async function askToPersist(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    return false;
  }
}
