/**
 * The suites that `npm test` runs, and how each counts what passed and failed. Every suite runs as processes of its
 * own; this file reads only their exit codes and vitest's report. The order, the set-up and the sum are run.js's.
 * Plain JavaScript on Node's own modules: it runs on a fresh clone.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} [note] why it could not run to its end, or ran nothing
 */

/**
 * Takes what a suite prints, as it comes.
 * @typedef {(text: string | Uint8Array) => void} Print
 */

/** The project's top directory. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Milliseconds after which a suite that hangs is ended, so that the sum is always told: thrice what the longest takes. */
const suiteTimeout = 40 * 60_000;

const typescript = join(projectRoot, "node_modules/typescript/bin/tsc");
const biome = join(projectRoot, "node_modules/@biomejs/biome/bin/biome");
const vitest = join(projectRoot, "node_modules/vitest/vitest.mjs");

/**
 * Runs a script with this Node.
 * @param {string[]} parameters the script and its arguments
 * @param {Print} print
 * @returns {Promise<string | undefined>} what went wrong, or nothing
 */
async function runNode(parameters, print) {
  const child = spawn(process.execPath, parameters, {
    cwd: projectRoot,
    stdio: ["inherit", "pipe", "pipe"],
    env: process.stdout.isTTY ? { FORCE_COLOR: "1", ...process.env } : process.env,
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", print);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, suiteTimeout);
  const problem = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  });
  clearTimeout(timer);
  return late ? `still running after ${suiteTimeout / 60_000} minutes` : problem;
}

/**
 * The directories with a tsconfig.json, each checked by itself.
 * @returns {Promise<string[]>}
 */
async function typeScriptProjects() {
  const rooms = await readdir(join(projectRoot, "app"));
  const directories = [...rooms.map((room) => `app/${room}`), "signaling", "tests"];
  return directories.filter((directory) => existsSync(join(projectRoot, directory, "tsconfig.json")));
}

/**
 * @param {Print} print
 * @returns {Promise<Count>} one a tsconfig.json
 */
async function checkTypes(print) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const directory of await typeScriptProjects()) {
    const problem = await runNode([typescript, "-p", directory], print);
    print(`${problem ? "✗" : "✓"} ${directory}\n`);
    count[problem ? "failed" : "passed"] += 1;
  }
  return count;
}

/**
 * @param {Print} print
 * @returns {Promise<Count>} one for linter and formatter together
 */
async function checkLint(print) {
  const colours = process.stdout.isTTY ? [] : ["--colors=off"];
  const problem = await runNode([biome, "ci", "--error-on-warnings", ...colours, "."], print);
  return { passed: problem ? 0 : 1, failed: problem ? 1 : 0, skipped: 0 };
}

/**
 * @typedef {object} Report vitest's JSON report, as far as it is read here
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{status: string, assertionResults: unknown[]}[]} testResults
 */

/**
 * Runs one of vitest's projects. A file that does not load counts as one failure, and so does a run that fails
 * without naming a test.
 * @param {string} suite
 * @param {Print} print
 * @returns {Promise<Count>}
 */
async function runTests(suite, print) {
  const files = await readdir(join(projectRoot, "tests", suite), { recursive: true }).catch(() => []);
  if (!files.some((file) => file.endsWith(".test.ts"))) {
    return { passed: 0, failed: 0, skipped: 0, note: "no tests" };
  }
  const directory = await mkdtemp(join(tmpdir(), "shoal-report-"));
  const path = join(directory, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${path}`];
  const problem = await runNode([vitest, "run", "--project", suite, ...reporters], print);
  /** @type {Report | undefined} */
  const report = await readFile(path, "utf8").then(JSON.parse, () => undefined);
  await rm(directory, { recursive: true, force: true });
  if (!report) return { passed: 0, failed: 1, skipped: 0, note: problem ?? "no report" };
  const notLoaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + notLoaded;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && problem ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    ...(failed === 0 && problem && { note: problem }),
  };
}

/**
 * Every suite by name, in the order they run.
 * @type {Map<string, (print: Print) => Promise<Count>>}
 */
export const suites = new Map([
  ["types", checkTypes],
  ["lint", checkLint],
  ["unit", (print) => runTests("unit", print)],
  ["simulation", (print) => runTests("simulation", print)],
  ["browser", (print) => runTests("browser", print)],
  ["interop", (print) => runTests("interop", print)],
]);

/**
 * Suites that run beside another: both wait for their browsers half of the time, and share nothing.
 * @type {Map<string, string>}
 */
export const besides = new Map([["interop", "browser"]]);

/**
 * Runs a TypeScript file with the terminal's input and output.
 * @param {string[]} parameters options of Node.js, the file, and its arguments
 * @returns {Promise<number>} its exit code
 */
export function runTypeScript(parameters) {
  const child = spawn(process.execPath, ["--import", "tsx", ...parameters], { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
