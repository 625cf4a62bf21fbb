/**
 * Tells when the device is on another network, or back on one. Browsers say so in two ways: all of them when they are
 * online again, some (on phones) when the kind of connection changes.
 */

/** Not in every browser, and so not in TypeScript's own declarations. */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

/** Calls `changed` from now on. */
export function watchNetworkChanges(changed: () => void): void {
  addEventListener("online", changed);
  const { connection } = navigator as Navigator & { readonly connection?: NetworkInformation };
  let type = connection?.type;
  // It also changes with mere estimates of the rate.
  connection?.addEventListener("change", () => {
    if (connection.type === type) return;
    type = connection.type;
    if (type !== "none") changed();
  });
}
