import { WINDOW_INITIAL } from "../flow/constants.ts";

/**
 * A comparison policy is how a node plays the swarm. The nodes of people play DEFAULT_POLICY. Simulations compare it
 * with naive policies, to measure what each mechanism is worth.
 */
export interface ComparisonPolicy {
  /** "rarest": random pieces first, then the rarest, suggestions heeded. "sequential": from the first to the last. */
  readonly picking: "rarest" | "sequential";
  /** "tit-for-tat": slots as choker.ts gives them, and super-seeding. "none": every peer that asks is served. */
  readonly choking: "tit-for-tat" | "none";
  /** Bytes that may be under way at a new peer. */
  readonly firstWindow: number;
}

export const DEFAULT_POLICY: ComparisonPolicy = {
  picking: "rarest",
  choking: "tit-for-tat",
  firstWindow: WINDOW_INITIAL,
};
