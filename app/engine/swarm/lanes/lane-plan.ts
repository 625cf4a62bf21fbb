/**
 * A lane plan decides, on the side that downloads, how many lanes to ask of one peer and when to give them back.
 *
 * Loss and long round trips bound one SCTP association near MSS / (RTT · √loss), whatever the line carries (Mathis et
 * al. 1997). The rates of several associations add up until the line is full. Beyond that, further ones add nothing.
 * The plan cannot know beforehand what bounds a peer. So it asks for lanes in steps (LANE_STEPS). Each step is a
 * trial, which compares the rates before the step and with it.
 *
 * | state | begins | what happens | ends |
 * | --- | --- | --- | --- |
 * | watching | with the link | the rate is measured while `isLimited` | after a stretch of LANE_PATIENCE |
 * | asking | after a stretch | the next step is wanted | when one of its lanes opens, or the peer is not limited |
 * | settling | with its first lane | the lanes find their pace | after LANE_SETTLING |
 * | measuring | after *settling* | the rate is measured again | after LANE_TRIAL: the step is kept or given back |
 * | resting | with a step given back | as in *watching*, and no lanes are wanted | after LANE_REST, or early |
 *
 * A step is kept if the rate is at least LANE_GAIN times the rate before. The plan is then *watching* again.
 * Otherwise the trial was in vain, and the step is given back. Each rest is twice as long as the one before, up to
 * LANE_REST_MAX, until a step is kept. Example: a peer brings 500 KB/s over its link. With 3 lanes it brings
 * 1.9 MB/s, and the lanes are kept. With 7 lanes it brings 2 MB/s, which is less than 1.15 times as much, so the line
 * is full. 4 lanes are given back, and the plan rests for 10 s.
 *
 * *Resting* ends early when the rate of several stretches in a row was far below the rate of the trial in vain
 * (LANE_FALL). Most likely, the association has then collapsed, or losses have halved its own window. That window
 * takes some ten seconds to grow back.
 *
 * An early step is a first step without *watching*. It is taken when a download begins, its path is long and much is
 * to come. A single association is slowest at that time. Its window doubles until a queue overflows, even if that
 * queue is only the 57 packets that a browser's socket holds. From then on, the window grows by one packet in each
 * round trip, for seconds. Simulated on 112 lines of 2 to 100 mbit with queues of 16 to 200 ms, for 12 s: early steps
 * bring 0.83 of what the lines carry, instead of 0.76, and 0 seconds of collapse, instead of 25. Where the queue is
 * long, early steps bring nothing. There they cost up to a twentieth while the lanes begin, and after a probe of the
 * request window. The rate before an early step is unknown, so the step is kept unless the line is slow (LANE_SLOW).
 *
 * The plan knows numbers only. lanes.ts asks for lanes and closes them. Besides, it closes idle lanes and lanes whose
 * place others need.
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

/** The state of the peer at a tick. */
export interface LaneState {
  /** Its request window is settled and in use, over a path long enough for lanes to matter. */
  readonly isLimited: boolean;
  /** Its path is long, its request window still grows fast, and much is to come. */
  readonly isPromising: boolean;
  /** Bytes received from the peer so far, over all connections. */
  readonly received: number;
  /** Its open lanes. */
  readonly open: number;
}

/** The bytes received up to a time: where a measurement of the rate begins. */
interface Mark {
  readonly at: number;
  readonly received: number;
}

export class LanePlan {
  /** Lanes of the early step, until a later step is wanted; 0 otherwise. */
  #early: number;
  /** Open lanes that a trial has kept. All other open lanes are on trial. */
  #kept: number;
  /** Where the present stretch began; null while the peer is not limited. */
  #limited: Mark | null;
  /** When the peer was last limited. */
  #limitedAt: number;
  /**
   * Bytes a second that a trial is compared with: the rate of the stretch before the trial, or a fixed rate for an
   * early step.
   */
  #rate: number;
  /** The trial of the open lanes. `from`: where *measuring* began; null while the lanes settle. */
  #trial: { readonly since: number; from: Mark | null } | null;
  /** When the rest after the last trial in vain ends. */
  #restUntil: number;
  /** Milliseconds that the next rest will last. */
  #rest: number;
  /** Bytes a second in the last trial in vain. */
  #enough: number;
  /** Stretches in a row, since that trial, whose rate was far below `#enough`. */
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

  /**
   * To be called with every tick. `want`: further lanes to ask for. `giveBack`: open lanes to give back, the newest
   * first.
   */
  step(now: number, state: LaneState): { want: number; giveBack: number } {
    this.#kept = Math.min(this.#kept, state.open);
    if (this.#trial === null && state.open > this.#kept) {
      this.#trial = { since: now, from: null };
      // The rate without these lanes is unknown. This one keeps them unless the line is slow.
      if (state.open <= this.#early) this.#rate = LANE_SLOW / LANE_GAIN;
    }
    if (this.#trial !== null) return { want: 0, giveBack: this.#judge(this.#trial, now, state) };
    if (state.open === 0 && state.isPromising) this.#early = LANE_STEPS[0]!;
    else if (!this.#isTooLittle(now, state)) return { want: 0, giveBack: 0 };
    else this.#early = 0;
    return { want: this.#step(state.open), giveBack: 0 };
  }

  /** Further lanes that make the next step; 0 after the last step. */
  #step(open: number): number {
    const next = LANE_STEPS.find((lanes) => lanes > open);
    return next === undefined ? 0 : next - open;
  }

  /**
   * Measures the rate, stretch by stretch, while the peer is limited. True when a stretch ends and a trial may begin.
   */
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

  /** Whether the rate has been far below that of the last trial in vain for several stretches. */
  #hasFallen(): boolean {
    this.#fallen = this.#rate < this.#enough * LANE_FALL ? this.#fallen + 1 : 0;
    return this.#fallen >= LANE_FALL_STRETCHES;
  }

  /** Goes on with a trial. Returns how many of its lanes to give back: 0 while it lasts, and when they are kept. */
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
