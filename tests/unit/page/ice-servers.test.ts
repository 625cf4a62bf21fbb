import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ICE_SERVERS_LIFETIME, ICE_SERVERS_RETRY } from "../../../app/page/constants.ts";
import { IceServers } from "../../../app/page/ice-servers.ts";

describe("ICE servers", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, "warn").mockImplementation(() => {});
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("are fetched once for many connections, and again when their credentials have aged", async () => {
    let fetched = 0;
    const servers = new IceServers(async () => [{ urls: `stun:${++fetched}` }]);
    expect(await Promise.all([servers.get(), servers.get()])).toEqual([
      [{ urls: "stun:1" }],
      [{ urls: "stun:1" }],
    ]);
    vi.advanceTimersByTime(ICE_SERVERS_LIFETIME - 1);
    expect(await servers.get()).toEqual([{ urls: "stun:1" }]);
    vi.advanceTimersByTime(1);
    expect(await servers.get()).toEqual([{ urls: "stun:2" }]);
  });

  it("are none while the server cannot be reached, and asked for again later", async () => {
    let reachable = false;
    const servers = new IceServers(async () => {
      if (!reachable) throw new TypeError("Failed to fetch");
      return [{ urls: "stun:back" }];
    });
    expect(await servers.get()).toEqual([]);
    reachable = true;
    expect(await servers.get()).toEqual([]);
    vi.advanceTimersByTime(ICE_SERVERS_RETRY);
    expect(await servers.get()).toEqual([{ urls: "stun:back" }]);
  });
});
