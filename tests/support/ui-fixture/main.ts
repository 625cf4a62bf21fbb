/**
 * The interface on a node that only pretends: `?state=NAME` shows one of snapshots.ts. Serve the repository's root
 * with Vite and open /tests/support/ui-fixture/. Commands are kept in `window.calls`, for tests and the curious.
 */

import type { RowsQuery } from "../../../app/bridge/file-rows.ts";
import type { TorrentContent } from "../../../app/engine/snapshot.ts";
import type { AppElement } from "../../../app/ui/app.ts";
import { Listings } from "../../../app/worker/listings.ts";
import "../../../app/ui/elements.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { filesOf, type StateName, states } from "./snapshots.ts";

const state = (new URLSearchParams(location.search).get("state") ?? "empty") as StateName;
const calls: { name: string; request: unknown }[] = [];
const listeners = new Set<() => void>();

/** The rows as the worker's listings make them. */
const listings = new Listings({
  content: () => content,
  status: () => states[state].shares[0]!,
});
const files = filesOf(state);
const content: TorrentContent = {
  files: files.map(({ path, length }) => ({ path, length, offset: 0, piecesRoot: null })),
  stored: Float64Array.from(files, ({ stored }) => stored),
  wanted: Uint8Array.from(files, ({ wanted }) => Number(wanted)),
  about: null,
};

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
      case "rows":
        return listings.rows("", (request as { query: RowsQuery }).query);
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
