/**
 * Runs Shoal's checks, on a fresh clone too: dependencies, builds and system packages come first, then one suite
 * after another (two of them side by side), then a table and, alone on the last line, how many passed and failed.
 *
 *   node tests/run.js                         everything
 *   node tests/run.js types lint unit         these suites only
 *   node tests/run.js --script FILE ARGS…     a TypeScript file in place of the suites; its exit code is kept.
 *                                             Node.js's own options go before it
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ensureBuild, ensureDependencies } from "../signaling/setup.js";
import { besides, runTypeScript, suites } from "./support/suites.js";
import { ensureSystemPackages } from "./support/system-packages.js";

/** @typedef {import("./support/suites.js").Count} Count */
/** @typedef {import("./support/suites.js").Print} Print */
/** @typedef {Count & {seconds: number}} Result */

/** These read sources only. */
const withoutBuild = ["types", "lint"];

/** Gets everything ready that a script or a suite may need. */
async function setUp() {
  await ensureDependencies(console.log);
  ensureSystemPackages(console.log);
  await ensureBuild(console.log);
}

/**
 * Runs the set-up and tells what kept it from its end.
 * @param {boolean} everything whether more than the dependencies is needed
 * @returns {Promise<string | undefined>}
 */
async function trySetUp(everything) {
  try {
    await (everything ? setUp() : ensureDependencies(console.log));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * @param {string[]} names
 * @returns {Promise<Map<string, Result>>} what each suite counted
 */
async function runSuites(names) {
  const problem = await trySetUp(names.some((name) => !withoutBuild.includes(name)));
  if (problem) console.error(problem);
  /** @param {string} name @param {Print} print @returns {Promise<Result>} */
  const runOne = async (name, print) => {
    const run = suites.get(name);
    const start = performance.now();
    const blocked = problem && !withoutBuild.includes(name);
    const count =
      run && !blocked
        ? await run(print).catch((error) => ({ passed: 0, failed: 1, skipped: 0, note: String(error) }))
        : { passed: 0, failed: 1, skipped: 0, note: `not started: ${problem}` };
    return { ...count, seconds: (performance.now() - start) / 1000 };
  };
  const results = new Map();
  const isBeside = (/** @type {string} */ name) => names.includes(besides.get(name) ?? "");
  for (const name of names.filter((each) => !isBeside(each))) {
    // The output of the one that runs beside is kept until the other has ended.
    const beside = names
      .filter((each) => besides.get(each) === name)
      .map((each) => {
        /** @type {(string | Uint8Array)[]} */
        const kept = [];
        return { name: each, kept, result: runOne(each, (text) => kept.push(text)) };
      });
    console.log(`\n── ${name}`);
    results.set(name, await runOne(name, (text) => process.stdout.write(text)));
    for (const { name: other, kept, result } of beside) {
      results.set(other, await result);
      console.log(`\n── ${other}, beside it`);
      for (const text of kept) process.stdout.write(text);
    }
  }
  return results;
}

/** @param {Map<string, Result>} results */
function printTable(results) {
  const row = (/** @type {string[]} */ [name = "", ...cells]) =>
    name.padEnd(12) + cells.map((cell) => cell.padStart(9)).join("");
  console.log(`\n${row(["suite", "passed", "failed", "skipped", "seconds"])}`);
  for (const [name, { passed, failed, skipped, seconds, note }] of results) {
    const cells = [passed, failed, skipped].map(String);
    console.log(`${row([name, ...cells, seconds.toFixed(1)])}${note ? `  ${note}` : ""}`);
  }
}

/** @param {string[]} names */
async function test(names) {
  const unknown = names.filter((name) => !suites.has(name));
  if (unknown.length > 0) {
    throw new Error(`There is no suite ${unknown.join(", ")}; there are ${[...suites.keys()].join(", ")}.`);
  }
  const results = await runSuites(names.length > 0 ? names : [...suites.keys()]);
  printTable(results);
  const sum = (/** @type {"passed" | "failed" | "skipped"} */ key) =>
    [...results.values()].reduce((total, count) => total + count[key], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/**
 * The set-up talks on standard error here, so that standard output is the script's alone.
 * @param {string[]} parameters
 */
async function script(parameters) {
  const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--set-up"], {
    stdio: ["inherit", 2, 2],
  });
  process.exitCode = status === 0 ? await runTypeScript(parameters) : 1;
}

const [first, ...rest] = process.argv.slice(2);
const work =
  first === "--script" ? script(rest) : first === "--set-up" ? setUp() : test(process.argv.slice(2));
work.catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
