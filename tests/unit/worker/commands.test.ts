import { describe, expect, it } from "vitest";
import type { Commands } from "../../../app/bridge/commands.ts";
import { type CommandParts, CommandTable } from "../../../app/worker/commands.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { VirtualNetwork } from "../../support/virtual-network.ts";

const content = sampleContent("hybrid", { "a.bin": 2_000_000 }, 65_536);

/** A seed with its commands, and who downloads from it. */
function pair() {
  const net = new VirtualNetwork(1);
  const [seed, leecher] = [net.add("A"), net.add("B")];
  const id = seed.add(content, "seed");
  const library = { settled: async () => {} } as CommandParts["library"];
  const commands = new CommandTable({ engine: seed.engine, library } as CommandParts);
  const limits = (request: Commands["limits"]["request"]) =>
    commands.run({ to: "worker", call: "1", epoch: "", name: "limits", request });
  return { net, id, leecher, limits };
}

describe("limits", () => {
  it.each(["one share", "all together"])("hold for %s, and are lifted again", async (of) => {
    const { net, id, leecher, limits } = pair();
    const which = of === "one share" ? id : null;
    expect(await limits({ id: which, up: 100_000, down: null })).toBeNull();
    leecher.add(content, "torrent");
    net.clock.run(5_000);
    const { downloaded } = leecher.engine.snapshot(id);
    expect(downloaded).toBeGreaterThan(200_000);
    expect(downloaded).toBeLessThan(600_000);
    await limits({ id: which, up: null, down: null });
    net.clock.run(2_000);
    expect(leecher.has(content, id)).toBe(true);
  });

  it.each([0, -1, Number.NaN, Infinity])("are refused when one is %s", async (rate) => {
    const { id, limits } = pair();
    await expect(limits({ id, up: rate, down: null })).rejects.toMatchObject({ code: "share/bad-limit" });
    await expect(limits({ id: null, up: 1, down: rate })).rejects.toMatchObject({ code: "share/bad-limit" });
  });

  it("are refused for a share that is not here", async () => {
    await expect(pair().limits({ id: "gone", up: 1, down: 1 })).rejects.toMatchObject({
      code: "share/unknown",
    });
  });
});
