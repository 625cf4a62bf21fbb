/** The benchmark's command line. */
import { parseArgs } from "node:util";
import { DEFAULT_ROUNDS, DEFAULT_SIZE } from "./constants.ts";

export const parts = ["pair", "hash", "swarm"] as const;
export type Part = (typeof parts)[number];

export interface Options {
  json: boolean;
  rounds: number;
  /** MiB transferred in a round. */
  size: number;
  only: readonly Part[];
  /** MB of the big file, which is then all that is measured; null for the other parts. */
  big: number | null;
}

export const usage = `Usage: npm run bench -- [--only pair|hash|swarm] [--rounds N] [--size MIB] [--json]
       npm run bench -- --big MB [--json]`;

/** @throws Error with the usage when an option is unknown or its value no good */
export function readOptions(words: string[]): Options {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        json: { type: "boolean", default: false },
        rounds: { type: "string", default: String(DEFAULT_ROUNDS) },
        size: { type: "string", default: String(DEFAULT_SIZE) },
        big: { type: "string" },
        only: { type: "string", multiple: true, default: [...parts] },
      },
    });
    return {
      json: values.json,
      rounds: wholeNumber("--rounds", values.rounds),
      size: wholeNumber("--size", values.size),
      only: values.only.map(readPart),
      big: values.big === undefined ? null : wholeNumber("--big", values.big),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new Error(`${name} is “${text}”, but must be a whole number from 1.`);
  return Number(text);
}

function readPart(text: string): Part {
  const part = parts.find((name) => name === text);
  if (!part) throw new Error(`--only is “${text}”, but must be one of ${parts.join(", ")}.`);
  return part;
}
