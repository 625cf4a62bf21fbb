import { describe, expect, it } from "vitest";
import { CONNECTION_LIMITS, MAX_CONNECTIONS } from "../../../app/page/constants.ts";
import { type DeviceTraits, deviceKind } from "../../../app/page/device.ts";

describe("the kind of device", () => {
  it.each<[string, DeviceTraits, "desktop" | "phone"]>([
    ["Chromium on a phone", { mobile: true, touched: true, memory: 8 }, "phone"],
    ["Chromium on a small tablet", { mobile: false, touched: true, memory: 4 }, "phone"],
    ["Chromium on a large tablet", { mobile: false, touched: true, memory: 8 }, "desktop"],
    ["Chromium on a small computer", { mobile: false, touched: false, memory: 2 }, "desktop"],
    ["Firefox or Safari on a phone", { mobile: undefined, touched: true, memory: undefined }, "phone"],
    ["Firefox or Safari on a computer", { mobile: undefined, touched: false, memory: undefined }, "desktop"],
  ])("%s", (_, traits, kind) => {
    expect(deviceKind(traits)).toBe(kind);
  });

  it("never lets the engine ask for more connections than the window hosts", () => {
    for (const { node, torrent } of Object.values(CONNECTION_LIMITS)) {
      expect(node).toBeLessThanOrEqual(MAX_CONNECTIONS);
      expect(torrent).toBeLessThan(node);
    }
  });
});
