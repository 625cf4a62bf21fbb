/**
 * Runs Firefox under another command, usually in a network namespace, and keeps it reachable for puppeteer
 * outside: Firefox listens on the loopback of its own namespace, so its port is relayed here, each connection
 * through a small process inside, and the line that announces the port is rewritten.
 *
 * Arguments: the command as a JSON array, Firefox's executable, Firefox's own arguments.
 */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const [commandText = "[]", executable = "", ...browserArguments] = process.argv.slice(2);
/** @type {[string, ...string[]]} */
const [program, ...programArguments] = JSON.parse(commandText);

const announcement = /(WebDriver BiDi listening on ws:\/\/[^:]+:)(\d+)/;

/** Runs inside: joins its standard input and output to a port of its own loopback. */
const joint = `
  const socket = require("node:net").connect(Number(process.argv[1]), "127.0.0.1");
  process.stdin.pipe(socket).pipe(process.stdout);
  socket.on("error", () => process.exit(1)).on("close", () => process.exit(0));
`;

/**
 * Listens on this side's loopback for connections to `port` on the browser's side.
 * @param {number} port
 * @returns {Promise<number>} the port here
 */
function relay(port) {
  const server = createServer((socket) => {
    const inside = spawn(program, [...programArguments, process.execPath, "-e", joint, String(port)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    // Firefox refuses a handshake that names another port than its own.
    socket.once("data", (request) => {
      const here = `127.0.0.1:${socket.localPort}`;
      inside.stdin.write(request.toString("latin1").replace(here, `127.0.0.1:${port}`), "latin1");
      socket.pipe(inside.stdin);
    });
    inside.stdout.pipe(socket);
    socket.on("error", () => inside.kill());
    inside.stdin.on("error", () => socket.destroy());
    inside.on("error", () => socket.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}

const browser = spawn(program, [...programArguments, executable, ...browserArguments], {
  stdio: ["inherit", "inherit", "pipe"],
});
browser.on("error", (error) => {
  process.stderr.write(`${program}: ${error.message}\n`);
  process.exit(127);
});
browser.on("exit", (code) => process.exit(code ?? 1));
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => browser.kill(signal));
}
createInterface({ input: browser.stderr }).on("line", async (line) => {
  const port = announcement.exec(line)?.[2];
  const shown = port ? line.replace(announcement, `$1${await relay(Number(port))}`) : line;
  process.stderr.write(`${shown}\n`);
});
