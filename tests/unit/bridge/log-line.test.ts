import fc from "fast-check";
import { expect, it } from "vitest";
import { logLine } from "../../../app/bridge/log-line.ts";
import { logEntry } from "../../../app/engine/log.ts";

const noon = Date.UTC(2026, 0, 2, 12);

it("has the time, the area, the code, the data and the beginning of the epoch", () => {
  const entry = logEntry("link-closed", { link: 3, reason: "idle" }, noon, "1b9d6bcd-bbfd-4b2d");
  expect(logLine(entry)).toBe(
    "2026-01-02T12:00:00.000Z [peer] link-closed link=3 reason=idle epoch=1b9d6bcd",
  );
  expect(logLine(logEntry("tab-leads", {}, noon, null))).toBe("2026-01-02T12:00:00.000Z [page] tab-leads");
});

it("puts what is not a word in quotes", () => {
  const entry = logEntry(
    "tracker-warned",
    { tracker: "a.example:80", reason: 'say "no" epoch=x' },
    noon,
    null,
  );
  expect(logLine(entry)).toMatch(/tracker=a\.example:80 reason="say \\"no\\" epoch=x"$/);
});

it("is one line of visible text, whatever a stranger writes", () => {
  const text = fc.string({ unit: "binary" });
  const examples: [string][] = [["\u202egnp.exe\u2066"], ["a\n[peer] b"], ["a\u2028b"], ["\ud800"]];
  fc.assert(
    fc.property(text, (reason) => {
      const line = logLine(logEntry("tracker-warned", { tracker: "a.example", reason }, noon, null));
      expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
    { examples },
  );
});
