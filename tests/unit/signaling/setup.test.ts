/** Getting ready and starting, each in a small project of its own with the real npm, Vite and Node. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const repository = resolve(import.meta.dirname, "../../..");

/** A folder with the given files and a copy of setup.js, which takes the folder for its project. */
async function makeProject(files: Record<string, string>) {
  const root = await mkdtemp(join(tmpdir(), "shoal-setup-"));
  onTestFinished(() => rm(root, { recursive: true }));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  await cp(join(repository, "signaling/setup.js"), join(root, "signaling/setup.js"));
  const setup: typeof import("../../../signaling/setup.js") = await import(
    pathToFileURL(join(root, "signaling/setup.js")).href
  );
  return { root, write, setup };
}

const silent = () => undefined;

/** A lock file for the package in "part". */
const lock = (version: string) =>
  JSON.stringify({
    name: "project",
    lockfileVersion: 3,
    packages: {
      "": { name: "project", dependencies: { part: "file:part" } },
      part: { version },
      "node_modules/part": { resolved: "part", link: true },
      "node_modules/for-another-system": { version: "1.0.0", optional: true },
    },
  });

test("dependencies are installed when they are missing or others, and only then", async () => {
  const { root, write, setup } = await makeProject({
    "package.json": JSON.stringify({ name: "project", dependencies: { part: "file:part" } }),
    "package-lock.json": lock("1.0.0"),
    "part/package.json": JSON.stringify({ name: "part", version: "1.0.0" }),
  });
  const lines: string[] = [];
  const ensure = () => setup.ensureDependencies((line) => lines.push(line));
  expect([await ensure(), await ensure()]).toEqual([true, false]);
  const strange = "node_modules/.kept-by-somebody/file.txt";
  await write(strange, "npm ci would have deleted it");
  await write("part/package.json", JSON.stringify({ name: "part", version: "2.0.0" }));
  await write("package-lock.json", lock("2.0.0"));
  expect([await ensure(), await ensure()]).toEqual([true, false]);
  expect(lines).toEqual(["Installing dependencies …", "Installing dependencies …"]);
  await access(join(root, strange));
}, 60_000);

test("a lock file that does not fit package.json keeps nobody from installing", async () => {
  const { root, setup } = await makeProject({
    "package.json": JSON.stringify({
      name: "project",
      dependencies: { part: "file:part", other: "file:other" },
    }),
    "package-lock.json": lock("1.0.0"),
    "part/package.json": JSON.stringify({ name: "part", version: "1.0.0" }),
    "other/package.json": JSON.stringify({ name: "other", version: "1.0.0" }),
  });
  const lines: string[] = [];
  expect(await setup.ensureDependencies((line) => lines.push(line))).toBe(true);
  expect(lines).toEqual(["Installing dependencies …", "npm ci did not work; trying npm install …"]);
  for (const name of ["part", "other"]) await access(join(root, "node_modules", name, "package.json"));
}, 60_000);

test("the build is made anew when a source has changed, and tried again when it failed", async () => {
  const { root, write, setup } = await makeProject({
    "package.json": JSON.stringify({ type: "module" }),
    "vite.config.ts": 'export default { root: "app", build: { outDir: "../dist/app", emptyOutDir: true } };',
    "app/index.html": '<!doctype html><script type="module" src="./main.ts"></script>',
    "app/main.ts": "document.title = 'one';",
    "signaling/main.ts": "console.log('server');",
  });
  await symlink(join(repository, "node_modules"), join(root, "node_modules"));
  await copyFile(join(repository, "signaling/vite.config.ts"), join(root, "signaling/vite.config.ts"));
  const ensure = () => setup.ensureBuild(silent);
  expect([await ensure(), await ensure()]).toEqual([true, false]);
  await write("public/icon.svg", "<svg/>");
  expect([await ensure(), await ensure()]).toEqual([true, false]);
  await write("app/main.ts", "import './missing.ts';");
  await expect(ensure()).rejects.toThrow("Shoal could not be built");
  await expect(ensure()).rejects.toThrow("Shoal could not be built");
  await write("app/main.ts", "document.title = 'two';");
  expect([await ensure(), await ensure()]).toEqual([true, false]);
}, 60_000);

describe("starting", { timeout: 30_000 }, () => {
  test.each(["20.18.1", "21.7.3", "22.11.0"])(
    "on Node %s says what it needs, before anything else",
    async (version) => {
      const old = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
      const { stderr, code } = await finish(
        run(["--import", `data:text/javascript,${encodeURIComponent(old)}`, "signaling/start.js"]),
      );
      expect(stderr).toBe(
        `Shoal needs Node 22.12 or newer, or 20 from 20.19 on; this is ${version}. Install a newer one.\n`,
      );
      expect(code).toBe(1);
    },
  );

  test("says where it is, and stops in good order on a signal", async () => {
    const server = run(["--import", "tsx", "signaling/main.ts"], { PORT: "0" });
    const [line] = await once(server.stdout!, "data");
    const url = /^Shoal is ready: (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(String(line))?.[1];
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    server.kill("SIGTERM");
    expect((await finish(server)).code).toBe(0);
  });

  test("with a wrong value, or on a port that is taken, ends with a sentence", async () => {
    const wrong = await finish(run(["--import", "tsx", "signaling/main.ts"], { PORT: "http" }));
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/^PORT is “http”, but must be .*\n$/),
    ]);
    const first = run(["--import", "tsx", "signaling/main.ts"], { PORT: "0" });
    const [line] = await once(first.stdout!, "data");
    const port = /:(\d+)\n/.exec(String(line))?.[1] ?? "";
    const second = await finish(run(["--import", "tsx", "signaling/main.ts"], { PORT: port }));
    expect([second.code, second.stderr]).toEqual([
      1,
      `Port ${port} is taken by another program. Set PORT to a free one.\n`,
    ]);
  });
});

/** Node in the repository; killed when the test ends. */
function run(parameters: string[], environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, parameters, {
    cwd: repository,
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

/** Waits for the end. */
async function finish(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = "";
  child.stderr?.on("data", (text) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  return { code, stderr };
}
