/** Who may import whom: the arrows of ARCHITECTURE.md, and an engine that depends on nothing but itself. */
import { describe, expect, it } from "vitest";
import { listSources, parseModule, readModule, type SourceModule } from "../../support/sources.ts";

interface Arrow {
  /** The room, folder or file that may be imported. */
  to: string;
  typesOnly?: true;
}

/** The tables of errors and of log entries, which every room may use. */
const vocabulary: Arrow[] = [{ to: "app/engine/errors.ts" }, { to: "app/engine/log.ts" }];

/** What each room may import besides itself and packages. */
const arrows: Record<string, Arrow[]> = {
  "app/ui": [{ to: "app/page" }, { to: "app/bridge" }, { to: "app/engine", typesOnly: true }, ...vocabulary],
  "app/page": [{ to: "app/bridge" }, { to: "app/engine", typesOnly: true }, ...vocabulary],
  "app/worker": [{ to: "app/bridge" }, { to: "app/storage" }, { to: "app/engine" }],
  "app/service-worker": [{ to: "app/bridge" }, { to: "app/storage" }, ...vocabulary],
  "app/storage": [{ to: "app/engine", typesOnly: true }, ...vocabulary],
  "app/bridge": [{ to: "app/engine", typesOnly: true }, ...vocabulary],
  "app/engine": [],
  signaling: [{ to: "app/engine/discovery" }],
};

/** The packages that the engine may use: small, pure, without Node and without the DOM. */
const enginePackages = /^@noble\/hashes\//;

/** Whether `path` is `place` or lies in it. */
function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** Each import of a module that no arrow allows, as "file:line imports target". */
function forbiddenImports({ path, imports }: SourceModule): string[] {
  const room = Object.keys(arrows).find((name) => isIn(path, name)) ?? "";
  const allowed: Arrow[] = [{ to: room }, ...(arrows[room] ?? [])];
  return imports
    .filter(({ target, typesOnly }) => {
      if (!/^(?:app|signaling|tests|public)\//.test(target)) {
        return room === "app/engine" && !enginePackages.test(target);
      }
      return !allowed.some((arrow) => isIn(target, arrow.to) && (typesOnly || !arrow.typesOnly));
    })
    .map(({ target, typesOnly, line }) => `${path}:${line} imports ${target}${typesOnly ? " (types)" : ""}`);
}

describe("the arrows", () => {
  it.each(Object.keys(arrows))("%s imports only what it may", (room) => {
    const modules = listSources(room, /\.tsx?$/).map(readModule);
    expect(modules.flatMap(forbiddenImports)).toEqual([]);
  });

  it.each([
    ["app/ui/a.ts", `import { put } from "../storage/schema.ts";`, "app/storage/schema.ts"],
    ["app/ui/a.ts", `export * from "../engine/engine.ts";`, "app/engine/engine.ts"],
    ["app/bridge/a.ts", `import { type A, b } from "../engine/host.ts";`, "app/engine/host.ts"],
    ["app/page/a.ts", `await import("../worker/main.ts");`, "app/worker/main.ts"],
    ["app/engine/a.ts", `import "node:fs";`, "node:fs"],
    ["app/engine/swarm/a.ts", `import type { A } from "../../bridge/commands.ts";`, "app/bridge/commands.ts"],
    ["signaling/a.ts", `import { a } from "../app/engine/constants.ts";`, "app/engine/constants.ts"],
  ])("in %s, %s is refused", (path, text, target) => {
    expect(forbiddenImports(parseModule(path, text))).toEqual([expect.stringContaining(`imports ${target}`)]);
  });

  it.each([
    ["app/ui/a.ts", `import { ShoalError } from "../engine/errors.ts";`],
    ["app/page/a.ts", `import { logEntry } from "../engine/log.ts";`],
    ["app/bridge/a.ts", `import { type A, type B } from "../engine/host.ts";`],
    ["app/storage/a.ts", `export type { A } from "../engine/host.ts"; import "idb";`],
    ["app/engine/swarm/a.ts", `import { sha256 } from "@noble/hashes/sha2.js"; import "../host.ts";`],
  ])("in %s, %s is allowed", (path, text) => {
    expect(forbiddenImports(parseModule(path, text))).toEqual([]);
  });
});
