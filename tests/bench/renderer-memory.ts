/**
 * The memory of a Chromium's renderers while something runs, sampled from /proc (Linux). A renderer is the process
 * of a tab, its workers included; of several the largest counts, the others being empty tabs.
 */
import { readFile } from "node:fs/promises";
import type { TestBrowser } from "../support/browsers.ts";
import { MEMORY_INTERVAL } from "./constants.ts";

export interface Memory {
  /** VmRSS in bytes: everything resident, code and shared memory included. */
  resident: number;
  /** RssAnon in bytes: what the process allocated for itself. */
  anonymous: number;
}

const none: Memory = { resident: 0, anonymous: 0 };

function larger(a: Memory, b: Memory): Memory {
  return {
    resident: Math.max(a.resident, b.resident),
    anonymous: Math.max(a.anonymous, b.anonymous),
  };
}

async function rendererPids({ browser }: TestBrowser): Promise<number[]> {
  const session = await browser.target().createCDPSession();
  try {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  } finally {
    await session.detach();
  }
}

/** Nought for a process that has ended. */
async function readMemory(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const field = (name: string) =>
    Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))?.[1] ?? 0) * 1024;
  return { resident: field("VmRSS"), anonymous: field("RssAnon") };
}

/** Starts sampling; the function returned stops it and resolves to the peaks. */
export async function watchMemory(browser: TestBrowser): Promise<() => Promise<Memory>> {
  const pids = await rendererPids(browser);
  let peak = none;
  const sample = async () => {
    const samples = await Promise.all(pids.map(readMemory));
    peak = samples.reduce(larger, peak);
  };
  await sample();
  const timer = setInterval(() => void sample(), MEMORY_INTERVAL);
  return async () => {
    clearInterval(timer);
    await sample();
    return peak;
  };
}
