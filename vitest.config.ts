import { defineConfig } from "vitest/config";

/** Milliseconds for a test or a hook, on a machine with two cores that does other things as well. */
const quick = 20_000;
const thorough = 120_000;

interface SuiteOptions {
  timeout: number;
  /** One file at a time: each drives browsers, or listens for what another might send. */
  oneByOne?: boolean;
  /** Files in one process share the modules that they import, where none keeps state: saves a third of the time. */
  sharedModules?: boolean;
}

/** Each suite is a project; tests/run.js runs them and adds up what they counted. */
const suite = (name: string, { timeout, oneByOne = false, sharedModules = false }: SuiteOptions) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: "node" as const,
    testTimeout: timeout,
    hookTimeout: timeout,
    fileParallelism: !oneByOne,
    isolate: !sharedModules,
  },
});

export default defineConfig({
  test: {
    projects: [
      suite("unit", { timeout: quick, sharedModules: true }),
      suite("simulation", { timeout: thorough }),
      suite("browser", { timeout: thorough, oneByOne: true }),
      suite("interop", { timeout: thorough, oneByOne: true }),
    ],
  },
});
