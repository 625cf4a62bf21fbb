/** Tracker sockets and real servers. The engine's inputs are drawn in words, and each socket that is made counts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import WebSocket from "ws";
import { TrackerSockets } from "../../../app/worker/tracker-sockets.ts";
import { build } from "../../../signaling/build.ts";

let made: number;

beforeEach(() => {
  made = 0;
  vi.stubGlobal(
    "WebSocket",
    class extends WebSocket {
      constructor(url: string) {
        super(url);
        made++;
        // Nobody listens to what `ws` throws otherwise; `close` follows.
        this.on("error", () => {});
      }
    },
  );
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
});

async function startServer(port = 0): Promise<{ port: number; close(): Promise<void> }> {
  const app = await build({ iceServers: [] });
  const url = new URL(await app.listen({ host: "127.0.0.1", port }));
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= app.close();
    return closing;
  };
  onTestFinished(close);
  return { port: Number(url.port), close };
}

function socketsOf(port: number) {
  const heard: string[] = [];
  const url = `ws://127.0.0.1:${port}/announce`;
  const sockets = new TrackerSockets(
    {
      handleTrackerOpened: () => heard.push("opened"),
      handleTrackerMessage: () => heard.push("message"),
      handleTrackerClosed: (_, isBusy) => heard.push(isBusy ? "busy" : "closed"),
    },
    { tracker: url, probe: `http://127.0.0.1:${port}/healthz` },
  );
  onTestFinished(() => sockets.close(url));
  return {
    sockets,
    url,
    /** Opens a socket, and tells what became of it. */
    attempt: async (address = url): Promise<string | undefined> => {
      heard.length = 0;
      sockets.open(address);
      await vi.waitFor(() => expect(heard).not.toEqual([]), { timeout: 10_000 });
      return heard[0];
    },
    next: async (word: string) => vi.waitFor(() => expect(heard.at(-1)).toBe(word), { timeout: 10_000 }),
  };
}

describe("the page's own server", () => {
  test("gets no socket while it is away, and one once it is back", async () => {
    const first = await startServer();
    const { attempt, next } = socketsOf(first.port);
    expect(await attempt()).toBe("opened");
    await first.close();
    await next("closed");
    for (let at = 0; at < 20; at++) expect(await attempt()).toBe("closed");
    expect(made).toBe(1);
    const second = await startServer(first.port);
    expect(await attempt()).toBe("opened");
    expect(made).toBe(2);
    await second.close();
    await next("closed");
  });

  test("that is away behind a proxy is away", async () => {
    const statuses = [502, 503, 504, 404];
    const proxy = createServer((_, response) => response.writeHead(statuses.shift() ?? 500).end());
    // A socket that is asked for is cut.
    proxy.on("upgrade", (_, socket) => socket.destroy());
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      proxy.close();
    });
    const { attempt } = socketsOf((proxy.address() as AddressInfo).port);
    expect(await attempt()).toBe("closed");
    expect(made).toBe(1);
    for (let at = 0; at < 3; at++) expect(await attempt()).toBe("closed");
    expect(made).toBe(1);
    // It answers, whatever it is: a socket is tried.
    expect(await attempt()).toBe("busy");
    expect(made).toBe(2);
  });

  test("is not heard of again once its socket is closed, whatever it answers then", async () => {
    const first = await startServer();
    const { sockets, url, attempt, next } = socketsOf(first.port);
    await attempt();
    await first.close();
    await next("closed");
    await startServer(first.port);
    const answered = vi.spyOn(globalThis, "fetch");
    sockets.open(url);
    sockets.close(url);
    await answered.mock.results[0]!.value;
    await Promise.resolve();
    expect(made).toBe(1);
  });
});

test("another tracker gets a socket at each attempt", async () => {
  const server = await startServer();
  const { attempt } = socketsOf(1);
  const other = `ws://127.0.0.1:${server.port}/announce`;
  await server.close();
  for (let at = 0; at < 3; at++) expect(await attempt(other)).toBe("closed");
  expect(made).toBe(3);
});
