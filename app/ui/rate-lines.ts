/**
 * Transfer rates of the last minute: a sample a second, oldest first, for the graph. Drawing is left to rate-graph.ts.
 */

export interface RateSample {
  /** Milliseconds on any clock that only grows. */
  readonly at: number;
  /** Bytes a second. */
  readonly down: number;
  readonly up: number;
}

export class RateHistory {
  readonly #span: number;
  #samples: RateSample[];

  /** Keeps samples no older than `span` milliseconds. */
  constructor(span: number) {
    this.#span = span;
    this.#samples = [];
  }

  get samples(): readonly RateSample[] {
    return this.#samples;
  }

  /** Adds a sample and drops what is older than the span. */
  add(sample: RateSample): void {
    this.#samples = this.#samples.filter(({ at }) => at >= sample.at - this.#span);
    this.#samples.push(sample);
  }

  clear(): void {
    this.#samples = [];
  }

  /** The highest rate kept, in either direction, bytes a second. */
  get peak(): number {
    return this.#samples.reduce((peak, { down, up }) => Math.max(peak, down, up), 0);
  }
}

/** The next round number at or above `rate` for an axis: 1, 2 or 5 times a power of ten; at least 1,000. */
export function axisTop(rate: number): number {
  let top = 1000;
  for (const step of axisSteps()) {
    top = step;
    if (step >= rate) break;
  }
  return top;
}

function* axisSteps(): Generator<number> {
  for (let power = 1000; power < 1e15; power *= 10) {
    yield power;
    yield power * 2;
    yield power * 5;
  }
}

/**
 * The points of a line through the samples, in a box of `width` × `height` with time running to the right and `now`
 * at the right edge; as an SVG points list. `top` is the rate at the upper edge.
 */
export function graphPoints(
  samples: readonly RateSample[],
  direction: "down" | "up",
  box: { width: number; height: number; now: number; span: number; top: number },
): string {
  return samples
    .map((sample) => {
      const x = box.width * (1 - (box.now - sample.at) / box.span);
      const y = box.height * (1 - Math.min(1, sample[direction] / box.top));
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
