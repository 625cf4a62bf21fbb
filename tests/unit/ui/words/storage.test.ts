import { describe, expect, it } from "vitest";
import type { ShareSnapshot } from "../../../../app/bridge/commands.ts";
import { MUCH_TO_COME } from "../../../../app/ui/constants.ts";
import {
  folderErrorSentence,
  folderSentence,
  forgottenWords,
  lostSentence,
  noRoomSentence,
  persistenceSentence,
  roomSentence,
  stillNoRoomSentence,
  storageSentence,
} from "../../../../app/ui/words/storage.ts";
import { aShare } from "../../../support/ui-fixture/snapshots.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("storage in words", () => {
  it.each([
    [null, "This browser does not tell how much Shoal stores, or how much is free."],
    [{ used: 3.4e9, free: 6.6e9, persisted: false }, "3.4 GB used, 6.6 GB free."],
    [{ used: 0, free: 0, persisted: true }, "0 bytes used, 0 bytes free."],
    [
      { used: 3.4e9, free: null, persisted: false },
      "3.4 GB used. This browser does not tell how much is free.",
    ],
  ])("%j", (storage, words) => {
    expect(plain(storageSentence(storage))).toBe(words);
  });

  it("says whether it lasts, and that asking was in vain", () => {
    expect(persistenceSentence(true, false)).toBe("This browser keeps it until you remove it.");
    expect(persistenceSentence(false, false)).toContain("may delete it by itself");
    expect(persistenceSentence(false, true)).toContain("It stays as it is");
  });

  it("counts removed shares", () => {
    expect(plain(forgottenWords(1))).toBe("Left of 1 removed share");
    expect(plain(forgottenWords(2))).toBe("Left of 2 removed shares");
  });
});

describe("what the browser deleted", () => {
  const gone = { listed: false };
  const emptied = { listed: true };

  it.each([
    [[gone], "This browser deleted what Shoal had stored here: 1 share is gone."],
    [[gone, gone], "This browser deleted what Shoal had stored here: 2 shares are gone."],
    [[emptied], "This browser deleted what it had stored of 1 share. Open it and download it again"],
    [[emptied, gone], "1 other is gone altogether; a link opens one again."],
    [[emptied, gone, gone], "2 others are gone altogether"],
  ])("%j", (lost, words) => {
    expect(plain(lostSentence(lost))).toContain(words);
  });
});

describe("the room for what is to come", () => {
  const unknown = { used: 0, free: null, persisted: false };
  const little = { used: 0, free: 1e9, persisted: false };
  const aDownload = (changes: Partial<ShareSnapshot>) =>
    aShare({ phase: "ready", wantedBytes: 12e9, storedBytes: 0, ...changes });

  it("is warned of where much is to come and the browser does not tell", () => {
    const words = plain(roomSentence(aDownload({}), unknown));
    expect(words).toMatch(/^12 GB to come, and this browser does not tell whether it has room for that/);
    expect(words).toMatch(/what has arrived is kept, and the download goes on once there is more\.$/);
    expect(plain(roomSentence(aDownload({ phase: "downloading", storedBytes: 1e9 }), null))).toMatch(
      /^11 GB/,
    );
  });

  it("is told where it is known to be too little", () => {
    expect(plain(roomSentence(aDownload({}), little))).toBe(
      "12 GB to come, and this browser gives Shoal 1 GB more.",
    );
  });

  it.each<[string, Partial<ShareSnapshot>, typeof unknown | typeof little | null]>([
    ["little is to come", { wantedBytes: MUCH_TO_COME - 1 }, unknown],
    ["it fits", { wantedBytes: 1e9 }, little],
    ["most is here", { storedBytes: 11.5e9 }, little],
    ["all is here", { storedBytes: 12e9 }, unknown],
    ["the files are the person's own", { fromFiles: true }, unknown],
    ["nothing is under way", { phase: "paused" }, unknown],
    ["it goes into a folder", { folder: { name: "D", state: "writing", looked: 0 } }, unknown],
    ["an error says it already", { phase: "failed" }, little],
  ])("is no matter where %s", (_, changes, storage) => {
    expect(roomSentence(aDownload(changes), storage)).toBe("");
  });

  it("that is missing is named as far as it is known, and so is the browser's answer", () => {
    expect(plain(noRoomSentence(1.3e9))).toBe(
      "This share needs 1.3 GB more than this browser gives Shoal now.",
    );
    expect(noRoomSentence(null)).toContain("What has arrived is kept");
    expect(stillNoRoomSentence(true)).toContain("still not enough");
    expect(stillNoRoomSentence(false)).toContain("did not agree");
  });
});

describe("a share in a folder", () => {
  const inFolder = (state: "looking" | "writing" | "waiting", changes: Partial<ShareSnapshot> = {}) =>
    aShare({ folder: { name: "Down\u202eloads", state, looked: 1e9 }, size: 4e9, ...changes });

  it.each([
    ["", aShare(), false],
    ["Looking at what is in the folder “Down\ufffdloads” already: 1 GB of 4 GB.", inFolder("looking"), false],
    ["Allow Shoal to write there again: what is there already is found.", inFolder("waiting"), false],
    ["A file that is whole stays there, whatever happens.", inFolder("writing"), false],
    ["The files are in the folder “Down\ufffdloads”.", inFolder("writing"), true],
  ])("says %j", (words, share, isAllHere) => {
    const sentence = plain(folderSentence(share, isAllHere));
    if (words === "") expect(sentence).toBe("");
    else expect(sentence).toContain(words);
  });

  it("says why it stopped, and what is kept", () => {
    const full = { code: "storage/full", detail: "no room" } as const;
    expect(folderErrorSentence(inFolder("writing", { error: full }))).toMatch(
      /^The folder “.+” cannot be written to \(no room\)\. Files that are whole are kept;/,
    );
    expect(folderErrorSentence(inFolder("writing"))).toBeNull();
    expect(folderErrorSentence(aShare({ error: full }))).toBeNull();
    const changed = { code: "source/changed", detail: "a.bin" } as const;
    expect(folderErrorSentence(inFolder("writing", { error: changed }))).toBeNull();
  });
});
