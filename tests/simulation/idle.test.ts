/** What a large torrent with many peers costs while nothing moves: memory is bounded, and hardly anything is said. */
import { expect, test } from "vitest";
import { measureIdle } from "./idle.ts";

test("50 peers on 25,000 pieces cost less than 60 MB and about a keep-alive a minute each", () => {
  const { peers, pieces, megabytes, messagesPerPeer } = measureIdle();
  expect([peers, pieces]).toEqual([50, 25_000]);
  expect(megabytes).toBeLessThan(60);
  expect(messagesPerPeer).toBeLessThan(3);
});
