/**
 * The client address of an HTTP request is the address that it comes from, even if proxies stand in between. Only
 * proxies that the operator named by CIDR are believed. Text that others write into `X-Forwarded-For` is ignored.
 * Example: 10.0.0.0/8 is trusted, and 10.0.0.1 connects with `X-Forwarded-For: 192.0.2.1, 203.0.113.7`. The client
 * address is 203.0.113.7, and 192.0.2.1 is only what that client wrote.
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** A range in CIDR notation, or one address. */
export function isAddressRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  if (isIP(address) === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128);
}

export class TrustedProxies {
  readonly #ranges: BlockList;

  /** Every range must pass `isAddressRange`. */
  constructor(ranges: readonly string[]) {
    this.#ranges = new BlockList();
    for (const range of ranges) {
      const [address = "", bits] = range.split("/");
      const family = isIPv4(address) ? "ipv4" : "ipv6";
      this.#ranges.addSubnet(address, Number(bits ?? (family === "ipv4" ? 32 : 128)), family);
    }
  }

  includes(address: string): boolean {
    if (isIPv4(address)) return this.#ranges.check(address, "ipv4");
    return isIPv6(address) && this.#ranges.check(address, "ipv6");
  }

  /** The nearest address on the request's way that is not a trusted proxy. */
  clientAddress(request: IncomingMessage): string {
    let address = request.socket.remoteAddress ?? "";
    const forwarded = [request.headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
    while (this.includes(address)) {
      const before = forwarded.pop()?.trim();
      if (before === undefined || isIP(before) === 0) break;
      address = before;
    }
    return address;
  }
}
