/** Whether a run is as good as its scenario wants it to be. */
import type { Figures } from "./figures.ts";
import type { Scenario, Target } from "./scenarios.ts";

export interface Verdict extends Target {
  /** A key of the run's figures. */
  readonly figure: string;
  /** Null where the run came to none, as when there never was a second copy: that is missed. */
  readonly value: number | null;
  readonly met: boolean;
}

/** One verdict a target, in the scenario's order. */
export function verdictsOf(figures: Figures, { targets = {} }: Scenario): Verdict[] {
  return Object.entries(targets).map(([figure, target]) => {
    const found: unknown = figures[figure as keyof Figures];
    const value = typeof found === "number" && Number.isFinite(found) ? found : null;
    return { figure, ...target, value, met: value !== null && isWithin(value, target) };
  });
}

function isWithin(value: number, { most = value, least = value }: Target): boolean {
  return value <= most && value >= least;
}

/** "≤ 1.15". */
export function drawTarget({ most, least }: Target): string {
  return most === undefined ? `≥ ${least}` : `≤ ${most}`;
}
