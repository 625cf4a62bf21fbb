/** The networks that are measured: two hosts, the sender's line and the receiver's. */
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

/** The same line for both. */
function both(words: string, line: Line, rate: number | null = null): Profile {
  return { words, sender: line, receiver: line, rate };
}

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  none: both("no delay", {}),
  rtt20: both("RTT 20 ms", { delay: "5ms" }),
  rtt50: both("RTT 50 ms", { delay: "12500us" }),
  rtt100: both("RTT 100 ms", { delay: "25ms" }),
  loss: {
    words: "RTT 50 ms, 0.5 % loss",
    sender: { delay: "12500us", loss: "0.5" },
    receiver: { delay: "12500us" },
    rate: null,
  },
  fast: both("100/100 mbit, RTT 50 ms", { up: "100mbit", down: "100mbit", delay: "12500us" }, 100e6),
  home: both("20 up/100 down mbit, RTT 40 ms", { up: "20mbit", down: "100mbit", delay: "10ms" }, 20e6),
};
