/** The soak's command line. */
import { parseArgs } from "node:util";
import { type BrowserKind, browserKinds } from "../support/browsers.ts";
import type { SoakPart } from "./part.ts";

export interface SoakOptions {
  readonly list: boolean;
  readonly json: boolean;
  readonly seed: number;
  /** In place of each part's own; null for those. */
  readonly times: number | null;
  readonly parts: readonly SoakPart[];
  readonly kinds: readonly BrowserKind[];
}

function usage(parts: readonly SoakPart[]): string {
  return `Usage: npm run soak -- [--only ${parts.map(({ name }) => name).join("|")}]
                       [--browser ${browserKinds.join("|")}] [--times N] [--seed N] [--json]
       npm run soak -- --list
Several may be named with commas: --only ${parts
    .slice(0, 2)
    .map(({ name }) => name)
    .join(",")}`;
}

/** @throws Error with the usage when an option is unknown or its value no good */
export function readOptions(words: string[], all: readonly SoakPart[]): SoakOptions {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        list: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        seed: { type: "string" },
        times: { type: "string" },
        only: { type: "string", multiple: true },
        browser: { type: "string", multiple: true },
      },
    });
    const names = values.only ?? all.map(({ name }) => name);
    return {
      list: values.list,
      json: values.json,
      seed: values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber("--seed", values.seed),
      times: values.times === undefined ? null : wholeNumber("--times", values.times),
      parts: listOf("--only", names, all, ({ name }) => name),
      kinds: listOf("--browser", values.browser ?? browserKinds, browserKinds, (kind) => kind),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${usage(all)}`);
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`${option} is “${text}”, but must be a whole number from 1.`);
  return Number(text);
}

/** The names that are given, an option each or with commas between them, in the order of `all`. */
function listOf<T>(
  option: string,
  texts: readonly string[],
  all: readonly T[],
  nameOf: (each: T) => string,
): T[] {
  const words = texts.flatMap((text) => text.split(","));
  const names = all.map(nameOf);
  for (const word of words)
    if (!names.includes(word))
      throw new Error(`${option} names “${word}”, but there are only ${names.join(", ")}.`);
  return all.filter((each) => words.includes(nameOf(each)));
}
