/**
 * A snapshot assembler puts the node's snapshots together from the updates of one worker (bridge/updates.ts). In a
 * new snapshot, objects and arrays that did not change are the same ones as before, and those that changed are new.
 * node-client.ts asks again for what was missed.
 */

import { type ArrayDelta, patchArray } from "../bridge/array-delta.ts";
import type { NodeSnapshot, RateSamples, ShareSnapshot } from "../bridge/commands.ts";
import type { NodeUpdate, ShareChange, ShareUpdate } from "../bridge/updates.ts";
import type { TorrentId } from "../engine/host.ts";

/** A share as of one of its updates. */
interface KnownShare {
  readonly number: number;
  readonly share: ShareSnapshot;
}

export class SnapshotAssembler {
  #known: Map<TorrentId, KnownShare>;

  constructor() {
    this.#known = new Map();
  }

  /** The snapshot after an update; null when an update of a share was missed: everything must be told again. */
  add({ latest, updates, ...rest }: NodeUpdate): NodeSnapshot | null {
    for (const update of updates) this.#handleUpdate(update);
    const known = new Map<TorrentId, KnownShare>();
    for (const { id, number } of latest) {
      const share = this.#known.get(id);
      if (share?.number === number) known.set(id, share);
    }
    this.#known = known;
    if (known.size < latest.length) return null;
    return { ...rest, shares: [...known.values()].map(({ share }) => share) };
  }

  #handleUpdate(update: ShareUpdate): void {
    const { id, number } = update;
    const known = this.#known.get(id);
    if (update.kind === "whole") {
      // A share that is known as of this update was told again for the sake of another tab.
      if (known?.number !== number) this.#known.set(id, { number, share: update.share });
    } else if (known?.number === update.since) {
      this.#known.set(id, { number, share: patchShare(known.share, update.change) });
    }
  }
}

function patchShare(before: ShareSnapshot, change: ShareChange): ShareSnapshot {
  return {
    ...before,
    ...change.status,
    have: patched(before.have, change.have),
    availability: patched(before.availability, change.availability),
    rates: change.rates === null ? before.rates : patchRates(before.rates, change.rates),
  };
}

function patched(before: Uint8Array, delta: ArrayDelta | null): Uint8Array {
  return delta === null ? before : patchArray(before, delta);
}

function patchRates(before: RateSamples, came: RateSamples): RateSamples {
  return { down: shifted(before.down, came.down), up: shifted(before.up, came.up) };
}

/** The samples that came push out as many of the oldest. */
function shifted(before: Float32Array, came: Float32Array): Float32Array {
  const now = new Float32Array(before.length);
  now.set(before.subarray(came.length));
  now.set(came, before.length - came.length);
  return now;
}
