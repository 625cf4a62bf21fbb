/**
 * An array delta is what changed in an array of bytes between two updates, as runs of entries. The worker finds the
 * delta, and the tabs apply it. Runs that are near each other are told as one, because each run costs 8 bytes.
 * Example: of 30 bytes, those at 2, 5 and 20 changed. The runs are 2 to 5 and 20 to 20: `runs` is 2, 6, 20, 21, and
 * `values` has five entries, as those at 3 and 4 are told too.
 */

/** The changes of one array. An array that had another length before counts as all zeros before. */
export interface ArrayDelta {
  /** Entries of the whole array. */
  readonly length: number;
  /** For each run, the index of its first entry and the index after its last entry. */
  readonly runs: Uint32Array;
  /** The entries of all runs, one run after the other. */
  readonly values: Uint8Array;
}

/** Bytes that a run costs besides its entries. Runs with no more bytes than that between them are told as one. */
const RUN_OVERHEAD = 2 * Uint32Array.BYTES_PER_ELEMENT;

const WORD = Uint32Array.BYTES_PER_ELEMENT;

/** The delta from `before` to `now`; null if they are equal. It is never much longer than `now`. */
export function diffArrays(before: Uint8Array, now: Uint8Array): ArrayDelta | null {
  const base = before.length === now.length ? before : new Uint8Array(now.length);
  const runs = findRuns(base, now);
  if (runs.length === 0 && base === before) return null;
  let count = 0;
  for (let run = 0; run < runs.length; run += 2) count += runs[run + 1]! - runs[run]!;
  const values = new Uint8Array(count);
  let at = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const [start, end] = [runs[run]!, runs[run + 1]!];
    values.set(now.subarray(start, end), at);
    at += end - start;
  }
  return { length: now.length, runs: Uint32Array.from(runs), values };
}

/** A new array: `before` with what changed. */
export function patchArray(before: Uint8Array, { length, runs, values }: ArrayDelta): Uint8Array {
  const now = before.length === length ? before.slice() : new Uint8Array(length);
  let at = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const [start, end] = [runs[run]!, runs[run + 1]!];
    now.set(values.subarray(at, at + end - start), start);
    at += end - start;
  }
  return now;
}

function findRuns(before: Uint8Array, now: Uint8Array): number[] {
  const runs: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const at of changedEntries(before, now)) {
    if (at - end > RUN_OVERHEAD) {
      if (end >= 0) runs.push(end);
      runs.push(at);
    }
    end = at + 1;
  }
  if (end >= 0) runs.push(end);
  return runs;
}

/** The indices of the changed entries, ascending. Most entries are as before, so four bytes are compared at once. */
function* changedEntries(before: Uint8Array, now: Uint8Array): Generator<number> {
  const [wordsBefore, wordsNow] = [wordsOf(before), wordsOf(now)];
  let next: number;
  for (let word = 0; word < wordsNow.length; word++) {
    if (wordsBefore[word] === wordsNow[word]) continue;
    for (next = word * WORD; next < (word + 1) * WORD; next++) if (before[next] !== now[next]) yield next;
  }
  for (next = wordsNow.length * WORD; next < now.length; next++) if (before[next] !== now[next]) yield next;
}

/** The array as words of four bytes, without the bytes that are left at its end. */
function wordsOf(array: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } = array.byteOffset % WORD === 0 ? array : array.slice();
  return new Uint32Array(buffer, byteOffset, Math.floor(byteLength / WORD));
}
