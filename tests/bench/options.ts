/** The benchmark's command line. */
import { parseArgs } from "node:util";
import type { BrowserKind } from "../support/browsers.ts";
import { DEFAULT_FILES, DEFAULT_ROUNDS, DEFAULT_SIZE } from "./constants.ts";
import { contestants } from "./networks/transfer.ts";
import { type NetworkOptions, networkNames } from "./networks.ts";

export const parts = ["pair", "hash", "swarm", "files"] as const;
/** The parts that are measured unless others are named. Many files take as long as all of these. */
const usualParts = ["pair", "hash", "swarm"];
const browserKinds: readonly BrowserKind[] = ["chromium", "firefox"];
export type Part = (typeof parts)[number];

export interface Options {
  json: boolean;
  rounds: number;
  /** MiB transferred in a round. */
  size: number;
  only: readonly Part[];
  /** Files of the part `files`. */
  files: number;
  /** MB of the big file, which is then all that is measured; null for the other parts. */
  big: number | null;
  /** The networks, which are then all that is measured; null for the other parts. */
  networks: NetworkOptions | null;
}

export const usage = `Usage: npm run bench -- [--only pair|hash|swarm] [--rounds N] [--size MIB] [--json]
       npm run bench -- --only files [--files N] [--json]
       npm run bench -- --big MB [--json]
       npm run bench -- --networks [--profile ${networkNames.join("|")}]
                        [--program ${contestants.join("|")}] [--rounds N] [--json]
                        [--sender chromium|firefox] [--receiver chromium|firefox]
                        [--slower N]   lines with a N-th of their rate, for a computer that carries no more
Of pair, hash, swarm and files, of profiles and of programs several may be named: --only pair,hash`;

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
        only: { type: "string", multiple: true, default: usualParts },
        files: { type: "string", default: String(DEFAULT_FILES) },
        networks: { type: "boolean", default: false },
        profile: { type: "string", multiple: true, default: [...networkNames] },
        sender: { type: "string", default: "chromium" },
        receiver: { type: "string", default: "chromium" },
        slower: { type: "string", default: "1" },
        program: { type: "string", multiple: true, default: [...contestants] },
      },
    });
    const rounds = wholeNumber("--rounds", values.rounds);
    return {
      json: values.json,
      rounds,
      size: wholeNumber("--size", values.size),
      only: listOf("--only", values.only, parts),
      files: wholeNumber("--files", values.files),
      big: values.big === undefined ? null : wholeNumber("--big", values.big),
      networks: values.networks
        ? {
            profiles: listOf("--profile", values.profile, networkNames),
            contestants: listOf("--program", values.program, contestants),
            browsers: {
              sender: oneOf("--sender", values.sender, browserKinds),
              receiver: oneOf("--receiver", values.receiver, browserKinds),
            },
            rounds,
            slower: wholeNumber("--slower", values.slower),
          }
        : null,
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

function oneOf<T extends string>(option: string, word: string, names: readonly T[]): T {
  const found = names.find((name) => name === word);
  if (found === undefined)
    throw new Error(`${option} names “${word}”, but there are only ${names.join(", ")}.`);
  return found;
}

/** Names, an option each or with commas between them. */
function listOf<T extends string>(option: string, texts: readonly string[], names: readonly T[]): T[] {
  return texts.flatMap((text) => text.split(",")).map((word) => oneOf(option, word, names));
}
