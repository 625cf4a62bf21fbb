/**
 * The setup gets a clone ready to run. It installs dependencies as the lock file says, and builds app and server from
 * the present sources. It is plain JavaScript on Node's own modules, because it runs before anything is installed.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's top folder. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** The sources of the builds. */
const sources = [
  "app",
  "public",
  "signaling",
  "package.json",
  "package-lock.json",
  "tsconfig.base.json",
  "vite.config.ts",
];

/** The built server's entry, and the hash of the sources that app and server were built from. */
export const serverEntry = join(projectRoot, "dist/server/main.js");
const stamp = join(projectRoot, "dist/sources.sha256");

/** Something that a person has to put right. Its message says what. */
export class SetupError extends Error {}

/**
 * Installs what package-lock.json names unless node_modules holds it: with `npm ci` where nothing is installed yet. That
 * empties node_modules before it fetches anything, and refuses a lock file that does not fit package.json, as while a
 * dependency is being changed. Else `npm install --no-save` keeps what is there and makes the best of both.
 * @param {(line: string) => void} report is told before anything that takes time
 * @returns {Promise<boolean>} whether something was installed
 */
export async function ensureDependencies(report) {
  if (await areDependenciesInstalled()) return false;
  report("Installing dependencies …");
  const npm = process.env.npm_execpath;
  const [command, ...before] = npm?.endsWith(".js") ? [process.execPath, npm] : ["npm"];
  const npmDoes = (/** @type {string[]} */ ...what) =>
    run(command ?? "npm", [...before, ...what], "Dependencies could not be installed");
  if (!(await exists(join(projectRoot, "node_modules")))) {
    try {
      await npmDoes("ci");
      return true;
    } catch {
      report("npm ci did not work; trying npm install …");
    }
  }
  await npmDoes("install", "--no-save");
  return true;
}

/**
 * Builds the app (dist/app) and the server (dist/server) unless both were built from the present sources.
 * @param {(line: string) => void} report is told before anything that takes time
 * @returns {Promise<boolean>} whether something was built
 */
export async function ensureBuild(report) {
  const hash = await hashSources();
  if ((await readText(stamp)) === hash) return false;
  report("Building Shoal …");
  await rm(stamp, { force: true });
  const vite = join(projectRoot, "node_modules/vite/bin/vite.js");
  for (const config of ["vite.config.ts", "signaling/vite.config.ts"]) {
    const build = ["build", "--logLevel", "warn", "--config", config];
    // Under a test runner, whose mode is its own, the build is what people get all the same.
    await run(process.execPath, [vite, ...build], "Shoal could not be built", { NODE_ENV: "production" });
  }
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, hash);
  return true;
}

/**
 * Whether something is there: a folder, or a link even when it leads nowhere.
 * @param {string} path
 */
async function exists(path) {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * npm writes what it installed into node_modules/.package-lock.json. Optional packages may be missing there:
 * those for other systems.
 */
async function areDependenciesInstalled() {
  const wanted = await readPackages(join(projectRoot, "package-lock.json"));
  const installed = await readPackages(join(projectRoot, "node_modules/.package-lock.json"));
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    const present = installed[path];
    return path === "" || (present === undefined ? optional === true : present.version === version);
  });
}

/**
 * @param {string} lockFile
 * @returns {Promise<Record<string, {version?: string, optional?: boolean}>>}
 */
async function readPackages(lockFile) {
  const text = await readText(lockFile);
  return text === null ? {} : JSON.parse(text).packages;
}

/** SHA-256, in hex, of all sources' paths and contents. */
async function hashSources() {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const path of await listFiles(join(projectRoot, source))) {
      const bytes = await readFile(path);
      hash.update(`${relative(projectRoot, path)}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

/**
 * The files below a folder in a stable order, or the file itself. Nothing when it does not exist.
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function listFiles(path) {
  let entries;
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ENOTDIR" ? [path] : [];
  }
  const names = entries.map((entry) => entry.name).sort();
  const nested = await Promise.all(names.map((name) => listFiles(join(path, name))));
  return nested.flat();
}

/**
 * @param {string} path
 * @returns {Promise<string | null>} null when there is no such file
 */
async function readText(path) {
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
}

/**
 * Runs a command in the project's folder, its output shown. Rejects with a SetupError when it fails.
 * @param {string} command
 * @param {string[]} parameters
 * @param {string} problem what could not be done when it fails
 * @param {Record<string, string>} environment variables on top of this process's own
 * @returns {Promise<void>}
 */
function run(command, parameters, problem, environment = {}) {
  return new Promise((resolve, reject) => {
    // On Windows npm is a script, which only a shell can start.
    const shell = process.platform === "win32" && command === "npm";
    const env = { ...process.env, ...environment };
    const child = spawn(command, parameters, { cwd: projectRoot, stdio: "inherit", shell, env });
    child.once("error", (error) => reject(new SetupError(`${problem}: ${error.message}.`)));
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new SetupError(`${problem}; see the lines above.`));
    });
  });
}
