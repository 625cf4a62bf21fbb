import { defineConfig } from "vitest/config";

/** Each suite is a project; tests/run.js runs them one after another and adds up what they counted. */
const suite = (name: string, options: { testTimeout?: number; fileParallelism?: boolean } = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], environment: "node" as const, ...options },
});

export default defineConfig({
  test: {
    projects: [
      suite("unit"),
      suite("simulation", { testTimeout: 120_000 }),
      suite("browser", { testTimeout: 120_000, fileParallelism: false }),
      suite("interop", { testTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
