/** The worker's log gives each entry its time and the worker's epoch, and writes it to the console. */

import { logLine } from "../bridge/log-line.ts";
import { type LogCode, type LogData, logEntry } from "../engine/log.ts";

export class Log {
  readonly #epoch: string;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  /** Leaves out entries for debugging: the engine makes many, and the console keeps each. */
  write<Code extends LogCode>(code: Code, data: LogData[Code]): void {
    const entry = logEntry(code, data, Date.now(), this.#epoch);
    if (entry.level !== "debug") console[entry.level](logLine(entry));
  }
}
