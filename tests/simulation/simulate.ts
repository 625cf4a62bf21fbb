/**
 * Simulates swarms of real engines in virtual time and tells how good they were.
 *
 *   npm run simulate -- --list
 *   npm run simulate -- --scenario equal,mixed --peers 1000 --seed 7 --json
 *   npm run simulate -- --scenario equal --baseline
 *   npm run simulate -- --scenario equal,mixed --peers 1000 --check     fails when a target is missed
 *   npm run simulate -- --scenario hostile --peers 20 --pieces 100 --watch     invariants after every input
 *   npm run simulate -- --scenario equal --peers 1000 --threads 1
 *   npm run simulate -- --idle
 *   npm run simulate -- --line home         one download on one line, packet by packet
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type ComparisonPolicy, DEFAULT_POLICY } from "../../app/engine/swarm/peers/comparison-policy.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { measureIdle } from "./idle.ts";
import { watch } from "./invariants.ts";
import { showLine } from "./line/show.ts";
import { picture, table } from "./report.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunReport } from "./run-report.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { Simulation } from "./simulation.ts";
import { type Verdict, verdictsOf } from "./targets.ts";
import { runInThreads } from "./threads.ts";

const { values } = parseArgs({
  options: {
    list: { type: "boolean", default: false },
    scenario: { type: "string" },
    peers: { type: "string", default: "100" },
    pieces: { type: "string", default: "1000" },
    "piece-length": { type: "string", default: "65536" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    baseline: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    watch: { type: "boolean", default: false },
    threads: { type: "string" },
    idle: { type: "boolean", default: false },
    line: { type: "string" },
  },
});

/** A thread takes a second to start. */
const PEERS_A_THREAD = 50;

/** What --baseline compares with: pieces from the first to the last, everyone served. */
const NAIVE: ComparisonPolicy = { ...DEFAULT_POLICY, picking: "sequential", choking: "none" };

function chosen(): Scenario[] {
  if (values.scenario === undefined) return [...SCENARIOS];
  return values.scenario.split(",").map((name) => {
    const scenario = SCENARIOS.find((each) => each.name === name);
    if (scenario === undefined)
      throw new Error(`There is no scenario ${name}; --list tells which there are.`);
    return scenario;
  });
}

function count(name: "peers" | "pieces" | "piece-length" | "seed" | "threads"): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a whole number above 0.`);
  return value;
}

/** Threads that a run of so many peers is worth starting, and that the machine has. */
function threadCount(peers: number): number {
  if (values.threads !== undefined) return count("threads");
  return Math.max(1, Math.min(availableParallelism(), Math.floor(peers / PEERS_A_THREAD)));
}

async function runOf(scenario: Scenario, options: RunOptions): Promise<RunReport> {
  if (!values.watch) return runInThreads(scenario, options, threadCount(options.peers));
  // What holds between hosts is seen where all of them are.
  const simulation = new Simulation(scenario, options);
  watch(simulation);
  simulation.run();
  return simulation.report();
}

async function simulate(scenario: Scenario, options: RunOptions): Promise<[RunReport, Figures]> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const report = await runOf(scenario, options);
  const wallSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return [report, figuresOf(report, { wallSeconds, cpuSeconds: (user + system) / 1e6 })];
}

interface Result extends Figures {
  readonly targets: readonly Verdict[];
  /** Of naive engines in the same world, with --baseline. */
  readonly baseline?: Figures;
}

/** One scenario's figures, and whether they are as its targets want them. */
async function run(scenario: Scenario, options: RunOptions): Promise<Result> {
  const [report, figures] = await simulate(scenario, options);
  const baseline = values.baseline ? (await simulate(scenario, { ...options, policy: NAIVE }))[1] : null;
  if (!values.json) {
    console.log(`\n${scenario.name}: ${scenario.sentence}`);
    console.log(`${picture(report)}\n${table(figures, scenario, baseline)}`);
  }
  const targets = verdictsOf(figures, scenario);
  const missed = targets.filter(({ met }) => !met).map(({ figure }) => figure);
  if (figures.completed < figures.expected) fail("Not everyone became complete", scenario, options);
  if (missed.length > 0 && values.check) fail(`Missed: ${missed.join(", ")}`, scenario, options);
  return { ...figures, targets, ...(baseline === null ? {} : { baseline }) };
}

/** The process fails; why is said on standard error, so that --json stays what it is. */
function fail(problem: string, { name }: Scenario, options: RunOptions): void {
  const { peers, pieces, pieceLength, seed } = options;
  console.error(
    `  ${problem}. To replay: npm run simulate -- --scenario ${name} --peers ${peers} --pieces ${pieces} ` +
      `--piece-length ${pieceLength} --seed ${seed}`,
  );
  process.exitCode = 1;
}

if (values.list) {
  for (const { name, sentence } of SCENARIOS) console.log(`${name.padEnd(18)} ${sentence}`);
} else if (values.line !== undefined) {
  showLine(values.line, count("seed"), values.json);
} else if (values.idle) {
  const { peers, pieces, megabytes, corePercent, messagesPerPeer } = measureIdle();
  console.log(
    `${peers} peers on ${pieces} pieces, nothing moves: ${megabytes.toFixed(1)} MB, ` +
      `${corePercent.toFixed(2)} % of a core, ${messagesPerPeer.toFixed(1)} messages a minute to each`,
  );
} else {
  const options: RunOptions = {
    seed: count("seed"),
    peers: count("peers"),
    pieces: count("pieces"),
    pieceLength: count("piece-length"),
  };
  const all = [];
  for (const scenario of chosen()) all.push(await run(scenario, options));
  if (values.json) console.log(JSON.stringify(all, null, 2));
}
