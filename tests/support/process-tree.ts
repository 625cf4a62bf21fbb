/** All processes of a program: a browser has many. Linux. */
import { readdirSync, readFileSync } from "node:fs";

/** Parent of each process that exists now. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The program's name, in brackets, may hold anything; state and parent follow the last bracket.
      const fields = readFileSync(`/proc/${name}/stat`, "latin1").split(") ").at(-1)!.split(" ");
      found.set(Number(name), Number(fields[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/** A process and everything that it started, itself first. */
export function processTree(root: number): number[] {
  const parentOf = parents();
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = parentOf.get(at))
      if (at === root) return true;
    return false;
  };
  return [root, ...[...parentOf.keys()].filter((each) => each !== root && isBelow(each))];
}

/** Sends a signal to a process and everything that it started, itself first; answers which these were. */
export function signalTree(root: number, signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): number[] {
  const pids = processTree(root);
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
  return pids;
}

/** Whether a process is there. One that ended holds nothing any more, though its parent has not looked yet. */
export function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)!.startsWith("Z");
  } catch {
    return false;
  }
}
