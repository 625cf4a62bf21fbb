/** Which Node everything runs on: what package.json promises, the start, the README and the packages keep. */
import fc from "fast-check";
import { minVersion, satisfies, subset } from "semver";
import { describe, expect, it } from "vitest";
import { isSupportedNode, supportedNode } from "../../../signaling/node-version.js";
import { type LockedPackages, packagesBehind, readLockFile } from "../../support/lock-file.ts";
import { listSources, readModule, readSource } from "../../support/sources.ts";

interface Manifest {
  engines: { node: string };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const { engines, dependencies, devDependencies }: Manifest = JSON.parse(readSource("package.json"));

/** The packages that `npm start` needs: what is served, and what the builds import of the others. */
function neededToStart(): string[] {
  const sources = [
    "vite.config.ts",
    ...listSources("app", /\.ts$/),
    ...listSources("signaling", /\.(?:ts|js)$/),
  ];
  const imported = sources
    .flatMap((path) => readModule(path).imports)
    .filter(({ typesOnly }) => !typesOnly)
    .map(({ target }) => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? "");
  const tools = new Set(imported.filter((name) => name in devDependencies));
  return [...Object.keys(dependencies), ...tools];
}

/** Those of the packages that ask for another Node than `ours`, as "place: what it asks for". */
function notAllowing(ours: string, packages: LockedPackages, paths: readonly string[]): string[] {
  const asks = paths.map((path) => ({ path, theirs: packages[path]?.engines?.node ?? "*" }));
  return asks.filter(({ theirs }) => !subset(ours, theirs)).map(({ path, theirs }) => `${path}: ${theirs}`);
}

describe("the Node that package.json promises", () => {
  it("is allowed by every package that npm start needs", () => {
    const packages = readLockFile();
    const paths = packagesBehind(packages, neededToStart());
    const some = ["fastify", "light-my-request", "vite", "rolldown", "vite-plugin-pwa", "workbox-build"];
    expect(paths).toEqual(expect.arrayContaining(some.map((name) => `node_modules/${name}`)));
    expect(notAllowing(engines.node, packages, paths)).toEqual([]);
  });

  it("is, in its oldest version, allowed by what only the tests need, but for the present WebTorrent", () => {
    const oldest = minVersion(engines.node)?.version ?? "";
    const packages = readLockFile();
    const installed = Object.keys(packages).filter((path) => packages[path]?.optional !== true);
    expect(notAllowing(oldest, packages, installed)).toEqual([
      "node_modules/ut_metadata: >=22",
      "node_modules/webtorrent: >=22",
    ]);
  });

  it("is what npm start checks for, and what the README asks for", () => {
    const version = fc
      .tuple(fc.integer({ min: 16, max: 26 }), fc.nat({ max: 30 }), fc.nat({ max: 30 }))
      .map((numbers) => numbers.join("."));
    fc.assert(
      fc.property(version, (node) => {
        expect(isSupportedNode(node)).toBe(satisfies(node, engines.node));
      }),
      { examples: ["20.18.9", "20.19.0", "21.99.0", "22.11.9", "22.12.0", "23.0.0"].map((node) => [node]) },
    );
    expect(readSource("README.md")).toContain(`[Node](https://nodejs.org) ${supportedNode}, and npm`);
  });
});

describe("the packages behind a name", () => {
  const packages: LockedPackages = {
    "": { dependencies: { a: "1" } },
    "node_modules/a": {
      dependencies: { b: "2" },
      optionalDependencies: { c: "1" },
      peerDependencies: { d: "1", missing: "1" },
      engines: { node: ">=18" },
    },
    "node_modules/a/node_modules/b": { engines: { node: ">=22" } },
    "node_modules/b": { engines: { node: ">=24" } },
    "node_modules/c": { optional: true, engines: { node: ">=24" } },
    "node_modules/d": { dependencies: { e: "1" } },
    "node_modules/e": { engines: { node: "18 || 20 || >=22" } },
  };

  it("are those that Node finds, once each, without optional ones", () => {
    const behind = ["a", "a/node_modules/b", "d", "e"].map((place) => `node_modules/${place}`);
    expect(packagesBehind(packages, ["a", "d"])).toEqual(behind);
    expect(packagesBehind(packages, ["b"])).toEqual(["node_modules/b"]);
  });

  it.each([
    ["^20.19.0 || >=22.12.0", ["node_modules/a/node_modules/b: >=22"]],
    [">=20.19", ["node_modules/a/node_modules/b: >=22", "node_modules/e: 18 || 20 || >=22"]],
    [">=22.12", []],
  ])("are told of where they do not allow all of %s", (ours, told) => {
    expect(notAllowing(ours, packages, packagesBehind(packages, ["a"]))).toEqual(told);
  });
});
