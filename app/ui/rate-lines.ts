/** Rate lines are the lines and the axis of the rate graph, as numbers. Pure; rate-graph.ts draws them. */

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
 * The points of a line through samples at equal distances, as an SVG points list. The latest sample is at the right
 * edge of a box of `width` × `height`, and the rate `top` at its upper edge.
 */
export function linePoints(
  samples: Float32Array,
  { width, height, top }: { width: number; height: number; top: number },
): string {
  return Array.from(samples, (rate, at) => {
    const x = (width * at) / (samples.length - 1);
    const y = height * (1 - Math.min(1, rate / top));
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(" ");
}
