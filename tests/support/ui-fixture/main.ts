/**
 * The interface on a node that only pretends: `?state=NAME` shows one of snapshots.ts. Serve the repository's root
 * with Vite and open /tests/support/ui-fixture/. Commands are kept in `window.calls`, for tests and the curious.
 */

import type { AppElement } from "../../../app/ui/app.ts";
import "../../../app/ui/elements.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { filesOf, type StateName, states } from "./snapshots.ts";

const state = (new URLSearchParams(location.search).get("state") ?? "empty") as StateName;
const calls: { name: string; request: unknown }[] = [];
const listeners = new Set<() => void>();

const node = {
  snapshot: states[state],
  state: "leading",
  fault: null,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  async call(name: string, request: unknown) {
    calls.push({ name, request });
    switch (name) {
      case "open":
        return { id: states[state].shares[0]?.id };
      case "files":
        return { version: 1, files: filesOf(state) };
      case "links":
        return { share: "", magnet: "magnet:?xt=urn:btih:00", torrent: new Uint8Array(1) };
      default:
        return null;
    }
  },
};

/** Tells the listeners what changed. */
function change(snapshot: (typeof states)[StateName]): void {
  node.snapshot = snapshot as (typeof states)["empty"];
  for (const listener of listeners) listener();
}

Object.assign(window, { calls, change, states });
const app = document.querySelector<AppElement>("shoal-app")!;
app.node = node as unknown as NodeClient;
