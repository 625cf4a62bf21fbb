import { describe, expect, it } from "vitest";
import { isSystemName } from "../../../../app/page/intake/system-files.ts";

describe("system files", () => {
  it.each([
    ...[".DS_Store", "._fish.jpg", ".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems"],
    ...[".DocumentRevisions-V100", "__MACOSX", "Icon\r", ".localized", ".AppleDouble"],
    ...["Thumbs.db", "thumbs.DB", "ehthumbs.db", "desktop.ini", "Desktop.ini"],
    ...["$RECYCLE.BIN", "$Recycle.Bin", "System Volume Information"],
    ...[".directory", ".Trash-1000", ".fuse_hidden0000004a00000001", ".nfs000000000532e8d900000002"],
    ...["@eaDir", "~$plan.docx", "~$Plan.DOC", "~$table.xlsx", "~$table.xlsb", "~$talk.pptx", "~$a.vsdx"],
    ...[".~lock.doc#", ".~lock.Plan 2026.odt#"],
  ])("%j is one", (name) => {
    expect(isSystemName(name)).toBe(true);
  });

  it.each([
    ...["plan.docx", "~plan.docx", "~$plan", "~$plan.txt", "~lock.doc#", "~$", "lock.doc#", ".~lock.doc"],
    ...["_DS_Store", "DS_Store", ".DS_Store.txt", "._", "..a", ".bashrc", ".git", ".env", ".well-known"],
    ...["Thumbs.db.txt", "my desktop.ini", "desktop.ini.bak", "plan.txt~", "Icon", "icon", "Trashes"],
    ...[".nfs", ".Trash", "shortcut.url", "link.lnk", "CON.txt", "aux", "MACOSX", ""],
  ])("%j is none", (name) => {
    expect(isSystemName(name)).toBe(false);
  });
});
