/** Rates drawn as digits, a sample each: "12" is two samples, the latest last; dots are zeros. */
import { describe, expect, it } from "vitest";
import type { RateSamples } from "../../../app/bridge/commands.ts";
import { RATE_SAMPLES } from "../../../app/worker/constants.ts";
import { RateHistory } from "../../../app/worker/rate-history.ts";

const draw = (rates: Float32Array) => [...rates].join("").replaceAll("0", ".");
const drawn = ({ down }: RateSamples) => draw(down);
/** As long as a minute, with zeros before. */
const minute = (end: string) => end.padStart(RATE_SAMPLES, ".");

function take(history: RateHistory, picture: string): RateHistory {
  for (const mark of picture) history.add(mark === "." ? 0 : Number(mark), 0);
  return history;
}

describe("the last minute", () => {
  it.each([
    ["is zeros at first", "", minute("")],
    ["ends with what came last", "123", minute("123")],
    ["keeps pauses", "1..2.", minute("1..2.")],
    ["forgets what is older", `9${"1".repeat(RATE_SAMPLES - 1)}2`, `${"1".repeat(RATE_SAMPLES - 1)}2`],
    ["is zeros again in the end", `9${".".repeat(RATE_SAMPLES)}`, minute("")],
  ])("%s", (_, taken, samples) => {
    expect(drawn(take(new RateHistory(), taken).samples())).toBe(samples);
  });

  it("has both directions apart, in whole bytes", () => {
    const history = new RateHistory();
    history.add(1.4, 6.6);
    const { down, up } = history.samples();
    expect([draw(down), draw(up)]).toEqual([minute("1"), minute("7")]);
  });

  it("takes a sample for each second that passed, as far as a minute goes", () => {
    const history = take(new RateHistory(), "1");
    history.add(2, 0, 3);
    expect(drawn(history.samples())).toBe(minute("1222"));
    history.add(3, 0, 1_000_000_000);
    expect(drawn(history.samples())).toBe("3".repeat(RATE_SAMPLES));
    history.add(0, 0, 1_000_000_000);
    expect(drawn(history.samples())).toBe(minute(""));
  });
});

describe("what is new", () => {
  it.each([
    ["one sample", "12", "3", "3"],
    ["several", "12", "3.4", "3.4"],
    ["zeros after something", "12", "..", ".."],
    ["nothing", "12", "", ""],
    ["a whole minute at most", "12", "3".repeat(100), "3".repeat(RATE_SAMPLES)],
  ])("is told as %s", (_, before, after, news) => {
    const history = take(new RateHistory(), before);
    const { taken } = history;
    expect(drawn(take(history, after).since(taken))).toBe(news);
  });

  it("is nothing once only zeros are left", () => {
    const history = take(new RateHistory(), `5${".".repeat(RATE_SAMPLES)}`);
    const { taken } = history;
    take(history, "...");
    expect(history.taken).toBe(taken);
    expect(drawn(take(history, ".6").since(taken))).toBe("6");
  });
});
