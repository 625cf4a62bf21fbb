/** Short forms of the soak: a kill of each kind, each in one browser; `npm run soak` does many in both. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SoakPart } from "../soak/part.ts";
import { receiverKilled } from "../soak/receiver-killed.ts";
import { senderKilled } from "../soak/sender-killed.ts";
import type { BrowserKind } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { Random } from "../support/random.ts";
import { startServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let temporary: TemporaryDirectory;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("soak");
});

afterAll(async () => {
  await temporary?.remove();
  await server?.close();
});

it.each<[BrowserKind, SoakPart]>([
  ["chromium", senderKilled],
  ["firefox", receiverKilled],
])("%s, $name", async (kind, part) => {
  const directory = join(temporary.path, `${part.name}-${kind}`);
  await mkdir(directory);
  const seed = Date.now() % 1_000_000;
  const said: string[] = [];
  const checks = await part.run({
    ...{ kind, times: 1, random: new Random(seed), server, directory },
    say: (line) => said.push(line),
  });
  expect(
    checks.filter(({ held }) => !held),
    `seed ${seed}: ${said.join(", ")}`,
  ).toEqual([]);
  expect(checks.length).toBeGreaterThan(0);
});
