/**
 * Whether plain data looks the same to whoever reads it. Thousandths are enough of any number: a rate that fades away
 * is still at last.
 */
export function looksEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === "number" && typeof b === "number") return Math.round(a * 1000) === Math.round(b * 1000);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, at) => looksEqual(value, b[at]));
  }
  const [some, others] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  const keys = Object.keys(some);
  return (
    keys.length === Object.keys(others).length &&
    keys.every((key) => Object.hasOwn(others, key) && looksEqual(some[key], others[key]))
  );
}
