import { describe, expect, it } from "vitest";
import { type LogCode, type LogData, type LogEntry, logEntry } from "../../../../app/engine/log.ts";
import { logText } from "../../../../app/ui/words/log.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

const tracker = "shoal.example:8000";
const closed = { link: 3, reason: "banned" } as const;
const error = "NotFoundError";

/** Data of every code. */
const samples: LogData = {
  "tracker-connected": { tracker },
  "tracker-unreachable": { tracker, failures: 4 },
  "tracker-refused": { tracker, reason: "not today" },
  "tracker-warned": { tracker, reason: "not for long" },
  "tracker-undelivered": { tracker, reason: "nobody there" },
  "link-closed": closed,
  "link-ended": closed,
  "peer-banned": closed,
  "peer-broke-protocol": { link: 3, error: "wire/bad-length", detail: "bitfield: 7" },
  "lane-broke-protocol": { link: 3 },
  "piece-failed": { piece: 12_345, senders: 2 },
  "about-unreadable": { reason: "about.mtimes" },
  "share-stopped": { error: "storage/full" },
  "share-members-only": {},
  "share-unreadable": { error: "source/gone" },
  "piece-lost": { piece: 12_345 },
  "piece-unread": { piece: 12_345, error: "storage/failed" },
  "link-mending": { link: 3 },
  "link-given-up": closed,
  "share-damaged": { reason: "trackers" },
  "worker-replaced": {},
  "fault-began": { error: "storage/failed", detail: "no such thing" },
  "command-failed": { command: "rows", error: "connection/worker-failed", detail: "no such thing" },
  "tab-leads": {},
  "worker-silent": {},
  "tab-replaced": {},
  "tab-frozen": {},
  "network-changed": {},
  "worker-not-loaded": {},
  "worker-failed": { message: "no such thing", at: "worker.js:1" },
  "service-worker-refused": { error },
  "update-failed": { error },
  "storage-persistent": {},
  "storage-evictable": {},
  "storage-not-asked": { error },
  "ice-servers-missing": { error },
  "ice-server-refused": { error },
  "connection-not-made": { ...closed, error },
  "connection-state": { link: 3, state: "gathering" },
  "connection-ice": { link: 3, state: "checking" },
  "connection-route": { link: 3, route: "relayed" },
  "connection-route-unread": { error },
  "connection-candidate-refused": { link: 3, error },
  "connection-error": { link: 3, error },
  "connection-closed": closed,
};
const codes = Object.keys(samples) as LogCode[];

const textOf = (code: LogCode) => plain(logText(logEntry(code, samples[code], 0, null)));

describe("the text of a log entry", () => {
  it.each(codes)("%s is a sentence with all that the entry holds", (code) => {
    const text = textOf(code);
    expect(text).toMatch(/^[A-Za-z].*\.$/);
    expect(text).not.toMatch(/undefined|\[object/);
    const worded: Record<string, string> = {
      banned: "is banned",
      relayed: "through a relay",
      12345: "12,345",
    };
    for (const value of Object.values(samples[code])) expect(text).toContain(worded[value] ?? String(value));
  });

  it("is another for every code", () => {
    expect(new Set(codes.map(textOf)).size).toBe(codes.length);
  });

  it("is the code where another version wrote the entry", () => {
    for (const code of ["peer-of-tomorrow", "toString"])
      expect(logText({ ...logEntry("tab-leads", {}, 0, null), code } as unknown as LogEntry)).toBe(code);
  });
});
