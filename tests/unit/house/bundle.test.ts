/** What the built page makes a browser load: little at first, the connection code only once it is needed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { ensureBuild } from "../../../signaling/setup.js";
import { projectRoot } from "../../support/sources.ts";

/** Bytes, compressed with brotli. The page: what a phone on a slow line loads in a second. */
const pageBudget = 60_000;
/** Bytes, compressed with brotli. The worker starts after the page is drawn. */
const workerBudget = 62_000;

const directory = join(projectRoot, "dist/app");

function read(path: string): string {
  return readFileSync(join(directory, path), "utf8");
}

/** The scripts that a built script imports at once: `import"./a.js"`, `from"./a.js"`; not `import("./a.js")`. */
function staticImports(path: string): string[] {
  const folder = path.replace(/[^/]*$/, "");
  return [...read(path).matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g)].map(
    (match) => folder + match[1],
  );
}

/** `paths` and everything they import at once, each a single time. */
function withImports(paths: string[]): string[] {
  const all = new Set(paths);
  for (const path of all) {
    if (path.endsWith(".js")) for (const imported of staticImports(path)) all.add(imported);
  }
  return [...all];
}

/** "assets/a.js": 1,234 bytes, compressed; the largest first. */
function compressedSizes(paths: string[]): { path: string; bytes: number }[] {
  return paths
    .map((path) => ({ path, bytes: brotliCompressSync(read(path)).length }))
    .sort((a, b) => b.bytes - a.bytes);
}

function total(sizes: { bytes: number }[]): number {
  return sizes.reduce((sum, { bytes }) => sum + bytes, 0);
}

describe("the built page", () => {
  let html: string;
  let scripts: string[];
  let eager: string[];

  beforeAll(async () => {
    await ensureBuild(console.info);
    html = read("index.html");
    scripts = readdirSync(join(directory, "assets"))
      .filter((name) => name.endsWith(".js"))
      .map((name) => `assets/${name}`);
    const tags = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="\/([^"]+\.(?:js|css))"/g)];
    eager = withImports(tags.map((match) => match[1] ?? ""));
  }, 60_000);

  it(`loads at most ${pageBudget} bytes of JavaScript and CSS at first`, () => {
    const sizes = compressedSizes(eager);
    expect(sizes.map(({ path }) => path.replace(/.*\./, ""))).toContain("js");
    expect(total(sizes), JSON.stringify(sizes)).toBeLessThanOrEqual(pageBudget);
  });

  it(`starts a worker of at most ${workerBudget} bytes`, () => {
    const workers = scripts.filter((path) => /\/worker-[^/]+\.js$/.test(path));
    expect(workers).toHaveLength(1);
    const sizes = compressedSizes(withImports(workers));
    expect(total(sizes), JSON.stringify(sizes)).toBeLessThanOrEqual(workerBudget);
  });

  it("keeps the connection code in a script of its own, loaded when it is needed", () => {
    // simple-peer brings Node's streams along; nothing else does.
    const holders = scripts.filter((path) => read(path).includes("_readableState"));
    expect(holders).toHaveLength(1);
    expect(eager).not.toContain(holders[0]);
  });

  it("has no inline script or style, which the content security policy would refuse", () => {
    const inline = [...html.matchAll(/<script\b(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son\w+=/g)];
    expect(inline.map(([tag]) => tag)).toEqual([]);
  });

  it("has compressed neighbours of everything worth compressing", () => {
    const large = [...eager, ...scripts, "index.html"].filter((path) => read(path).length > 2000);
    const files = new Set(readdirSync(directory, { recursive: true }).map((path) => `${path}`));
    expect(large.filter((path) => !files.has(`${path}.br`) || !files.has(`${path}.gz`))).toEqual([]);
  });
});
