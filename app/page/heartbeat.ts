/**
 * The heartbeat notices that the tab that leads is frozen, or hangs, or that its worker does: a beat is missed when
 * nothing was heard of them since the last one. They count as heard when the worker and its tab both answered, be it
 * another tab that asked. After some missed beats the leader is to be replaced. Its own tab is the first to do so, if it
 * is only the worker that hangs.
 *
 * Beats are counted, not seconds. A computer that slept has missed none, and a hidden tab, in which the browser lets
 * timers run seldom, is only slower. A leader that changes meanwhile, as the lock's holder shows, starts the count anew.
 *
 * leader.ts replaces the leader.
 */

import { HEARTBEAT_INTERVAL, MISSED_BEATS, MISSED_OWN_BEATS, MISSED_STARTING_BEATS } from "./constants.ts";

/** The heartbeat's view of its tab. */
export interface HeartbeatContext {
  /** The worker that leads runs here. */
  readonly leads: boolean;
  /** The worker that leads has said that it is there. */
  readonly isReady: boolean;
  /** Asks it whether it is there. */
  ping(): void;
  /** Names the tab that holds the leader's lock; null when none does. */
  holder(): Promise<string | null>;
  /** The leader is to be replaced. `holder`: the tab that holds the lock. */
  replace(holder: string): void;
}

export class Heartbeat {
  readonly #context: HeartbeatContext;
  readonly #interval: number;
  #isHeard: boolean;
  #missed: number;
  /** The tab that held the lock at the last missed beat. */
  #holder: string | null;
  /** The leader has changed, and its worker has not been heard yet. */
  #isNew: boolean;

  /** `interval`: milliseconds between two beats. */
  constructor(context: HeartbeatContext, interval: number = HEARTBEAT_INTERVAL) {
    this.#context = context;
    this.#interval = interval;
    this.#isHeard = true;
    this.#missed = 0;
    this.#holder = null;
    this.#isNew = false;
  }

  /** Beats from now on, for as long as the tab lives. */
  start(): void {
    setInterval(() => void this.beat(), this.#interval);
  }

  /** The leader gave a sign of life, or another one has begun. */
  handleAlive(): void {
    this.#isHeard = true;
    this.#missed = 0;
    this.#isNew = false;
  }

  /** The leader's tab is about to be frozen. */
  async handleFrozen(): Promise<void> {
    const holder = await this.#context.holder();
    if (holder !== null && !this.#context.leads) this.#context.replace(holder);
  }

  /** The leader's tab starts another worker. */
  handleRestarting(): void {
    this.#missed = 0;
    this.#isNew = true;
  }

  /** One beat. */
  async beat(): Promise<void> {
    if (this.#isHeard) {
      this.#isHeard = false;
      this.#missed = 0;
      return;
    }
    this.#missed++;
    this.#context.ping();
    const missed = this.#missed;
    const holder = await this.#context.holder();
    // Heard meanwhile.
    if (this.#missed !== missed) return;
    if (holder !== this.#holder && missed > 1) {
      this.#isNew = true;
      this.#missed = 1;
    }
    this.#holder = holder;
    if (this.#missed < this.#limit || holder === null) return;
    this.#missed = 0;
    this.#context.replace(holder);
  }

  /** Beats that the leader may miss now. */
  get #limit(): number {
    const { leads, isReady } = this.#context;
    if (this.#isNew || !isReady) return MISSED_STARTING_BEATS;
    return leads ? MISSED_OWN_BEATS : MISSED_BEATS;
  }
}
