/**
 * A tab's lock is a Web Lock that each tab holds for as long as it lives. Whoever asks for it, too, gets it when the tab
 * is closed, reloaded or has crashed.
 */

/** The name of the lock of a tab; `tab` is the id that the tab has given itself. */
export function tabLock(tab: string): string {
  return `shoal-tab-${tab}`;
}
