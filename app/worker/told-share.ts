/**
 * A told share is what tabs were told of one share by its latest update. From a newer status, it makes an update of
 * what is new. The first update tells everything, and later ones tell only what changed. For a tab that is new or
 * missed an update, the latest update is made once more with everything, so that all tabs know the same.
 *
 * The share's rate history is kept here too. publisher.ts decides when to tell.
 */

import { diffArrays } from "../bridge/array-delta.ts";
import type { RateSamples, ShareStatus } from "../bridge/commands.ts";
import type { ShareUpdate } from "../bridge/updates.ts";
import type { TorrentId } from "../engine/host.ts";
import type { TorrentArrays } from "../engine/snapshot.ts";
import { looksEqual } from "./looks-equal.ts";
import { RateHistory } from "./rate-history.ts";

/** A share as of its latest update. */
interface Told {
  readonly number: number;
  readonly status: ShareStatus;
  readonly arrays: TorrentArrays;
  readonly rates: RateSamples;
  /** Samples of the rates that were taken by then. */
  readonly taken: number;
}

export class ToldShare {
  readonly #id: TorrentId;
  readonly #readArrays: () => TorrentArrays;
  readonly #history: RateHistory;
  #told: Told | null;

  /** `readArrays` costs as much as there are pieces; it is called only when the status says that they changed. */
  constructor(id: TorrentId, readArrays: () => TorrentArrays) {
    this.#id = id;
    this.#readArrays = readArrays;
    this.#history = new RateHistory();
    this.#told = null;
  }

  /** Takes the rates of the status as the samples of so many seconds. */
  sample({ downRate, upRate }: ShareStatus, seconds: number): void {
    this.#history.add(downRate, upRate, seconds);
  }

  /** The number of the latest update; null before the first. */
  get number(): number | null {
    return this.#told?.number ?? null;
  }

  /** The update of this number, with what is new: the first tells everything. Null when nothing is new. */
  update(number: number, status: ShareStatus): ShareUpdate | null {
    const before = this.#told;
    const { taken } = this.#history;
    if (before === null) {
      this.#told = { number, status, arrays: this.#readArrays(), rates: this.#history.samples(), taken };
      return this.whole();
    }
    const hasNewStatus = !looksEqual(before.status, status);
    const hasNewRates = taken > before.taken;
    if (!hasNewStatus && !hasNewRates) return null;
    const arrays = this.#arraysOf(before, status);
    this.#told = {
      number,
      status: hasNewStatus ? status : before.status,
      arrays,
      rates: hasNewRates ? this.#history.samples() : before.rates,
      taken,
    };
    const change = {
      status: hasNewStatus ? status : null,
      have: difference(before.arrays.have, arrays.have),
      availability: difference(before.arrays.availability, arrays.availability),
      rates: hasNewRates ? this.#history.since(before.taken) : null,
    };
    return { kind: "change", id: this.#id, number, since: before.number, change };
  }

  /** The latest update again, with everything; null before the first. */
  whole(): ShareUpdate | null {
    if (this.#told === null) return null;
    const { number, status, arrays, rates } = this.#told;
    return { kind: "whole", id: this.#id, number, share: { ...status, ...arrays, rates } };
  }

  /** The arrays as they are now. An array that did not change, as the status says, is the same object as before. */
  #arraysOf({ status, arrays }: Told, now: ShareStatus): TorrentArrays {
    const sameHave = status.haveCount === now.haveCount && status.filesVersion === now.filesVersion;
    const sameAvailability = status.availabilityVersion === now.availabilityVersion;
    if (sameHave && sameAvailability) return arrays;
    const { have, availability } = this.#readArrays();
    return {
      have: sameHave ? arrays.have : have,
      availability: sameAvailability ? arrays.availability : availability,
    };
  }
}

function difference(before: Uint8Array, now: Uint8Array) {
  return before === now ? null : diffArrays(before, now);
}
