/** A tab's client and a worker's bus, over a real channel. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WorkerBus } from "../../../app/bridge/bus.ts";
import type { NodeUpdate, ShareUpdate } from "../../../app/bridge/updates.ts";
import { NodeClient } from "../../../app/page/node-client.ts";
import { aShare } from "../../support/ui-fixture/snapshots.ts";

/** A client lives as long as its tab and closes nothing, so its channel is closed for it. */
const channels: BroadcastChannel[] = [];

beforeEach(() => {
  class KnownChannel extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      channels.push(this);
    }
  }
  vi.stubGlobal("BroadcastChannel", KnownChannel);
});

afterEach(() => {
  vi.unstubAllGlobals();
  for (const channel of channels.splice(0)) channel.close();
});

const whole = (number: number): ShareUpdate => ({
  kind: "whole",
  id: "a",
  number,
  share: aShare({ id: "a" }),
});

function told(number: number, ...updates: ShareUpdate[]): NodeUpdate {
  return { latest: [{ id: "a", number }], updates, drafts: [], saving: [], storage: null, fault: null };
}

/** A worker that tells the same whole share whenever it is asked. */
function openWorker(epoch: string, number: number) {
  let hellos = 0;
  const bus = new WorkerBus(epoch, {
    hello: () => {
      hellos++;
      bus.broadcast(told(number, whole(number)));
    },
    ping: () => {},
    rival: () => {},
    command: async () => null,
  });
  return { bus, hellos: () => hellos };
}

it("asks again for everything when it missed something, and shows what it has until then", async () => {
  const worker = openWorker("first", 2);
  const node = new NodeClient();
  await vi.waitFor(() => expect(node.snapshot).not.toBeNull());
  const before = node.snapshot;
  let changes = 0;
  node.subscribe(() => changes++);

  worker.bus.broadcast(told(2));
  await vi.waitFor(() => expect(changes).toBe(1));
  expect(worker.hellos()).toBe(1);
  expect(node.snapshot!.shares[0]).toBe(before!.shares[0]);

  worker.bus.broadcast(told(7));
  await vi.waitFor(() => expect(worker.hellos()).toBe(2));
  await vi.waitFor(() => expect(changes).toBe(2));
  expect(node.snapshot!.shares).toHaveLength(1);
});

it("takes nothing that the last worker told for the next one's", async () => {
  const first = openWorker("first", 1);
  const node = new NodeClient();
  await vi.waitFor(() => expect(node.snapshot).not.toBeNull());
  const before = node.snapshot!.shares[0];
  first.bus.close();

  const second = openWorker("second", 1);
  await vi.waitFor(() => expect(node.epoch).toBe("second"));
  second.bus.broadcast(told(1));
  await vi.waitFor(() => expect(second.hellos()).toBe(1));
  await vi.waitFor(() => expect(node.snapshot!.shares[0]).not.toBe(before));
});

it("says that another tab is of another version, and goes on with the next worker", async () => {
  const first = openWorker("first", 1);
  const node = new NodeClient();
  await vi.waitFor(() => expect(node.snapshot).not.toBeNull());
  const channel = new BroadcastChannel("shoal");
  channel.postMessage({ to: "all", type: "snapshot", epoch: "first", snapshot: { shares: [] } });
  await vi.waitFor(() => expect(node.fault?.code).toBe("storage/blocked"));
  first.bus.close();
  channel.close();
  openWorker("second", 1);
  await vi.waitFor(() => expect(node.epoch).toBe("second"));
  expect(node.fault).toBeNull();
});
