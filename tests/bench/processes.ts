/**
 * What a Chromium's processes use while something runs: processor time of all of them, and the memory of its
 * renderers, sampled from /proc (Linux). A renderer is the process of a tab, its workers included; of several the
 * largest counts, the others being empty tabs.
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

function larger(a: Memory, b: Memory): Memory {
  return {
    resident: Math.max(a.resident, b.resident),
    anonymous: Math.max(a.anonymous, b.anonymous),
  };
}

async function listProcesses({ browser }: TestBrowser) {
  const session = await browser.target().createCDPSession();
  try {
    return (await session.send("SystemInfo.getProcessInfo")).processInfo;
  } finally {
    await session.detach();
  }
}

/** Seconds of processor time that all processes of the browser have used so far. */
export async function processorTime(browser: TestBrowser): Promise<number> {
  return (await listProcesses(browser)).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
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
  const renderers = (await listProcesses(browser)).filter(({ type }) => type === "renderer");
  let peak: Memory = { resident: 0, anonymous: 0 };
  const sample = async () => {
    const samples = await Promise.all(renderers.map(({ id }) => readMemory(id)));
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
