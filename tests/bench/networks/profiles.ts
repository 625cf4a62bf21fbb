/**
 * The networks that are measured: two hosts, the sender's line and the receiver's. Lines that have a rate may be made
 * slower, where the computer cannot carry them: what is measured then is the line and not the computer.
 */
import type { Line } from "../../support/networks/network.ts";

export const profileNames = ["none", "rtt20", "rtt50", "rtt100", "loss", "fast", "home"] as const;
export type ProfileName = (typeof profileNames)[number];

export interface Profile {
  /** As a person would say it. */
  readonly words: string;
  readonly sender: Line;
  readonly receiver: Line;
  /** Bits a second of the narrowest link on the way; null where nothing but the computer bounds them. */
  readonly rate: number | null;
}

/** The same line for both. `delay`: microseconds from one to the middle, a quarter of the round trip. */
function both(words: string, delay: number, rates: { up: number; down: number } | null = null): Profile {
  const line = {
    delay: `${delay}us`,
    ...(rates && { up: `${rates.up / 1000}kbit`, down: `${rates.down / 1000}kbit` }),
  };
  return { words, sender: line, receiver: line, rate: rates?.up ?? null };
}

/** `slower`: by how much the lines that have a rate are. */
export function profileOf(name: ProfileName, slower: number): Profile {
  switch (name) {
    case "none":
      return both("no delay", 0);
    case "rtt20":
      return both("RTT 20 ms", 5_000);
    case "rtt50":
      return both("RTT 50 ms", 12_500);
    case "rtt100":
      return both("RTT 100 ms", 25_000);
    case "loss": {
      const { words, sender, receiver, rate } = both("RTT 50 ms, 0.5 % loss", 12_500);
      return { words, sender: { ...sender, loss: "0.5" }, receiver, rate };
    }
    case "fast":
      return both(`${mbit(100 / slower)} both ways, RTT 50 ms`, 12_500, {
        up: 100e6 / slower,
        down: 100e6 / slower,
      });
    case "home":
      return both(`${mbit(20 / slower)} up, ${mbit(100 / slower)} down, RTT 40 ms`, 10_000, {
        up: 20e6 / slower,
        down: 100e6 / slower,
      });
  }
}

function mbit(rate: number): string {
  return `${Number(rate.toFixed(1))} mbit`;
}
