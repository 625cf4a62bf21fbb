/**
 * The server's entry point reads the configuration, listens, says where, and stops in good order on a process signal.
 */
import { fileURLToPath } from "node:url";
import closeWithGrace from "close-with-grace";
import { build } from "./build.ts";
import { readConfig } from "./config.ts";

/** Built, this file is dist/server/main.js; the app lies beside it in dist/app. */
const APP_DIRECTORY = fileURLToPath(new URL("../app", import.meta.url));

try {
  const { host, port, ...options } = readConfig(process.env);
  const app = await build({ ...options, appDirectory: APP_DIRECTORY });
  const address = await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(whyNotListening(error, host, port), { cause: error });
  });
  closeWithGrace({ logger: app.log }, async ({ err: error }) => {
    if (error !== undefined) app.log.fatal(error);
    await app.close();
  });
  process.stdout.write(`Shoal is ready: ${address}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function whyNotListening({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === "EADDRINUSE") return `Port ${port} is taken by another program. Set PORT to a free one.`;
  if (code === "EACCES") return `This user may not listen on port ${port}. Set PORT to 1024 or above.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `HOST is “${host}”, which is not an address of this machine. Set it to 127.0.0.1, 0.0.0.0 or ::.`;
  }
  return `The server could not listen on ${host}, port ${port}: ${message}`;
}
