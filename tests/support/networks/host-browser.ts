/** A browser inside a host of a network. */
import { type BrowserKind, launchBrowser, type TestBrowser } from "../browsers.ts";
import type { Network } from "./network.ts";

/**
 * Starts it. Pages of `urls` have what only a secure origin has: workers of all kinds, and WebCrypto; they come over
 * plain HTTP here.
 */
export function launchInHost(
  network: Network,
  host: number,
  kind: BrowserKind,
  urls: readonly string[],
): Promise<TestBrowser> {
  const parsed = urls.map((url) => new URL(url));
  return launchBrowser(kind, {
    wrapper: network.inHost(host),
    args:
      kind === "chromium"
        ? [`--unsafely-treat-insecure-origin-as-secure=${parsed.map(({ origin }) => origin).join(",")}`]
        : [],
    preferences: {
      "dom.securecontext.allowlist": parsed.map(({ hostname }) => hostname).join(","),
      "dom.serviceWorkers.testing.enabled": true,
    },
  });
}
