/**
 * The permitted imports: the arrows of ARCHITECTURE.md, rooms of the swarm included; no circle between files or folders;
 * and an engine that depends on nothing but itself. An `import type` counts like any other: it is about the reader.
 */
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
  "app/page": [
    { to: "app/bridge" },
    { to: "app/engine", typesOnly: true },
    // One function says which name a share gets, in the window and in the worker.
    { to: "app/engine/content/share-layout.ts" },
    ...vocabulary,
  ],
  "app/worker": [{ to: "app/bridge" }, { to: "app/storage" }, { to: "app/engine" }],
  "app/service-worker": [
    { to: "app/bridge" },
    { to: "app/storage" },
    { to: "app/engine", typesOnly: true },
    ...vocabulary,
  ],
  "app/storage": [
    { to: "app/engine", typesOnly: true },
    // Stored pieces are compared with the hashes in the info dictionary.
    { to: "app/engine/content" },
    ...vocabulary,
  ],
  "app/bridge": [{ to: "app/engine", typesOnly: true }, ...vocabulary],
  "app/engine": [],
  signaling: [{ to: "app/engine/discovery" }],
};

const swarm = "app/engine/swarm";

/** Files at the engine's top that every room of it may import: its vocabulary. */
const engineBase = [
  "by-link",
  "connection-table",
  "constants",
  "errors",
  "host",
  "host-requests",
  "link",
  "log",
  "snapshot",
].map((name) => `app/engine/${name}.ts`);

/** The rooms of the engine, each with those that it may import besides the engine's vocabulary. The lowest first. */
const engineRooms: Record<string, string[]> = {
  "app/engine/content": [],
  "app/engine/wire": ["app/engine/content"],
  "app/engine/discovery": ["app/engine/content"],
  [`${swarm}/flow`]: [],
  [`${swarm}/pieces`]: ["app/engine/content"],
  [`${swarm}/peers`]: [
    ...["content", "wire", "discovery"].map((room) => `app/engine/${room}`),
    ...["flow", "pieces"].map((room) => `${swarm}/${room}`),
  ],
  ...Object.fromEntries(
    ["download", "upload", "hashes"].map((room) => [
      `${swarm}/${room}`,
      [
        ...["content", "wire"].map((below) => `app/engine/${below}`),
        ...["flow", "pieces", "peers"].map((below) => `${swarm}/${below}`),
      ],
    ]),
  ),
  [`${swarm}/lanes`]: [
    "app/engine/wire",
    ...["flow", "pieces", "peers", "download", "upload"].map((room) => `${swarm}/${room}`),
  ],
};

/** Each import by which a room of the engine reaches above itself, as "file:line imports target". */
function upwardImports({ path, imports }: SourceModule): string[] {
  const room = Object.keys(engineRooms).find((name) => isIn(path, name));
  if (room === undefined) return [];
  const allowed = [room, ...engineBase, ...engineRooms[room]!];
  return imports
    .filter(({ target }) => target.startsWith("app/") && !allowed.some((place) => isIn(target, place)))
    .map(({ target, line }) => `${path}:${line} imports ${target}`);
}

/**
 * Files and folders that import one another in a circle, each circle as the sorted names of those in it. They are compared
 * where they stand side by side: what a folder's files import is what the folder imports.
 */
function circlesOf(modules: readonly SourceModule[]): string[] {
  const imported = new Map<string, Map<string, Set<string>>>();
  for (const { path, imports } of modules) {
    for (const { target } of imports) {
      const [folder, from, to] = whereTheyPart(path, target);
      if (from === undefined || to === undefined) continue;
      const siblings = imported.get(folder) ?? new Map<string, Set<string>>();
      imported.set(folder, siblings.set(from, (siblings.get(from) ?? new Set()).add(to)));
    }
  }
  const circles = [...imported].flatMap(([folder, siblings]) =>
    [...siblings.keys()].flatMap((name) => {
      const circle = [...reachedFrom(name, siblings)].filter((other) =>
        reachedFrom(other, siblings).has(name),
      );
      return circle.length === 0 ? [] : [`${folder}: ${circle.sort().join(", ")}`];
    }),
  );
  return [...new Set(circles)];
}

/** The folder that holds both paths, and what in it leads to each; undefined for a path that ends there. */
function whereTheyPart(path: string, target: string): [string, string | undefined, string | undefined] {
  const [a, b] = [path.split("/"), target.split("/")];
  let depth = 0;
  while (a[depth] === b[depth] && depth < a.length) depth++;
  return [a.slice(0, depth).join("/"), a[depth], b[depth]];
}

function reachedFrom(name: string, imported: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of imported.get(next) ?? []) {
      if (reached.has(other)) continue;
      reached.add(other);
      open.push(other);
    }
  }
  return reached;
}

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

describe("rooms of the engine", () => {
  it.each(Object.keys(engineRooms))("%s imports only rooms below it", (room) => {
    expect(listSources(room, /\.ts$/).map(readModule).flatMap(upwardImports)).toEqual([]);
  });

  it("are all named here", () => {
    const files = listSources("app/engine", /\.ts$/).filter((path) => path.split("/").length > 3);
    const isNamed = (path: string) => Object.keys(engineRooms).some((room) => isIn(path, room));
    expect(files.filter((path) => !isNamed(path) && !/^app\/engine\/swarm\/[^/]+$/.test(path))).toEqual([]);
  });

  it.each([
    [`${swarm}/flow/a.ts`, `import type { Peer } from "../peers/peer.ts";`],
    [`${swarm}/peers/a.ts`, `import { Downloads } from "../download/downloads.ts";`],
    [`${swarm}/upload/a.ts`, `import type { Lane } from "../lanes/lane.ts";`],
    [`${swarm}/lanes/a.ts`, `import type { Torrent } from "../torrent.ts";`],
    ["app/engine/wire/a.ts", `export * from "../swarm/torrent.ts";`],
    ["app/engine/content/a.ts", `import { Engine } from "../engine.ts";`],
  ])("in %s, %s is refused", (path, text) => {
    expect(upwardImports(parseModule(path, text))).toHaveLength(1);
  });
});

describe("circles", () => {
  it.each(["app", "signaling"])("there are none in %s", (room) => {
    expect(circlesOf(listSources(room, /\.(?:ts|js)$/).map(readModule))).toEqual([]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ["two files", { "app/a.ts": "./b.ts", "app/b.ts": "./a.ts" }, ["app: a.ts, b.ts"]],
    [
      "three files",
      { "app/a.ts": "./b.ts", "app/b.ts": "./c.ts", "app/c.ts": "./a.ts" },
      ["app: a.ts, b.ts, c.ts"],
    ],
    ["two folders", { "app/a/x.ts": "../b/y.ts", "app/b/z.ts": "../a/w.ts" }, ["app: a, b"]],
    ["a folder and a file", { "app/a/x.ts": "../b.ts", "app/b.ts": "./a/y.ts" }, ["app: a, b.ts"]],
    ["a tree", { "app/a/x.ts": "../b/y.ts", "app/c.ts": "./a/x.ts" }, []],
  ])("between %s", (_, imports, circles) => {
    const modules = Object.entries(imports).map(([path, target]) =>
      parseModule(path, `import type { A } from "${target}";`),
    );
    expect(circlesOf(modules)).toEqual(circles);
  });
});
