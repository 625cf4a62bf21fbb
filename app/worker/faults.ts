/**
 * The faults are the errors that concern the whole node, each by what it concerns. A fault ends when that is over. The
 * tabs are told one at a time: the one that hinders the most.
 */

import type { ShoalError } from "../engine/errors.ts";

/** The parts that can be at fault, the one that hinders the most first. */
const subjects = [
  /** The database cannot be opened, or is closed. */
  "database",
  /** Records or deletions could not be written. */
  "records",
  /** Statistics could not be written. */
  "statistics",
  /** The browser makes no connections. */
  "webrtc",
  /** A kept share could not be taken up. */
  "damage",
  /** An exception that nothing caught. */
  "exception",
] as const;

export type FaultSubject = (typeof subjects)[number];

export class Faults {
  readonly #tell: (fault: ShoalError | null) => void;
  readonly #faults: Map<FaultSubject, ShoalError>;

  /** `tell`: told the fault that hinders the most, or null, whenever one begins or ends. */
  constructor(tell: (fault: ShoalError | null) => void) {
    this.#tell = tell;
    this.#faults = new Map();
  }

  begin(subject: FaultSubject, error: ShoalError): void {
    this.#faults.set(subject, error);
    this.#tellWorst();
  }

  end(subject: FaultSubject): void {
    if (this.#faults.delete(subject)) this.#tellWorst();
  }

  #tellWorst(): void {
    const worst = subjects.find((subject) => this.#faults.has(subject));
    this.#tell((worst && this.#faults.get(worst)) ?? null);
  }
}
