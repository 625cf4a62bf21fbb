import { afterEach, expect, it, vi } from "vitest";
import { Log } from "../../../app/worker/log.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("an entry goes to the console's level of its own, with time and epoch", () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 2, 12) });
  const [info, warn] = [vi.spyOn(console, "info"), vi.spyOn(console, "warn")].map((spy) =>
    spy.mockReturnValue(),
  );
  const log = new Log("1b9d6bcd-bbfd-4b2d");
  log.write("link-mending", { link: 3 });
  log.write("share-damaged", { reason: "trackers" });
  const head = "2026-01-02T12:00:00.000Z";
  expect(info!.mock.calls).toEqual([[`${head} [connection] link-mending link=3 epoch=1b9d6bcd`]]);
  expect(warn!.mock.calls).toEqual([[`${head} [storage] share-damaged reason=trackers epoch=1b9d6bcd`]]);
});

it("an entry for debugging does not go to the console", () => {
  const debug = vi.spyOn(console, "debug").mockReturnValue();
  new Log("epoch").write("link-given-up", { link: 3, reason: "idle" });
  expect(debug).not.toHaveBeenCalled();
});
