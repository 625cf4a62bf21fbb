/** What a run is made of besides its scenario. */
import type { ComparisonPolicy } from "../../app/engine/swarm/peers/comparison-policy.ts";

export interface RunOptions {
  readonly seed: number;
  /** Besides the first seed. */
  readonly peers: number;
  readonly pieces: number;
  /** Bytes. */
  readonly pieceLength: number;
  /** How honest engines play; as people's do when left out. */
  readonly policy?: ComparisonPolicy;
}
