/**
 * A request window says how many bytes may be asked of one peer at a time. In a pull protocol, the requests under way
 * are the window of congestion control. Too few of them leave the line idle. Too many of them fill the line's queue.
 * When that queue overflows, the rate of a data channel collapses.
 *
 * The window follows delay, which is measured from a request to its block. The least delay seen is the base: the time
 * that the path takes by itself. The delay beyond the base is queueing, which our requests cause. A round is the
 * blocks of about one round trip. Its quickest block tells how much queueing there is. The window steers queueing
 * towards a target.
 *
 * | phase | begins | limit | ends |
 * | --- | --- | --- | --- |
 * | starting | with the link | grows by half of the bytes that come | when a round meets a queue, or on a time-out |
 * | following | after each other phase | moves towards the rule below | when `probeBase` is called |
 * | probing | with `probeBase` | is cut, so that the queue runs empty | after two block times, with a new base |
 *
 * *Starting* is the slow start of HyStart++ (RFC 9406). Over a long path, blocks come in bursts. As long as the bytes
 * under way are less than the bandwidth-delay product, the first block of a burst meets an empty queue. Several
 * blocks in a row that wait show the queue earlier: their round is crowded. In a crowded round and the next one, the
 * window grows by no more than target / base in a round trip. Example: the base is 100 ms and the target is 20 ms, so
 * the window grows by a fifth instead of a half.
 *
 * *Following* uses the rule of FAST TCP (Wei, Jin, Low, Hegde 2006), with a target in time as in LEDBAT (RFC 6817):
 *
 *     wanted = under way · (base + target) / (base + queueing) + one block
 *
 * Example: the base is 40 ms, the quickest block of a round took 70 ms, and 700 KB were under way. So queueing is
 * 30 ms. The target is 20 ms, and 700 · 60 / 70 = 600 KB and one block are wanted. A target in time keeps the queue
 * as short on a slow line as on a fast one. The one block is the same for every window, so windows that share a line
 * drift towards equal shares. After several full rounds without a queue, the window grows fast again. The queue that
 * ended *starting* may have been in an SCTP association and not on the line, or lanes may have been added since.
 *
 * *Probing* is the ProbeRTT of BBR: the queue runs empty, and the base is measured anew. The factor
 * base / (2 · (base + queueing)) cuts the window to half of the bandwidth-delay product. Example: with a base of
 * 40 ms and 20 ms of queueing, a third of the window is left. All windows that share a line must probe together
 * (base-probes.ts). Otherwise each would measure the queue of the others as part of its base.
 *
 * The first probe is due soon after *starting*, because the first blocks may have waited for the slow start of their
 * association. LEDBAT++ slows down at that time, too. A ping from before these blocks can show that they did not
 * wait, and spares this probe. Later, a probe is due when no block confirmed the base for a while, or when queueing
 * stayed although the window shrank.
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

/**
 * The phase and its times. `settledAt`: when *starting* ended. `since`: when the probe began. `least`: the least
 * delay, in milliseconds, of the blocks that were asked for since then; Infinity before the first of these.
 */
type Phase =
  | { readonly kind: "starting" }
  | { readonly kind: "following"; readonly settledAt: number }
  | { readonly kind: "probing"; readonly settledAt: number; readonly since: number; least: number };

/** The blocks of about one round trip. */
interface Round {
  /** Milliseconds from request to block, of its quickest block. */
  delay: number;
  /** The most bytes that were under way at the request of one of its blocks. */
  underWay: number;
  samples: number;
  /** WINDOW_ROUND_SAMPLES blocks in a row met a queue. */
  crowded: boolean;
}

export class RequestWindow {
  /** Bytes; in a probe, the limit from before the probe. */
  #limit: number;
  #phase: Phase;
  /** Milliseconds; Infinity before the first block. */
  #base: number;
  /** When a block last took no longer than the base, within WINDOW_BASE_SLACK. */
  #baseSeenAt: number;
  /** When the last probe ended; null before the first. */
  #probedAt: number | null;
  /** The largest limit since the last probe, or since the window was made. */
  #peak: number;
  #round: Round;
  #roundStart: number;
  #previousRound: Round | null;
  /** Full rounds in a row, up to the previous one, that met no queue. */
  #calmRounds: number;
  /** Blocks in a row, up to the latest one, that met a queue. */
  #waitedInRow: number;
  readonly #blockTime: BlockTime;

  /** `first`: the limit at first, in bytes. */
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
    // The queue is about as long as the target. Queueing far beyond that comes from lost packets that are sent again,
    // so at most base + target of it counts. Counted in full, queueing left a ninth of the window, all of it on
    // stalled lanes, and a twentieth of the rate in the next second (simulated: 8 connections, an RTT of 100 ms).
    const queue = Math.min(this.queueingDelay, this.#base + this.#target);
    const share = this.#base / (2 * (this.#base + queue));
    return Math.floor(Math.max(WINDOW_MIN, this.#limit * share));
  }

  /** Whether the window is in *probing*. */
  get isProbingBase(): boolean {
    return this.#phase.kind === "probing";
  }

  /**
   * Bytes under way at or below which more is asked for. It is below the limit, so that requests go out several at
   * once.
   */
  get refillBelow(): number {
    const { mean } = this.#blockTime;
    const near = mean === null || this.#base <= WINDOW_NEAR;
    return this.limit * (1 - (near ? REFILL_SHARE : Math.min(REFILL_SHARE, REFILL_TIME / mean)));
  }

  /** Smoothed milliseconds from request to block; null before the first. */
  get blockTime(): number | null {
    return this.#blockTime.mean;
  }

  /** Mean deviation of the block time, in milliseconds; 0 before the first block. */
  get deviation(): number {
    return this.#blockTime.deviation;
  }

  /** Milliseconds that the path takes by itself, as far as is known; null before the first block. */
  get base(): number | null {
    return this.#base === Infinity ? null : this.#base;
  }

  /** Milliseconds that the quickest block of the latest round took beyond the base; 0 before the first block. */
  get queueingDelay(): number {
    return this.#base === Infinity ? 0 : Math.max(0, this.#latestRound.delay - this.#base);
  }

  /** Whether *starting* has ended. */
  get isSettled(): boolean {
    return this.#phase.kind !== "starting";
  }

  /**
   * The round that the window goes by: the present one once it has enough blocks. Until then, the present or the
   * previous one, whichever has the quicker block.
   */
  get #latestRound(): Round {
    const previous = this.#previousRound;
    if (previous === null || this.#round.samples >= WINDOW_ROUND_SAMPLES) return this.#round;
    return this.#round.delay < previous.delay ? this.#round : previous;
  }

  /** Milliseconds of queueing that the window aims at. */
  get #target(): number {
    return this.#base <= WINDOW_NEAR ? WINDOW_TARGET_NEAR : WINDOW_TARGET_DELAY;
  }

  /**
   * Share of itself by which the window grows in a round trip without a queue. When this or the previous round is
   * crowded, the window grows at most by what makes the queue one target longer.
   */
  get #growth(): number {
    const crowded = this.#round.crowded || this.#previousRound?.crowded;
    return crowded ? Math.min(WINDOW_SLOW_START, this.#target / this.#base) : WINDOW_SLOW_START;
  }

  /** Whether a delay, in milliseconds, means that there was a queue: it exceeds the base by half of the target. */
  #hasWaited(delay: number): boolean {
    return delay - this.#base >= this.#target / 2;
  }

  /**
   * A block of so many bytes came, `delay` milliseconds after its request. `underWay`: bytes under way when it was
   * requested, its own included.
   */
  handleBlock(delay: number, bytes: number, underWay: number, now: number): void {
    this.#blockTime.add(delay);
    this.#sample(delay, underWay, now);
    if (this.#phase.kind === "probing") {
      this.#probe(this.#phase, delay, now);
      return;
    }
    // A block says nothing about a window that was not full.
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

  /** A request timed out: the window is halved. To be called at most once a round. */
  handleTimeout(now: number): void {
    if (this.#phase.kind === "starting") this.#phase = { kind: "following", settledAt: now };
    this.#set(this.#limit / 2);
  }

  /**
   * Whether a probe is due. `roundTrip`: milliseconds that a ping took, where no blocks were in its way; Infinity
   * where there was no such ping.
   */
  wantsBaseProbe(now: number, roundTrip = Infinity): boolean {
    if (this.#phase.kind !== "following") return false;
    const { settledAt } = this.#phase;
    if (this.#probedAt === null && this.#mayHaveWaitedAlways(roundTrip))
      return now - settledAt > WINDOW_FIRST_PROBE;
    if (now - this.#baseSeenAt > WINDOW_BASE_LIFETIME) return true;
    // The window shrank and the delay stayed, so the delay is not this window's queue. Either the path got longer, or
    // a computer is busy.
    const gaveWay = this.#limit < this.#peak * WINDOW_GAVE_WAY && this.queueingDelay > this.#target;
    return gaveWay && now - (this.#probedAt ?? settledAt) > WINDOW_PROBE_REST;
  }

  /**
   * Whether even the quickest block so far may have waited: for its association's slow start, or in the queue of
   * other transfers. A ping that took about as long as the base shows that this block did not wait. A block takes
   * longer than a ping by the time that the line needs for its bytes.
   */
  #mayHaveWaitedAlways(roundTrip: number): boolean {
    // A ping that took much longer than the base has waited itself, and shows nothing.
    return Math.abs(this.#base - roundTrip) >= this.#target / 2;
  }

  /**
   * Begins a probe, if the window is in *following*: for about two block times the limit is so small that the queue
   * runs empty. All windows that share a line must begin together.
   */
  probeBase(now: number): void {
    if (this.#phase.kind !== "following" || this.#base === Infinity) return;
    this.#phase = { kind: "probing", settledAt: this.#phase.settledAt, since: now, least: Infinity };
  }

  /** Moves the limit towards the rule of *following*, all the way within about a round trip. */
  #follow(bytes: number): void {
    const { delay, underWay } = this.#latestRound;
    // `underWay` was measured a round trip ago, so growth from it is slow. After calm rounds, the window grows from
    // the mean of `underWay` and the present limit.
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

  /** Counts a block in its round and in the base. */
  #sample(delay: number, underWay: number, now: number): void {
    if (delay <= this.#base + WINDOW_BASE_SLACK) {
      this.#base = Math.min(this.#base, delay);
      this.#baseSeenAt = now;
    }
    this.#waitedInRow = this.#hasWaited(delay) ? this.#waitedInRow + 1 : 0;
    if (this.#waitedInRow >= WINDOW_ROUND_SAMPLES) this.#round.crowded = true;
    // A round ends with the first block that was requested after the round began.
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

  /**
   * Takes a block that came in a probe. When the probe ends, the least delay of the blocks requested in it is the
   * base.
   */
  #probe(probe: Extract<Phase, { kind: "probing" }>, delay: number, now: number): void {
    if (now - delay < probe.since) return;
    probe.least = Math.min(probe.least, delay);
    if (now - probe.since < Math.max(WINDOW_PROBE_LEAST, 2 * delay)) return;
    // The window grows again from the probe's limit. A return to the old limit would fill the queue at once.
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
