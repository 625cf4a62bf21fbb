/**
 * A queue drawn as "handled | waiting": each message is a word, and its handler takes until it is let go, or no time
 * where the word is written in capitals.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MessageQueue } from "../../../signaling/message-queue.ts";

/** A queue whose handler notes what it was given. */
class Stage {
  readonly queue: MessageQueue<string>;
  readonly begun: string[];
  readonly failures: unknown[];
  /** How many were being handled at the same time at most. */
  most: number;
  readonly #running: { readonly message: string; resolve(): void; reject(error: unknown): void }[];

  constructor(capacity = 10) {
    this.begun = [];
    this.failures = [];
    this.most = 0;
    this.#running = [];
    this.queue = new MessageQueue(
      capacity,
      (message) => this.#handle(message),
      (error) => this.failures.push(error),
    );
  }

  push(...messages: string[]): boolean[] {
    return messages.map((message) => this.queue.push(message));
  }

  /** The one being handled has been; resolves when what follows from it has followed. */
  async letGo(error?: unknown): Promise<void> {
    const { resolve, reject } = this.#running.shift()!;
    if (error === undefined) resolve();
    else reject(error);
    await new Promise(setImmediate);
  }

  get running(): string[] {
    return this.#running.map(({ message }) => message);
  }

  #handle(message: string): void | Promise<void> {
    this.begun.push(message);
    if (message === message.toUpperCase()) return;
    return new Promise((resolve, reject) => {
      this.#running.push({ message, resolve, reject });
      this.most = Math.max(this.most, this.#running.length);
    });
  }
}

describe("a queue of messages", () => {
  test("has a message handled at once where nothing waits, one after the other", () => {
    const stage = new Stage(0);
    expect(stage.push("A", "B", "C")).toEqual([true, true, true]);
    expect(stage.begun).toEqual(["A", "B", "C"]);
  });

  test("begins with a message when the one before it has been handled", async () => {
    const stage = new Stage();
    stage.push("a", "b", "C", "d");
    expect(stage.begun).toEqual(["a"]);
    await stage.letGo();
    expect(stage.begun).toEqual(["a", "b"]);
    await stage.letGo();
    expect(stage.begun).toEqual(["a", "b", "C", "d"]);
    await stage.letGo();
    stage.push("E");
    expect(stage.begun.at(-1), "at once again").toBe("E");
  });

  test("takes so many that wait, and again one for each that has been handled", async () => {
    const stage = new Stage(2);
    expect(stage.push("a", "b", "c", "d")).toEqual([true, true, true, false]);
    expect(stage.queue.isFull).toBe(true);
    await stage.letGo();
    expect(stage.queue.isFull).toBe(false);
    expect(stage.push("e", "f")).toEqual([true, false]);
    for (let count = 0; count < 3; count++) await stage.letGo();
    expect(stage.begun).toEqual(["a", "b", "c", "e"]);
  });

  test("handles what is being handled to its end when it is ended, and nothing more", async () => {
    const stage = new Stage();
    stage.push("a", "b");
    let idle = false;
    stage.queue.end();
    stage.queue.whenIdle(() => {
      idle = true;
    });
    expect([stage.push("c"), idle]).toEqual([[false], false]);
    await stage.letGo();
    expect([stage.begun, idle]).toEqual([["a"], true]);
  });

  test("is idle where nothing is being handled", async () => {
    const stage = new Stage();
    const calls: string[] = [];
    stage.queue.whenIdle(() => calls.push("new"));
    stage.push("A");
    stage.queue.whenIdle(() => calls.push("handled at once"));
    stage.push("b");
    await stage.letGo();
    stage.queue.whenIdle(() => calls.push("handled later"));
    expect(calls).toEqual(["new", "handled at once", "handled later"]);
  });

  test("ends with a handler that fails, and tells why", async () => {
    const stage = new Stage();
    stage.push("a", "b");
    let idle = false;
    stage.queue.whenIdle(() => {
      idle = true;
    });
    await stage.letGo("out of reach");
    expect([stage.failures, stage.begun, idle]).toEqual([["out of reach"], ["a"], true]);
    expect(stage.push("c")).toEqual([false]);
  });

  test("keeps the order and has one under way at a time, whatever takes how long", async () => {
    const step = fc.constantFrom("slow", "QUICK", "let go");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const stage = new Stage(3);
        const taken: string[] = [];
        for (const [at, kind] of steps.entries()) {
          const message = kind === "QUICK" ? `Q${at}` : `s${at}`;
          if (kind === "let go") {
            if (stage.running.length > 0) await stage.letGo();
          } else if (stage.queue.push(message)) {
            taken.push(message);
          }
          expect(taken.slice(0, stage.begun.length)).toEqual(stage.begun);
          expect(taken.length - stage.begun.length).toBeLessThanOrEqual(3);
        }
        while (stage.running.length > 0) await stage.letGo();
        expect(stage.begun).toEqual(taken);
        expect(stage.most).toBeLessThanOrEqual(1);
      }),
    );
  });
});
