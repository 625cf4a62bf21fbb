/**
 * A host with a second line, as a phone that has Wi-Fi and mobile: another interface, with another address. Keeps
 * nothing; whoever changes lines knows which one is in use.
 */
import { execFileSync } from "node:child_process";
import type { Network } from "./network.ts";

/** The interface of a host's own line, and of its second one. */
export type Interface = "wan0" | "wan1";

function run(network: Network, host: number, ...words: string[]): void {
  const [command, ...before] = network.inHost(host);
  execFileSync(command, [...before, "ip", ...words]);
}

/** Gives `host` the line and the address of `spare`, a host of the network that nothing runs in. It is down at first. */
export function addSecondLine(network: Network, host: number, spare: number): void {
  run(network, spare, "link", "set", "wan0", "down");
  run(network, spare, "link", "set", "wan0", "name", "wan1", "netns", `host${host}`);
  run(network, host, "addr", "add", `10.99.0.${spare}/24`, "dev", "wan1");
}

export function switchOn(network: Network, host: number, line: Interface): void {
  run(network, host, "link", "set", line, "up");
  run(network, host, "route", "add", "default", "dev", line, "metric", line === "wan0" ? "1" : "2");
}

export function switchOff(network: Network, host: number, line: Interface): void {
  run(network, host, "addr", "flush", "dev", line);
  run(network, host, "link", "set", line, "down");
}
