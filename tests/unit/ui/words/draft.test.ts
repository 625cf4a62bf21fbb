import { describe, expect, it } from "vitest";
import type { SharedFile } from "../../../../app/bridge/commands.ts";
import { MAX_NOTE_BYTES as EngineBytes } from "../../../../app/engine/content/constants.ts";
import { MAX_NOTE_BYTES } from "../../../../app/ui/constants.ts";
import {
  againSentence,
  draftContent,
  draftName,
  draftSentence,
  noteTooLong,
  preparingSentence,
  type ToldDraft,
  takenOutSentence,
} from "../../../../app/ui/words/draft.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const file: SharedFile = { file: new File(["fish"], "a"), path: ["sea", "a"], handle: null };

function aDraft(changes: Partial<ToldDraft> = {}): ToldDraft {
  return {
    title: null,
    name: "sea",
    otherEntries: 0,
    files: [file, file],
    size: 1000e6,
    state: "hashing",
    error: null,
    hashed: 250e6,
    rate: 25e6,
    known: false,
    ...changes,
  };
}

describe("a draft", () => {
  it("is named after what it holds, or as the person said", () => {
    expect(draftName(aDraft())).toBe("sea");
    expect(draftName(aDraft({ otherEntries: 2 }))).toBe("sea and 2 more");
    expect(draftName(aDraft({ otherEntries: 2, title: "Holiday" }))).toBe("Holiday");
    expect(draftName(aDraft({ files: [], name: "" }))).toBe("Nothing to share yet");
  });

  it("tells its size, and how many files when there are several", () => {
    expect(plain(draftContent(aDraft()))).toBe("1 GB in 2 files");
    expect(plain(draftContent(aDraft({ files: [file] })))).toBe("1 GB");
    expect(draftContent(aDraft({ files: [] }))).toBe("");
  });

  it("tells while it is prepared how far it is and how long it takes", () => {
    expect(plain(preparingSentence(aDraft()))).toBe("25 %, about 30 seconds left");
    expect(plain(preparingSentence(aDraft({ rate: 0 })))).toBe("25 %");
    expect(preparingSentence(aDraft({ state: "ready" }))).toBe("");
  });

  it("says the same sentence while only numbers change, for it is read aloud", () => {
    expect(draftSentence(aDraft({ hashed: 1, rate: 2 }))).toBe(draftSentence(aDraft()));
  });

  it("says why there is no link yet", () => {
    const ready = aDraft({ state: "ready" });
    expect(draftSentence(ready, "coming")).toBe("Preparing…");
    expect(draftSentence(ready, "note-too-long")).toMatch(/^The note is too long/);
  });

  it("shows a name that would be read in another order", () => {
    expect(draftName(aDraft({ title: "x\u202egpj.exe" }))).not.toContain("\u202e");
  });

  it("says when the link is the same as before, and why it cannot be shared", () => {
    expect(draftSentence(aDraft({ state: "ready", known: true }))).toMatch(/already: the link is the same/);
    const error = { code: "torrent/too-many-files", detail: "900000" } as const;
    expect(plain(draftSentence(aDraft({ state: "failed", error })))).toMatch(/^900,000 files are too many/);
  });
});

it("names the one file that is taken out, and counts those of a folder", () => {
  expect(takenOutSentence(1, "b.jpg")).toBe("“b.jpg” is taken out.");
  expect(plain(takenOutSentence(2, "Raw"))).toBe("2 files in “Raw” are taken out.");
});

it("says that added files were there already", () => {
  expect(plain(againSentence(1, 0))).toBe("1 file was there already.");
  expect(plain(againSentence(3, 2))).toBe("3 files were there already and were not added again.");
});

it("a note may be as long as the engine lets it be", () => {
  expect(MAX_NOTE_BYTES).toBe(EngineBytes);
  expect(plain(noteTooLong(4300, MAX_NOTE_BYTES))).toMatch(/^This note is too long: 4,300 of 4,096 bytes\./);
});
