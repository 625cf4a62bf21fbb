/** A thread of a run besides the first. */
import { parentPort, workerData } from "node:worker_threads";
import { SCENARIOS } from "./scenarios.ts";
import { type PartTask, runPart } from "./threads.ts";

const task = workerData as PartTask;
const scenario = SCENARIOS.find(({ name }) => name === task.scenario);
if (scenario === undefined) throw new Error(`There is no scenario ${task.scenario}.`);
// All is loaded: the first thread may begin, and wait.
parentPort!.postMessage(null);
runPart(scenario, task);
