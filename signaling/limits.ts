/**
 * Limits bound how much each client may do. A token bucket bounds a rate, and address limits bound the sockets and the
 * upgrades of each address, and count the swarms that its sockets are in. Example: a bucket with a rate of 10 and a
 * burst of 30 lets 30 upgrades pass at once, and then 10 a second. An address is kept as long as it has sockets or its bucket is not full.
 *
 * Limits know no sockets and have no clock: `now` is in milliseconds, from any fixed start.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { Limits } from "./constants.ts";

/** Lets `rate` things a second pass, `burst` at once. */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: number;

  /** `rate` in tokens a second. Starts full. */
  constructor(rate: number, burst: number, now: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAt = now;
  }

  /** Takes one token; false when there is none. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#burst;
  }

  #fill(now: number): void {
    const seconds = Math.max(0, now - this.#filledAt) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + seconds * this.#rate);
    this.#filledAt = now;
  }
}

/** One address, as its sockets count in it. */
export interface Address {
  /** Swarms that its sockets are in, each counted as often as there are sockets in it. */
  swarms: number;
}

interface KnownAddress extends Address {
  sockets: number;
  readonly upgrades: TokenBucket;
}

type AddressLimitNames = "socketsPerAddress" | "upgradesPerSecond" | "upgradeBurst";

export class AddressLimits {
  readonly #limits: Pick<Limits, AddressLimitNames>;
  readonly #addresses: Map<string, KnownAddress>;

  constructor(limits: Pick<Limits, AddressLimitNames>) {
    this.#limits = limits;
    this.#addresses = new Map();
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#addresses.size;
  }

  /**
   * Counts a new socket of this address key, and returns the address; null refuses it. Everybody who is let in must
   * `leave` once.
   */
  enter(key: string, now: number): Address | null {
    let address = this.#addresses.get(key);
    if (address === undefined) {
      const { upgradesPerSecond, upgradeBurst } = this.#limits;
      address = { sockets: 0, swarms: 0, upgrades: new TokenBucket(upgradesPerSecond, upgradeBurst, now) };
      this.#addresses.set(key, address);
    }
    if (!address.upgrades.take(now) || address.sockets >= this.#limits.socketsPerAddress) return null;
    address.sockets += 1;
    return address;
  }

  leave(key: string): void {
    const address = this.#addresses.get(key);
    if (address !== undefined) address.sockets -= 1;
  }

  /** Forgets addresses that have no sockets and whose bucket is full again. */
  sweep(now: number): void {
    for (const [key, address] of this.#addresses) {
      if (address.sockets === 0 && address.upgrades.isFull(now)) this.#addresses.delete(key);
    }
  }
}

/**
 * The key of what counts as one address: an IPv4 address (also when mapped into IPv6), or the first 64 bits of an IPv6
 * one, which is what one household or host is given. Anything else stands for itself.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const plain = address.split("%")[0] ?? "";
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const tailGroups = tail === "" ? [] : tail.split(":");
    // An IPv4 address written at the end stands for two groups.
    const tailLength = tailGroups.length + (tail.includes(".") ? 1 : 0);
    while (groups.length + tailLength < 8) groups.push("0");
    groups.push(...tailGroups);
  }
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(":")}::/64`;
}
