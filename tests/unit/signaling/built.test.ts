/** The built server, as people run it: what the sources say holds for it too. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureBuild } from "../../../signaling/setup.js";
import { projectRoot } from "../../support/sources.ts";

let server: ChildProcess;
let address: string;

beforeAll(async () => {
  await ensureBuild(console.info);
  server = spawn(process.execPath, [join(projectRoot, "dist/server/main.js")], {
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  address = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout!.on("data", (text: Buffer) => {
      said += text.toString();
      const found = /Shoal is ready: (\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}, 120_000);

afterAll(() => {
  server?.kill();
});

test.each([
  ["/", 200],
  ["/%23s-H%25", 200],
  ["/%23s-H%", 200],
  ["/%23s-A%E2%80", 200],
  ["/%E0%A4%A", 404],
])("%s brings a person the page", async (path, status) => {
  const response = await fetch(address + path, { headers: { accept: "text/html" } });
  expect(await response.text()).toContain("<shoal-app");
  expect(response.status).toBe(status);
});
