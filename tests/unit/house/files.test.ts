/** What holds for every file: short enough to read at a sitting, named exports, nothing of one machine's own. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { placesOf, readLockFile } from "../../support/lock-file.ts";
import { listSources, projectRoot, readModule, readSource } from "../../support/sources.ts";

/** Lines of code in one file: what a reader holds in mind at a sitting. Comments and blank lines do not count. */
const longestFile = 400;

/** The files that git keeps or is about to keep. */
function trackedFiles(): string[] {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  return execFileSync("git", list, { cwd: projectRoot, encoding: "utf8" })
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(projectRoot, path)));
}

/** The files that name a host that serves packages: a well-known one, or the one npm is set to on this machine. */
function filesNamingRegistry(): string[] {
  const setting = process.env.npm_config_registry;
  const own = setting && URL.canParse(setting) ? new URL(setting).host : undefined;
  return trackedFiles().filter((path) => {
    const text = readSource(path);
    return /\bregistry\.[a-z0-9-]+\.[a-z]{2,}/i.test(text) || (own !== undefined && text.includes(own));
  });
}

describe("sources", () => {
  it(`have at most ${longestFile} lines of code`, () => {
    const files = [
      ...listSources("app", /\.(?:ts|js|css|html)$/),
      ...listSources("signaling", /\.(?:ts|js)$/),
    ];
    const isCode = (line: string) => !/^\s*(?:\/\*|\*|\/\/|$)/.test(line);
    const lengths = files.map((path) => ({
      path,
      lines: readSource(path).split("\n").filter(isCode).length,
    }));
    expect(lengths.filter(({ lines }) => lines > longestFile)).toEqual([]);
  });

  it("have no default exports, but for what others ask for", () => {
    const files = ["app", "signaling", "tests"]
      .flatMap((directory) => listSources(directory, /\.ts$/))
      .filter((path) => !/\.(?:config|d)\.ts$/.test(path));
    expect(files.filter((path) => readModule(path).hasDefaultExport)).toEqual([]);
  });
});

describe("the repository", () => {
  it("names no package registry's host", () => {
    expect(filesNamingRegistry()).toEqual([]);
  });

  it("has a lock file without addresses", () => {
    const resolved = Object.entries(readLockFile())
      .filter(([, entry]) => entry.resolved !== undefined)
      .map(([path]) => path);
    expect(resolved).toEqual([]);
  });

  it("has a lock file with an entry for every package that one of its own names, of other systems too", () => {
    const packages = readLockFile();
    const missing = Object.entries(packages).flatMap(([path, locked]) =>
      Object.keys({ ...locked.dependencies, ...locked.optionalDependencies, ...locked.devDependencies })
        .filter((name) => !placesOf(path, name).some((place) => place in packages))
        .map((name) => `${path} → ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("has a lock file that npm ci takes", () => {
    // In a folder of its own: npm before 10.7 empties node_modules even then.
    const cwd = mkdtempSync(join(tmpdir(), "shoal-lock-"));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      copyFileSync(join(projectRoot, file), join(cwd, file));
    const check = ["ci", "--dry-run", "--offline", "--engine-strict=false", "--loglevel=error"];
    execFileSync("npm", check, { cwd, stdio: "pipe", shell: process.platform === "win32" });
  }, 60_000);
});
