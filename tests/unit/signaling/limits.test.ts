import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAddressRange, TrustedProxies } from "../../../signaling/client-address.ts";
import { AddressLimits, addressKey, TokenBucket } from "../../../signaling/limits.ts";

test("a token bucket lets a burst pass, then its rate", () => {
  const bucket = new TokenBucket(2, 3, 0);
  const take = (now: number) => (bucket.take(now) ? "yes" : "no");
  expect([take(0), take(0), take(0), take(0)]).toEqual(["yes", "yes", "yes", "no"]);
  expect([take(499), take(500), take(500)]).toEqual(["no", "yes", "no"]);
  expect(bucket.isFull(1000)).toBe(false);
  expect(bucket.isFull(60_000)).toBe(true);
});

test("a token bucket never passes more than burst + rate · time, even when the clock steps back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 400 }), { maxLength: 200 }), (steps) => {
      const bucket = new TokenBucket(5, 4, 0);
      let now = 0;
      let forward = 0;
      let taken = 0;
      for (const step of steps) {
        now += step;
        forward += Math.max(0, step);
        if (bucket.take(now)) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(4 + (forward / 1000) * 5 + 1e-9);
    }),
  );
});

describe("an address", () => {
  const limits = { socketsPerAddress: 2, upgradesPerSecond: 1, upgradeBurst: 3 };

  test("has so many sockets at once, and so many new ones a second", () => {
    const addresses = new AddressLimits(limits);
    const isLetIn = (key: string, now: number) => addresses.enter(key, now) !== null;
    expect([isLetIn("a", 0), isLetIn("a", 0), isLetIn("a", 0)]).toEqual([true, true, false]);
    expect(isLetIn("b", 0)).toBe(true);
    addresses.leave("a");
    expect(isLetIn("a", 0)).toBe(false);
    expect(isLetIn("a", 1000)).toBe(true);
  });

  test("is forgotten once it has left and its bucket is full", () => {
    const addresses = new AddressLimits(limits);
    addresses.enter("a", 0);
    addresses.sweep(60_000);
    expect(addresses.size).toBe(1);
    addresses.leave("a");
    addresses.enter("b", 60_000);
    addresses.leave("b");
    addresses.sweep(60_000);
    expect(addresses.size).toBe(1);
    addresses.sweep(61_000);
    expect(addresses.size).toBe(0);
  });

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"],
    ["", ""],
  ])("%s counts as %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe("proxies", () => {
  const request = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } }) as unknown as Parameters<
      TrustedProxies["clientAddress"]
    >[0];
  const proxies = new TrustedProxies(["10.0.0.0/8", "fd00::/8", "192.0.2.1"]);

  test.each([
    ["nobody in between", "203.0.113.5", undefined, "203.0.113.5"],
    ["a stranger's claim", "203.0.113.5", "10.1.1.1", "203.0.113.5"],
    ["one proxy", "10.0.0.1", "203.0.113.5", "203.0.113.5"],
    ["two proxies", "10.0.0.1", "203.0.113.5, 192.0.2.1", "203.0.113.5"],
    ["a client that invents a past", "10.0.0.1", "8.8.8.8, 203.0.113.5", "203.0.113.5"],
    ["a proxy that says nonsense", "10.0.0.1", "203.0.113.5, unknown", "10.0.0.1"],
    ["a proxy that says nothing", "10.0.0.1", undefined, "10.0.0.1"],
    ["IPv6", "fd00::1", "2001:db8::5", "2001:db8::5"],
    ["IPv4 mapped into IPv6", "::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"],
  ])("%s", (_name, remote, forwarded, client) => {
    expect(proxies.clientAddress(request(remote, forwarded))).toBe(client);
  });

  test.each([
    ["10.0.0.0/8", true],
    ["::1", true],
    ["fd00::/129", false],
    ["10.0.0.0/33", false],
    ["10.0.0.0/8/8", false],
    ["10.0.0.0/", false],
    ["localhost", false],
    ["", false],
  ])("%s is a range: %s", (text, valid) => {
    expect(isAddressRange(text)).toBe(valid);
  });
});
