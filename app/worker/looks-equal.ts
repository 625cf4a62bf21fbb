/**
 * `looksEqual` tells whether two pieces of plain data look the same to a reader. Numbers are the same if they round
 * to the same thousandth, so that a rate that fades away stands still at last. Example: 0.0004 looks like 0.
 */
export function looksEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === "number" && typeof b === "number") return Math.round(a * 1000) === Math.round(b * 1000);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) return itemsLookEqual(a, b);
  const [some, others] = [a as Record<string, unknown>, b as Record<string, unknown>];
  // The keys are not listed first: hundreds of shares are compared each second.
  let surplus = 0;
  for (const key in some) {
    surplus++;
    const other = others[key];
    if (!looksEqual(some[key], other) || (other === undefined && !Object.hasOwn(others, key))) return false;
  }
  for (const _ in others) surplus--;
  return surplus === 0;
}

function itemsLookEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!looksEqual(a[at], b[at])) return false;
  return true;
}
