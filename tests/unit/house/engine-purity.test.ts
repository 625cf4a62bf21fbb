/** The engine is a state machine: time, chance and the outside world reach it through its host only. */
import { describe, expect, it } from "vitest";
import { listSources, parseModule, readModule, type SourceModule } from "../../support/sources.ts";

/** What the engine takes from no one but its host. */
const impure = new Set([
  ...["window", "self", "globalThis", "document", "navigator", "location", "process", "console"],
  ...["indexedDB", "localStorage", "sessionStorage", "caches", "crypto", "performance"],
  ...["setTimeout", "setInterval", "setImmediate", "requestAnimationFrame", "queueMicrotask"],
  ...["fetch", "WebSocket", "Worker", "MessageChannel", "BroadcastChannel", "RTCPeerConnection"],
]);
const impureMembers = new Set(["Date.now", "Math.random"]);

/** Each impure name that a module uses, as "file:line uses name". */
function impurities({ path, globals }: SourceModule): string[] {
  return globals
    .filter(({ name }) => impureMembers.has(name) || impure.has(name.split(".")[0] ?? "") || name === "Date")
    .map(({ name, line }) => `${path}:${line} uses ${name}`);
}

describe("the engine", () => {
  it("uses no clock, timers, chance, DOM or input and output of its own", () => {
    const modules = listSources("app/engine", /\.ts$/).map(readModule);
    expect(modules.flatMap(impurities)).toEqual([]);
  });

  it.each([
    ["const now = Date.now();", "Date.now"],
    ["const now = +new Date();", "Date"],
    ["function pick(a: number[]) { return a[Math.floor(Math.random() * a.length)]; }", "Math.random"],
    ["setTimeout(() => {}, 1);", "setTimeout"],
    ["const id = crypto.randomUUID();", "crypto.randomUUID"],
    ["class A { digest = () => (globalThis as Any).crypto; }", "globalThis"],
  ])("%s would be found", (text, name) => {
    expect(impurities(parseModule("app/engine/a.ts", text))).toEqual([`app/engine/a.ts:1 uses ${name}`]);
  });

  it.each([
    ["// Date.now() and setTimeout are the host's"],
    [`const text = "window.document";`],
    ["interface Host { now(): number; crypto: string }"],
    ["function limit(window: number, host: { performance: number }) { return window + host.performance; }"],
    ["const half = Math.floor(1.5);"],
  ])("%s is pure", (text) => {
    expect(impurities(parseModule("app/engine/a.ts", text))).toEqual([]);
  });
});
