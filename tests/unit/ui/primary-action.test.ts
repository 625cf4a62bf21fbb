import { describe, expect, it } from "vitest";
import type { FolderStatus } from "../../../app/bridge/commands.ts";
import { primaryAction, secondaryAction } from "../../../app/ui/primary-action.ts";
import { actionLabel } from "../../../app/ui/words/action.ts";
import { aShare } from "../../support/ui-fixture/snapshots.ts";

const whole = { storedBytes: 2_500_000, complete: true };

const asked = {
  ...{ total: 2, readable: 0, notAllowed: 1, kept: true },
  missing: { name: "a", reason: "not-allowed" as const },
};

const inFolder = (state: FolderStatus["state"]) => ({ folder: { name: "Downloads", state, looked: 0 } });

/** A share, its primary and its secondary action. */
const table = [
  ["only a link is known", aShare({ phase: "metadata", size: null }), null, null],
  ["files are known", aShare({ phase: "ready" }), "download", null],
  ["files are known and all here", aShare({ phase: "ready", ...whole }), "save", null],
  ["downloading", aShare(), "pause", null],
  ["paused midway", aShare({ phase: "paused", storedBytes: 1 }), "resume", null],
  ["complete", aShare({ phase: "seeding", ...whole }), "save", "pause"],
  ["complete and paused", aShare({ phase: "paused", ...whole }), "save", "resume"],
  ["stopped by an error", aShare({ phase: "failed" }), "resume", null],
  ["sender", aShare({ phase: "seeding", fromFiles: true, ...whole }), "copy", "pause"],
  ["sender, paused", aShare({ phase: "paused", fromFiles: true, ...whole }), "resume", null],
  [
    "sender, files gone",
    aShare({ phase: "seeding", fromFiles: true, needsFiles: true }),
    "choose-files",
    null,
  ],
  [
    "sender, whom the browser asks first",
    aShare({ phase: "paused", fromFiles: true, needsFiles: true, ownFiles: asked }),
    "go-on",
    null,
  ],
  ["written into a folder", aShare(inFolder("writing")), "pause", null],
  ["whole in a folder", aShare({ phase: "seeding", ...whole, ...inFolder("writing") }), "copy", "pause"],
  [
    "whole in a folder, and nothing to pass on",
    aShare({ phase: "seeding", link: "", ...whole, ...inFolder("writing") }),
    null,
    "pause",
  ],
  [
    "paused, in a folder",
    aShare({ phase: "paused", storedBytes: 1, ...inFolder("writing") }),
    "resume",
    null,
  ],
  ["its folder is looked at", aShare({ phase: "paused", ...inFolder("looking") }), null, null],
  [
    "its folder has to be allowed",
    aShare({ phase: "paused", ...inFolder("waiting") }),
    "go-on-in-folder",
    null,
  ],
] as const;

describe("one action comes first", () => {
  it.each(table)("%s", (_, share, primary, secondary) => {
    expect([primaryAction(share), secondaryAction(share)]).toEqual([primary, secondary]);
  });
});

it("the button says what happens", () => {
  expect(actionLabel("resume", aShare({ phase: "failed" }))).toBe("Try again");
  expect(actionLabel("resume", aShare({ phase: "paused" }))).toBe("Resume");
  expect(actionLabel("resume", aShare({ phase: "paused", ...whole }))).toBe("Resume sharing");
  expect(actionLabel("save", aShare({ fileCount: 1 }))).toBe("Save");
  expect(actionLabel("save", aShare())).toBe("Save all");
});
