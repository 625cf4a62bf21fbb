import { WINDOW_INITIAL } from "../flow/constants.ts";

/**
 * How a node plays the swarm. People's nodes play the default; simulations compare it with the naive ways, so that
 * every mechanism shows its worth.
 */
export interface ComparisonPolicy {
  /** Rarest first, random at the start, suggestions heeded; or simply from the beginning to the end. */
  readonly picking: "rarest" | "sequential";
  /** Slots for those that give most, and the first copy spread by suggestions; or whoever asks is served. */
  readonly choking: "tit-for-tat" | "none";
  /** Bytes asked of a new peer before anything is known of it. */
  readonly firstWindow: number;
}

export const DEFAULT_POLICY: ComparisonPolicy = {
  picking: "rarest",
  choking: "tit-for-tat",
  firstWindow: WINDOW_INITIAL,
};
