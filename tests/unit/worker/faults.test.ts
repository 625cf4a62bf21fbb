/** The faults of a node: the one that hinders the most is told, and each goes when it is over. */
import { expect, it } from "vitest";
import { type ErrorCode, ShoalError } from "../../../app/engine/errors.ts";
import { Faults } from "../../../app/worker/faults.ts";

it("tells the one that hinders the most, and the next one when that is over", () => {
  const told: (ErrorCode | null)[] = [];
  const faults = new Faults((fault) => told.push(fault?.code ?? null));
  faults.begin("webrtc", new ShoalError("connection/webrtc-unavailable"));
  faults.begin("records", new ShoalError("storage/full"));
  faults.begin("damage", new ShoalError("storage/damaged"));
  faults.begin("database", new ShoalError("storage/closed"));
  faults.end("statistics");
  faults.end("database");
  faults.end("records");
  faults.end("webrtc");
  faults.end("damage");
  expect(told).toEqual([
    "connection/webrtc-unavailable",
    ...["storage/full", "storage/full", "storage/closed"],
    ...["storage/full", "connection/webrtc-unavailable", "storage/damaged", null],
  ]);
});
