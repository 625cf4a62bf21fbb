/**
 * The interface on a node that only pretends: `?state=NAME` shows one of snapshots.ts, and `?review=NAME` the review of
 * one of intakes.ts. Serve the repository's root with Vite and open /tests/support/ui-fixture/. Commands are kept in
 * `window.calls`, for tests and the curious.
 */

import type { NodeSnapshot } from "../../../app/bridge/commands.ts";
import type { RowsQuery } from "../../../app/bridge/file-rows.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { TorrentContent } from "../../../app/engine/snapshot.ts";
import type { AppElement } from "../../../app/ui/app.ts";
import { Listings } from "../../../app/worker/listings.ts";
import "../../../app/ui/elements.ts";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { type ReviewedState, type ReviewName, reviews } from "./intakes.ts";
import { aShare, filesOf, type StateName, states, storedBytes } from "./snapshots.ts";

const asked = new URLSearchParams(location.search);
const review: ReviewedState | undefined = reviews[asked.get("review") as ReviewName];
const state = (asked.get("state") ?? review?.beside ?? "empty") as StateName;
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
const made = aShare({ id: "made", fromFiles: true, phase: "seeding" });

const node = {
  snapshot: states[state] as NodeSnapshot,
  state: "leading",
  fault: null,
  epoch: "1",
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  async call(name: string, request: unknown) {
    calls.push({ name, request });
    switch (name) {
      case "open":
        if (states[state].shares[0] === undefined) throw new ShoalError("link/not-a-link");
        return { id: states[state].shares[0].id, fragment: location.hash.slice(1) };
      case "rows":
        return listings.rows("", (request as { query: RowsQuery }).query);
      case "links":
        return { share: "", magnet: "magnet:?xt=urn:btih:00", torrent: new Uint8Array(1) };
      case "compare":
        return { differences: review?.differences ?? [] };
      case "missingFiles":
        return {
          count: 2,
          first: [
            { file: 0, path: ["Photos", "2026-07-14 Lighthouse.jpg"], reason: "changed" },
            { file: 1, path: ["Notes 📝.txt"], reason: "gone" },
          ],
        };
      case "storage":
        return storedBytes[state] ?? { shares: [], forgotten: { count: 0, bytes: 0 } };
      case "share":
        return share(request as { draft: string; fileCount: number });
      default:
        return null;
    }
  },
};

async function share({ draft, fileCount }: { draft: string; fileCount: number }): Promise<unknown> {
  const hashed = review?.hashed ?? 1;
  if (review?.fails === true) throw new ShoalError("source/gone", "Fjord.mp4");
  if (hashed < 1) {
    const size = review!.intake.files.reduce((sum, { file }) => sum + file.size, 0);
    const told = {
      draft,
      tab: "tab",
      name: "Holiday in Norway",
      otherEntries: 0,
      fileCount,
      size,
      working: true,
      id: null,
    };
    change({ ...node.snapshot, drafts: [{ ...told, hashed: hashed * size, rate: size / 40 }] });
    return new Promise(() => {});
  }
  change({ ...node.snapshot, shares: [...states[state].shares, made] });
  return { id: made.id, known: review?.known ?? false, unreadable: [] };
}

/** Tells the listeners what changed. */
function change(snapshot: NodeSnapshot): void {
  node.snapshot = snapshot;
  for (const listener of listeners) listener();
}

Object.assign(window, { calls, change, states });
const app = document.querySelector<AppElement>("shoal-app")!;
app.node = node as unknown as NodeClient;
if (review !== undefined) {
  await app.updateComplete;
  app.share(review.intake);
}
