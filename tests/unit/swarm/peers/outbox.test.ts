/** The outbox: messages leave as one array, whatever their senders do with their own arrays afterwards. */
import { expect, test } from "vitest";
import { Outbox } from "../../../../app/engine/swarm/peers/outbox.ts";

test("messages leave together and in order; the caller may use its arrays again", () => {
  const outbox = new Outbox();
  const message = Uint8Array.of(1, 2, 3);
  outbox.add(message);
  message.fill(4);
  outbox.add(message);
  expect(outbox.length).toBe(6);
  expect([...outbox.take()]).toEqual([1, 2, 3, 4, 4, 4]);
  expect(outbox.length).toBe(0);
});

test("what has left is not written to again", () => {
  const outbox = new Outbox();
  outbox.add(Uint8Array.of(1));
  const first = outbox.take();
  outbox.add(Uint8Array.of(2));
  expect([[...first], [...outbox.take()]]).toEqual([[1], [2]]);
});

test("it grows with what is said, and shrinks again", () => {
  const outbox = new Outbox();
  outbox.add(Uint8Array.of(1));
  outbox.add(new Uint8Array(5000).fill(2));
  const left = outbox.take();
  expect([left.length, left[0], left[5000]]).toEqual([5001, 1, 2]);
  outbox.add(Uint8Array.of(3));
  expect([...outbox.take()]).toEqual([3]);
});
