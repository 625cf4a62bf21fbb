/**
 * Whether one peer's connections prove too little, and whether another helped: what the side that downloads knows.
 * Loss and long round trips bound one SCTP association near MSS / (RTT · √loss), whatever the line carries (Mathis et
 * al. 1997), and several add up. Where the line itself is full they add nothing; so each step is a trial, and what
 * does not bring more is given back. Where the rate falls far below what a trial in vain found, losses have most likely
 * halved the association's own window, which then grows for some ten seconds, or it has collapsed: further ones are
 * tried at once, whenever the last were.
 *
 * The first step is taken before anything is proven where the path is long and much is to come. A download's beginning
 * is when one association fares worst: its window doubles until a queue overflows, be it no more than the 57 packets
 * that a browser's socket holds, and then grows by a packet each round trip, for seconds. Simulated on 112 lines of 2 to
 * 100 mbit and queues of 16 to 200 ms, 12 s: 0.83 of what they carry instead of 0.76, and no second of a collapse instead
 * of 25. Where the queue is long they bring nothing, and up to a twentieth less while they begin and after a drain. They
 * go again where the line turns out to be slow, when they are idle, or when others need their place.
 *
 * Knows numbers only; lanes.ts does what it says.
 */
import {
  LANE_FALL,
  LANE_FALL_STRETCHES,
  LANE_GAIN,
  LANE_PATIENCE,
  LANE_REST,
  LANE_REST_MAX,
  LANE_SETTLING,
  LANE_SLOW,
  LANE_STEPS,
  LANE_TRIAL,
} from "./constants.ts";

/** How it stands with a peer now. */
export interface LaneState {
  /** Its window is full and has found its size, over a path long enough for lanes to matter. */
  readonly isLimited: boolean;
  /** Its path is long, its window still grows, and much is to come. */
  readonly isPromising: boolean;
  /** Bytes received from it so far. */
  readonly received: number;
  /** Lanes that are open. */
  readonly open: number;
}

/** Bytes received at a time. */
interface Mark {
  readonly at: number;
  readonly received: number;
}

export class LanePlan {
  /** Lanes asked for before anything was proven. */
  #early: number;
  /** Lanes that have proven their worth, or not been tried yet when they went. */
  #kept: number;
  /** Since when the peer has been limited without a break, and when it last was. */
  #limited: Mark | null;
  #limitedAt: number;
  /** Bytes a second without the lanes on trial. */
  #rate: number;
  #trial: { readonly since: number; from: Mark | null } | null;
  /** Before that nothing is tried, as the last trial was in vain; and how long the next such rest is. */
  #restUntil: number;
  #rest: number;
  /** Bytes a second that the trial in vain found, and stretches in a row since that brought far less. */
  #enough: number;
  #fallen: number;

  constructor() {
    this.#early = 0;
    this.#kept = 0;
    this.#limited = null;
    this.#limitedAt = -Infinity;
    this.#rate = 0;
    this.#trial = null;
    this.#restUntil = -Infinity;
    this.#rest = LANE_REST;
    this.#enough = 0;
    this.#fallen = 0;
  }

  /** To be called with every tick: how many lanes to ask for, and how many of the open ones, the newest, to give back. */
  step(now: number, state: LaneState): { want: number; giveBack: number } {
    this.#kept = Math.min(this.#kept, state.open);
    if (this.#trial === null && state.open > this.#kept) {
      this.#trial = { since: now, from: null };
      // Nothing is known to compare with: they stay unless the line is slow.
      if (state.open <= this.#early) this.#rate = LANE_SLOW / LANE_GAIN;
    }
    if (this.#trial !== null) return { want: 0, giveBack: this.#judge(this.#trial, now, state) };
    if (state.open === 0 && state.isPromising) this.#early = LANE_STEPS[0]!;
    else if (!this.#isTooLittle(now, state)) return { want: 0, giveBack: 0 };
    else this.#early = 0;
    return { want: this.#step(state.open), giveBack: 0 };
  }

  /** What the next step takes; 0 when there is none. */
  #step(open: number): number {
    const next = LANE_STEPS.find((lanes) => lanes > open);
    return next === undefined ? 0 : next - open;
  }

  #isTooLittle(now: number, { isLimited, received }: LaneState): boolean {
    if (isLimited) this.#limitedAt = now;
    else if (now - this.#limitedAt > LANE_PATIENCE / 2) this.#limited = null;
    if (this.#limited === null) {
      if (isLimited) this.#limited = { at: now, received };
      return false;
    }
    if (now - this.#limited.at < LANE_PATIENCE) return false;
    this.#rate = rateSince(this.#limited, now, received);
    this.#limited = { at: now, received };
    return now >= this.#restUntil || this.#hasFallen();
  }

  /** Whether the rate has fallen far below what the last trial in vain found. */
  #hasFallen(): boolean {
    this.#fallen = this.#rate < this.#enough * LANE_FALL ? this.#fallen + 1 : 0;
    return this.#fallen >= LANE_FALL_STRETCHES;
  }

  /** How many of the lanes on trial to give back; 0 also while it is not known yet. */
  #judge(trial: { readonly since: number; from: Mark | null }, now: number, state: LaneState): number {
    if (now - trial.since < LANE_SETTLING) return 0;
    trial.from ??= { at: now, received: state.received };
    if (now - trial.from.at < LANE_TRIAL) return 0;
    const rate = rateSince(trial.from, now, state.received);
    const inVain = state.open - this.#kept;
    this.#trial = null;
    this.#limited = null;
    if (rate >= this.#rate * LANE_GAIN) {
      this.#kept = state.open;
      this.#rest = LANE_REST;
      return 0;
    }
    this.#enough = rate;
    this.#fallen = 0;
    this.#restUntil = now + this.#rest;
    this.#rest = Math.min(LANE_REST_MAX, 2 * this.#rest);
    return inVain;
  }
}

function rateSince(mark: Mark, now: number, received: number): number {
  return ((received - mark.received) * 1000) / (now - mark.at);
}
