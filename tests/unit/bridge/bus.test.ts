import { afterEach, describe, expect, it, vi } from "vitest";
import { TabBus, WorkerBus } from "../../../app/bridge/bus.ts";
import type { CommandMessage } from "../../../app/bridge/commands.ts";
import { PROTOCOL } from "../../../app/bridge/constants.ts";
import type { NodeUpdate } from "../../../app/bridge/updates.ts";
import { ShoalError } from "../../../app/engine/errors.ts";

const EMPTY: NodeUpdate = { latest: [], updates: [], drafts: [], saving: [], storage: null, fault: null };

const open: { close(): void }[] = [];

afterEach(() => {
  for (const bus of open.splice(0)) bus.close();
});

/** A tab that keeps what it was told. */
function openTab() {
  const epochs: string[] = [];
  const updates: NodeUpdate[] = [];
  const foreign: string[] = [];
  let alive = 0;
  const fates: string[] = [];
  const bus = new TabBus({
    ready: (epoch) => epochs.push(epoch),
    update: (update) => updates.push(update),
    alive: () => alive++,
    frozen: () => fates.push("frozen"),
    restarting: () => fates.push("restarting"),
    foreign: (version) => foreign.push(version),
  });
  open.push(bus);
  return { bus, epochs, updates, foreign, alive: () => alive, fates };
}

/** A worker that keeps what it was asked, and answers with its epoch's name. */
function openWorker(
  epoch: string,
  answer: (message: CommandMessage) => Promise<unknown> = async () => ({ id: epoch }),
) {
  const asked: string[] = [];
  let hellos = 0;
  let pings = 0;
  let rivals = 0;
  const bus = new WorkerBus(epoch, {
    hello: () => hellos++,
    ping: () => pings++,
    rival: () => rivals++,
    command: (message) => {
      asked.push(message.name);
      return answer(message);
    },
  });
  open.push(bus);
  return { bus, asked, hellos: () => hellos, pings: () => pings, rivals: () => rivals };
}

describe("the bus", () => {
  it("finds a worker that was there before, and one that comes later", async () => {
    const worker = openWorker("first");
    const late = openTab();
    await vi.waitFor(() => expect(late.epochs).toEqual(["first"]));
    expect(worker.hellos()).toBe(1);

    worker.bus.close();
    openWorker("second");
    await vi.waitFor(() => expect(late.epochs).toEqual(["first", "second"]));
    expect(late.bus.epoch).toBe("second");
  });

  it("holds a call until a worker is there, and answers only the tab that asked", async () => {
    const [asking, other] = [openTab(), openTab()];
    const reply = asking.bus.call("open", { link: "#s-…", tab: null });
    const worker = openWorker("first");
    expect(await reply).toEqual({ id: "first" });
    expect(worker.asked).toEqual(["open"]);
    expect(other.updates).toEqual([]);
  });

  it("sends what was not answered after the tab's first words to the next worker", async () => {
    const first = openWorker("first", () => new Promise(() => {}));
    const bus: TabBus = new TabBus({
      ready: (epoch) => {
        if (epoch === "second") void bus.call("open", { link: "#s-…", tab: "T" });
      },
      update: () => {},
      alive: () => {},
      frozen: () => {},
      restarting: () => {},
      foreign: () => {},
    });
    open.push(bus);
    await vi.waitFor(() => expect(bus.epoch).toBe("first"));
    const reply = bus.call("start", { id: "a visit" });
    await vi.waitFor(() => expect(first.asked).toEqual(["start"]));
    first.bus.close();
    const second = openWorker("second", async () => null);
    await reply;
    expect(second.asked).toEqual(["open", "start"]);
  });

  it("tells every tab", async () => {
    const tabs = [openTab(), openTab()];
    const worker = openWorker("first");
    await vi.waitFor(() => expect(tabs.map(({ epochs }) => epochs.length)).toEqual([1, 1]));
    worker.bus.broadcast(EMPTY);
    await vi.waitFor(() => expect(tabs.map(({ updates }) => updates)).toEqual([[EMPTY], [EMPTY]]));
  });

  it("asks for everything again at a tab's wish", async () => {
    const worker = openWorker("first");
    const tab = openTab();
    await vi.waitFor(() => expect(worker.hellos()).toBe(1));
    tab.bus.hello();
    await vi.waitFor(() => expect(worker.hellos()).toBe(2));
    expect(tab.epochs).toEqual(["first"]);
  });

  it("passes an error on with its code and detail", async () => {
    const tab = openTab();
    openWorker("first", async () => {
      throw new ShoalError("link/bad-hash", "abc");
    });
    await expect(tab.bus.call("open", { link: "", tab: null })).rejects.toMatchObject({
      code: "link/bad-hash",
      detail: "abc",
    });
  });

  it("passes anything else that was thrown on as the worker's failure", async () => {
    const tab = openTab();
    openWorker("first", async () => {
      throw new TypeError("no such thing");
    });
    await expect(tab.bus.call("open", { link: "", tab: null })).rejects.toMatchObject({
      code: "connection/worker-failed",
      detail: "TypeError: no such thing",
    });
  });

  it("passes over what is no message, and settles a call whose error is of another version", async () => {
    const tab = openTab();
    openWorker("first", async () => {
      throw Object.assign(new ShoalError("link/bad-hash"), { code: "link/of-tomorrow" });
    });
    const stranger = new BroadcastChannel("shoal");
    open.push(stranger);
    for (const message of [null, undefined, 5, "text", [], {}]) stranger.postMessage(message);
    await expect(tab.bus.call("open", { link: "", tab: null })).rejects.toMatchObject({
      code: "link/of-tomorrow",
    });
  });

  it("asks the next worker what the last one did not answer, once", async () => {
    const tab = openTab();
    const silent = openWorker("first", () => new Promise(() => {}));
    const reply = tab.bus.call("start", { id: "t" });
    await vi.waitFor(() => expect(silent.asked).toEqual(["start"]));
    silent.bus.close();

    const next = openWorker("second");
    expect(await reply).toEqual({ id: "second" });
    expect(next.asked).toEqual(["start"]);
  });

  it("fails every call under way when told that there is no worker", async () => {
    const tab = openTab();
    const reply = tab.bus.call("start", { id: "t" });
    tab.bus.fail("connection/worker-failed", "gone");
    await expect(reply).rejects.toMatchObject({ code: "connection/worker-failed", detail: "gone" });
  });

  it("carries a question whether the leader is there to its worker only, and the answer to all tabs", async () => {
    const tabs = [openTab(), openTab()];
    const worker = openWorker("first");
    await vi.waitFor(() => expect(tabs.map(({ epochs }) => epochs.length)).toEqual([1, 1]));
    tabs[0]!.bus.ping();
    await vi.waitFor(() => expect(worker.pings()).toBe(1));
    worker.bus.alive();
    await vi.waitFor(() => expect(tabs.map(({ alive }) => alive())).toEqual([1, 1]));
    const next = openWorker("second");
    await vi.waitFor(() => expect(tabs[0]!.bus.epoch).toBe("second"));
    worker.bus.alive();
    tabs[0]!.bus.tell("frozen");
    tabs[0]!.bus.tell("restarting");
    await vi.waitFor(() => expect(tabs[1]!.fates).toEqual(["frozen", "restarting"]));
    expect(tabs[1]!.alive(), "of a worker that leads no more").toBe(1);
    expect(next.pings()).toBe(0);
  });

  it("tells a worker of any other that says it is there", async () => {
    const old = openWorker("old");
    const young = openWorker("young");
    await vi.waitFor(() => expect(old.rivals()).toBe(1));
    old.bus.ready();
    await vi.waitFor(() => expect(young.rivals()).toBe(1));
    expect(old.rivals()).toBe(1);
  });

  it.each([
    [PROTOCOL + 1, "newer"],
    [PROTOCOL - 1, "older"],
    [undefined, "older"],
  ])("tells a worker that speaks protocol %s as of a version that is %s", async (protocol, version) => {
    const tab = openTab();
    openWorker("first");
    await vi.waitFor(() => expect(tab.bus.epoch).toBe("first"));
    const stranger = new BroadcastChannel("shoal");
    open.push(stranger);
    stranger.postMessage({ to: "all", type: "ready", epoch: "strange", protocol });
    stranger.postMessage({ to: "all", type: "update", epoch: "strange", update: EMPTY });
    await vi.waitFor(() => expect(tab.foreign).toEqual([version]));
    const heard: unknown[] = [];
    stranger.onmessage = ({ data }) => heard.push(data);
    const reply = tab.bus.call("start", { id: "t" });
    openWorker("third");
    expect(await reply, "asked of the next worker that can be understood").toEqual({ id: "third" });
    expect(tab.updates).toEqual([]);
    expect(heard.filter((each) => (each as { epoch?: string }).epoch === "strange")).toEqual([]);
  });
});
