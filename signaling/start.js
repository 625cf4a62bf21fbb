/**
 * The script that `npm start` runs, on a fresh clone too. It gets everything ready, then starts the server. With
 * --build-only (`npm run build`) it does not start the server. It is plain JavaScript on Node's own modules. It
 * checks the version of Node first, because modules that it loads later may need a newer one.
 */
import { isSupportedNode, supportedNode } from "./node-version.js";

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

/** @param {string} line */
function report(line) {
  process.stdout.write(`${line}\n`);
}

async function start() {
  const { ensureBuild, ensureDependencies, serverEntry } = await import("./setup.js");
  await ensureDependencies(report);
  await ensureBuild(report);
  if (process.argv.includes("--build-only")) return;
  const { pathToFileURL } = await import("node:url");
  await import(pathToFileURL(serverEntry).href);
}

const { node } = process.versions;
if (isSupportedNode(node)) start().catch(fail);
else fail(`Shoal needs Node ${supportedNode}; this is ${node}. Install a newer one.`);
