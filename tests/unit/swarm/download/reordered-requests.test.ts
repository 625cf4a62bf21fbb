/** Requests of 10 bytes each, sent at the given milliseconds. The base is 100 ms. */
import { expect, test } from "vitest";
import { reorderedBytes } from "../../../../app/engine/swarm/download/reordered-requests.ts";

const sent = (...times: number[]) => times.map((sentAt) => ({ sentAt, length: 10 }));

test.each([
  ["nothing has come yet", sent(0, 10), -Infinity, 0],
  ["what came was asked for a little later", sent(0, 10), 50, 0],
  ["what came was asked for clearly later than one", sent(0, 10), 55, 10],
  ["two are behind what came, and one was asked for after it", sent(0, 10, 300), 200, 20],
  ["nothing is under way", sent(), 200, 0],
])("%s", (_, requests, latest, bytes) => {
  expect(reorderedBytes(requests, latest, 100)).toBe(bytes);
});

test("before the path is known nothing counts as overtaken", () => {
  expect(reorderedBytes(sent(0), 10_000, Infinity)).toBe(0);
});
