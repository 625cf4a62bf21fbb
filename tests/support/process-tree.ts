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

/** Sends a signal to a process and everything that it started, itself first. */
export function signalTree(root: number, signal: "SIGSTOP" | "SIGCONT"): void {
  const parentOf = parents();
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = parentOf.get(at))
      if (at === root) return true;
    return false;
  };
  for (const pid of [root, ...[...parentOf.keys()].filter((each) => each !== root && isBelow(each))]) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
}
