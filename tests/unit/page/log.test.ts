import { afterEach, expect, it, vi } from "vitest";
import { logLine } from "../../../app/bridge/log-line.ts";
import { logEntry } from "../../../app/engine/log.ts";
import { beginEpoch, errorKind, log } from "../../../app/page/log.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("an entry goes to the console in the worker's shape, with the epoch that has begun", () => {
  const now = Date.UTC(2026, 0, 2, 12);
  vi.useFakeTimers({ now });
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  beginEpoch("1b9d6bcd-bbfd-4b2d");
  log("update-failed", { error: "TypeError: gone" });
  const entry = logEntry("update-failed", { error: "TypeError: gone" }, now, "1b9d6bcd-bbfd-4b2d");
  expect(warn.mock.calls).toEqual([[logLine(entry)]]);
});

it("an error's kind holds nothing of its message, which may quote addresses", () => {
  const said = "Failed to parse a=candidate:1 1 udp 1 192.0.2.1 9 typ host";
  const coded = Object.assign(new Error(said), { code: "ERR_SET_REMOTE_DESCRIPTION" });
  expect([new DOMException(said, "OperationError"), new TypeError(said), coded, said].map(errorKind)).toEqual(
    ["OperationError", "TypeError", "ERR_SET_REMOTE_DESCRIPTION", "string"],
  );
});
