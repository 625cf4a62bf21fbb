/**
 * How many bytes may be asked of one peer at a time. In a pull protocol the requests under way are the window of
 * congestion control. Too few leave the line idle. Too many fill its queue, and a data channel whose queue overflows
 * collapses.
 *
 * The window follows delay, measured from request to block. The least delay seen is the base: what the path takes by
 * itself. What a block takes beyond the base is queueing, and we cause it. Example: the base is 40 ms and the quickest
 * block of a round took 70 ms; then our requests keep a queue of 30 ms, and the target is 20.
 *
 * | phase | begins | the limit | ends |
 * | --- | --- | --- | --- |
 * | starting | with the link | grows by half of what comes; by less once blocks wait in a row | when the quickest block of a round met a queue, or a request timed out |
 * | following | then | moves towards the rule below | when somebody calls `probeBase` |
 * | probing | from following | about a quarter to a half, so that the queue runs empty | after two block times, with a new base: back to following |
 *
 * The rule of *following* is FAST TCP's (Wei, Jin, Low, Hegde 2006), with a target in time as LEDBAT has (RFC 6817):
 *
 *     wanted = under way · (base + target) / (base + queueing) + one block
 *
 * A target in time keeps the queue as short on a slow line as on a fast one. The one block is the same for everybody,
 * so windows that share a line drift towards equal shares.
 *
 * *Starting* is HyStart++'s (RFC 9406). Over a long path blocks come in bursts, and the first of a burst meet an empty
 * queue until more is under way than the line holds. Blocks that wait in a row tell of that earlier, and growth slows
 * down then. *Following* may grow fast again after several rounds without a queue: the first queue may have been an
 * association's own, or lanes were added.
 *
 * *Probing* is BBR's ProbeRTT: a base that was not seen for a while is looked for with an empty queue. All who share a
 * line must probe together, or each takes the others' queue for its path (base-probes.ts). The first probe comes soon
 * after the start, because an association's first blocks wait for its own slow start (LEDBAT++ slows down then, too).
 * A ping before those blocks can tell that they did not wait, and spares that probe.
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import { BlockTime } from "./block-time.ts";
import {
  REFILL_SHARE,
  REFILL_TIME,
  WINDOW_BASE_LIFETIME,
  WINDOW_BASE_SLACK,
  WINDOW_CALM_ROUNDS,
  WINDOW_FIRST_PROBE,
  WINDOW_GAVE_WAY,
  WINDOW_INITIAL,
  WINDOW_MAX,
  WINDOW_MIN,
  WINDOW_NEAR,
  WINDOW_PROBE_LEAST,
  WINDOW_PROBE_REST,
  WINDOW_ROUND_NEAR,
  WINDOW_ROUND_SAMPLES,
  WINDOW_SLOW_START,
  WINDOW_TARGET_DELAY,
  WINDOW_TARGET_NEAR,
  WINDOW_USED,
} from "./constants.ts";

/** What the window is doing. `settledAt`: when it had found about what the line carries. */
type Phase =
  | { readonly kind: "starting" }
  | { readonly kind: "following"; readonly settledAt: number }
  | { readonly kind: "probing"; readonly settledAt: number; readonly since: number; least: number };

/** The blocks of about one round trip. */
interface Round {
  /** Milliseconds that its quickest block took. */
  delay: number;
  /** The most bytes that were under way when one of its blocks was asked for. */
  underWay: number;
  samples: number;
  /** Several of its blocks in a row waited. */
  crowded: boolean;
}

export class RequestWindow {
  #limit: number;
  #phase: Phase;
  /** Milliseconds that the path takes by itself; Infinity before the first block. */
  #base: number;
  /** When a block last took no longer than the base. */
  #baseSeenAt: number;
  /** When the last probe ended; null before the first. */
  #probedAt: number | null;
  /** The largest limit since then. */
  #peak: number;
  #round: Round;
  #roundStart: number;
  #previousRound: Round | null;
  /** Rounds in a row that met no queue although the window was full. */
  #calmRounds: number;
  /** Blocks in a row, up to the last, that waited. */
  #waitedInRow: number;
  readonly #blockTime: BlockTime;

  /** `first`: bytes that may be under way at first. */
  constructor(now: number, first = WINDOW_INITIAL) {
    this.#limit = first;
    this.#phase = { kind: "starting" };
    this.#base = Infinity;
    this.#baseSeenAt = now;
    this.#probedAt = null;
    this.#peak = first;
    this.#round = { delay: Infinity, underWay: 0, samples: 0, crowded: false };
    this.#roundStart = now;
    this.#previousRound = null;
    this.#calmRounds = 0;
    this.#waitedInRow = 0;
    this.#blockTime = new BlockTime();
  }

  /** Bytes that may be under way. */
  get limit(): number {
    if (this.#phase.kind !== "probing") return Math.floor(this.#limit);
    // Our own queue is about as long as the target. A wait beyond the target and the base again is that of lost packets
    // that are sent again. Taken for a queue it left a ninth of the window, all of it on lanes that stood. Simulated with
    // 8 connections at an RTT of 100 ms: a twentieth of the rate in the next second.
    const queue = Math.min(this.queueingDelay, this.#base + this.#target);
    const share = this.#base / (2 * (this.#base + queue));
    return Math.floor(Math.max(WINDOW_MIN, this.#limit * share));
  }

  /** The queue is let run empty now. */
  get isProbingBase(): boolean {
    return this.#phase.kind === "probing";
  }

  /** Bytes under way at or below which more is asked for. */
  get refillBelow(): number {
    const { mean } = this.#blockTime;
    const near = mean === null || this.#base <= WINDOW_NEAR;
    return this.limit * (1 - (near ? REFILL_SHARE : Math.min(REFILL_SHARE, REFILL_TIME / mean)));
  }

  /** Smoothed milliseconds from request to block; null before the first. */
  get blockTime(): number | null {
    return this.#blockTime.mean;
  }

  /** Mean deviation of the block time, milliseconds. */
  get deviation(): number {
    return this.#blockTime.deviation;
  }

  /** Milliseconds that the path takes by itself; null before the first block. */
  get base(): number | null {
    return this.#base === Infinity ? null : this.#base;
  }

  /** Milliseconds of queueing that the requests under way seem to cause. */
  get queueingDelay(): number {
    return this.#base === Infinity ? 0 : Math.max(0, this.#latestRound.delay - this.#base);
  }

  /** It has found about what the line carries: it no longer grows fast. */
  get isSettled(): boolean {
    return this.#phase.kind !== "starting";
  }

  /** The round that tells most: the present one once it has some blocks, before that whichever had the quicker one. */
  get #latestRound(): Round {
    const previous = this.#previousRound;
    if (previous === null || this.#round.samples >= WINDOW_ROUND_SAMPLES) return this.#round;
    return this.#round.delay < previous.delay ? this.#round : previous;
  }

  /** Milliseconds of queueing that may be caused. */
  get #target(): number {
    return this.#base <= WINDOW_NEAR ? WINDOW_TARGET_NEAR : WINDOW_TARGET_DELAY;
  }

  /** Share of itself by which the window grows in a round trip without a queue; no more than the target once blocks wait. */
  get #growth(): number {
    const crowded = this.#round.crowded || this.#previousRound?.crowded;
    return crowded ? Math.min(WINDOW_SLOW_START, this.#target / this.#base) : WINDOW_SLOW_START;
  }

  /** Whether a block that took so many milliseconds met a queue. */
  #hasWaited(delay: number): boolean {
    return delay - this.#base >= this.#target / 2;
  }

  /** A block came: `delay` ms after its request, while `underWay` bytes (itself included) were asked for. */
  handleBlock(delay: number, bytes: number, underWay: number, now: number): void {
    this.#blockTime.add(delay);
    this.#sample(delay, underWay, now);
    if (this.#phase.kind === "probing") {
      this.#probe(this.#phase, delay, now);
      return;
    }
    // A window that was not used tells nothing of what the line carries.
    if (underWay < this.#limit * WINDOW_USED) return;
    if (this.#phase.kind === "starting") {
      if (!this.#hasWaited(this.#latestRound.delay)) {
        this.#set(this.#limit + bytes * this.#growth);
        return;
      }
      this.#phase = { kind: "following", settledAt: now };
    }
    this.#follow(bytes);
  }

  /** A request was not answered in time: halves the window. To be called once a round at most. */
  handleTimeout(now: number): void {
    if (this.#phase.kind === "starting") this.#phase = { kind: "following", settledAt: now };
    this.#set(this.#limit / 2);
  }

  /**
   * Whether it is time to look for the base again. `roundTrip`: milliseconds that a ping took while nothing was under
   * way; Infinity where there was no such ping. A block takes longer than a ping by what the line needs for its bytes.
   */
  wantsBaseProbe(now: number, roundTrip = Infinity): boolean {
    if (this.#phase.kind !== "following") return false;
    const { settledAt } = this.#phase;
    if (this.#probedAt === null && this.#mayHaveWaitedAlways(roundTrip))
      return now - settledAt > WINDOW_FIRST_PROBE;
    if (now - this.#baseSeenAt > WINDOW_BASE_LIFETIME) return true;
    // The window gave way and the wait is still there, so the wait is not its queue: the path got longer, or a computer
    // is busy.
    const gaveWay = this.#limit < this.#peak * WINDOW_GAVE_WAY && this.queueingDelay > this.#target;
    return gaveWay && now - (this.#probedAt ?? settledAt) > WINDOW_PROBE_REST;
  }

  /** Whether even the quickest block so far may have waited, for a cold association or in others' queue. */
  #mayHaveWaitedAlways(roundTrip: number): boolean {
    // A ping that took much longer than the base waited itself, and tells nothing.
    return Math.abs(this.#base - roundTrip) >= this.#target / 2;
  }

  /** Lets the queue run empty for about a round trip. All who share a line must do so together. */
  probeBase(now: number): void {
    if (this.#phase.kind !== "following" || this.#base === Infinity) return;
    this.#phase = { kind: "probing", settledAt: this.#phase.settledAt, since: now, least: Infinity };
  }

  /** Moves towards what the latest round says is right, all the way within about a round trip. */
  #follow(bytes: number): void {
    const { delay, underWay } = this.#latestRound;
    // What was under way is a round trip old. Without a queue the window may go by half of what it is now.
    const isCalm = this.#calmRounds >= WINDOW_CALM_ROUNDS && !this.#hasWaited(delay);
    const from = isCalm ? (this.#limit + underWay) / 2 : underWay;
    const room = isCalm ? Math.max(this.#target, this.#base * this.#growth) : this.#target;
    const wanted = (from * (this.#base + room)) / Math.max(delay, this.#base) + BLOCK_LENGTH;
    const bounded = Math.min(2 * this.#limit, Math.max(this.#limit / 2, wanted));
    this.#set(this.#limit + (bounded - this.#limit) * Math.min(1, bytes / this.#limit));
  }

  #set(limit: number): void {
    this.#limit = Math.min(WINDOW_MAX, Math.max(WINDOW_MIN, limit));
    this.#peak = Math.max(this.#peak, this.#limit);
  }

  /** Counts a block in its round and in what the path takes. */
  #sample(delay: number, underWay: number, now: number): void {
    if (delay <= this.#base + WINDOW_BASE_SLACK) {
      this.#base = Math.min(this.#base, delay);
      this.#baseSeenAt = now;
    }
    this.#waitedInRow = this.#hasWaited(delay) ? this.#waitedInRow + 1 : 0;
    if (this.#waitedInRow >= WINDOW_ROUND_SAMPLES) this.#round.crowded = true;
    // A round ends with the first block that was asked for after it began.
    const over = now - delay >= this.#roundStart;
    const long = this.#base > WINDOW_NEAR || now - this.#roundStart >= WINDOW_ROUND_NEAR;
    if (over && long) {
      this.#endRound(now, { delay, underWay, samples: 1, crowded: false });
      return;
    }
    this.#round.samples++;
    this.#round.delay = Math.min(this.#round.delay, delay);
    this.#round.underWay = Math.max(this.#round.underWay, underWay);
  }

  #endRound(now: number, next: Round): void {
    const { delay, underWay } = this.#round;
    const full = underWay >= this.#limit * WINDOW_USED;
    this.#calmRounds = full && !this.#hasWaited(delay) ? this.#calmRounds + 1 : 0;
    this.#previousRound = this.#round;
    this.#round = next;
    this.#roundStart = now;
  }

  /** The least delay of the blocks that were asked for since the probe began is the new base. */
  #probe(probe: Extract<Phase, { kind: "probing" }>, delay: number, now: number): void {
    if (now - delay < probe.since) return;
    probe.least = Math.min(probe.least, delay);
    if (now - probe.since < Math.max(WINDOW_PROBE_LEAST, 2 * delay)) return;
    // The window grows on from the probe's limit: the rest, asked for at once, would fill the queue at once.
    this.#set(this.limit);
    this.#base = probe.least;
    this.#baseSeenAt = now;
    this.#phase = { kind: "following", settledAt: probe.settledAt };
    this.#probedAt = now;
    this.#peak = this.#limit;
    this.#calmRounds = 0;
    this.#round = { delay: probe.least, underWay: this.#limit, samples: 0, crowded: false };
    this.#roundStart = now;
    this.#previousRound = null;
  }
}
