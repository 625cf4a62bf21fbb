/**
 * `npm run soak`: what must hold however often and whenever it happens, in real browsers, for minutes. Each part
 * is told in its own file (parts.ts). Prints what was seen beside what it had to be, and exits with 1 when
 * something did not hold. The seed is printed, and `--seed` draws the same moments again. Results go to standard
 * output, as a table or one JSON object; progress to standard error.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { formatTable } from "../bench/table.ts";
import type { BrowserKind } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/server.ts";
import { readOptions, type SoakOptions } from "./options.ts";
import type { Check, SoakPart } from "./part.ts";
import { parts } from "./parts.ts";

interface Result {
  readonly part: string;
  readonly browser: BrowserKind;
  readonly times: number;
  readonly seconds: number;
  readonly checks: readonly Check[];
  /** Why it could not run to its end; null when it did. */
  readonly failure: string | null;
}

function say(line: string): void {
  console.error(line);
}

/** The dice of one part in one browser, whatever else runs. */
function diceOf(seed: number, part: SoakPart, kind: BrowserKind): Random {
  const number = [...`${part.name} ${kind}`].reduce(
    (sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0,
    0,
  );
  return new Random(seed).child(number);
}

async function runPart(
  part: SoakPart,
  kind: BrowserKind,
  { seed, times: asked }: SoakOptions,
  temporary: TemporaryDirectory,
): Promise<Result> {
  const times = asked ?? part.times;
  const name = `${part.name}, ${kind}`;
  const directory = join(temporary.path, `${part.name}-${kind}`);
  const start = performance.now();
  say(`${name}: ${part.sentence} ${times} times, seed ${seed}`);
  await mkdir(directory);
  const server = await startServer();
  let checks: readonly Check[] = [];
  let failure: string | null = null;
  try {
    const random = diceOf(seed, part, kind);
    checks = await part.run({
      ...{ kind, times, random, server, directory },
      say: (line) => say(`${name}: ${line}`),
    });
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    say(`${name}: ${failure}`);
  } finally {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { part: part.name, browser: kind, times, seconds, checks, failure };
}

async function soak(options: SoakOptions): Promise<Result[]> {
  const temporary = await temporaryDirectory("soak");
  const results: Result[] = [];
  try {
    for (const part of options.parts)
      for (const kind of options.kinds)
        if (part.browsers.includes(kind)) results.push(await runPart(part, kind, options, temporary));
  } finally {
    await temporary.remove();
  }
  return results;
}

function asTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ part, browser, times, seconds, checks, failure }) => {
    const head = [`${part}, ${browser}`, String(times), seconds.toFixed(1)];
    if (failure !== null) return [[...head, "ran to its end", "no", "yes", "FAILED"]];
    return checks.map(({ what, seen, wanted, held }, at) => [
      ...(at === 0 ? head : ["", "", ""]),
      ...[what, String(seen), wanted, held ? "held" : "FAILED"],
    ]);
  });
  return formatTable([["part", "times", "seconds", "figure", "seen", "wanted", ""], ...rows]);
}

// Through process.exit, so that what is to end and to be removed at exit is.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

try {
  const options = readOptions(process.argv.slice(2), parts);
  if (options.list) {
    for (const { name, sentence, times } of parts)
      console.log(`${name.padEnd(18)} ${sentence} (${times} times)`);
  } else {
    const results = await soak(options);
    const failed = results.filter(
      ({ checks, failure }) => failure !== null || checks.some(({ held }) => !held),
    );
    for (const { part, browser, times } of failed)
      say(
        `${part} failed. To replay: npm run soak -- --only ${part} --browser ${browser} --times ${times} --seed ${options.seed}`,
      );
    if (failed.length > 0 || results.length === 0) process.exitCode = 1;
    const { seed } = options;
    console.log(
      options.json ? JSON.stringify({ seed, results }, null, 2) : `\nseed ${seed}\n${asTable(results)}`,
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
