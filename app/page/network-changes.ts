/**
 * A network change is a move of the device to another network, or back to one. All browsers tell when they are online
 * again. Some, on phones, also tell when the kind of network changes.
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
  // The event also comes when only the estimate of the rate changed.
  connection?.addEventListener("change", () => {
    if (connection.type === type) return;
    type = connection.type;
    if (type !== "none") changed();
  });
}
