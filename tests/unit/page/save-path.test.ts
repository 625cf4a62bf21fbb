import { describe, expect, it } from "vitest";
import { parseSavePath, savePath } from "../../../app/bridge/service-worker.ts";

const parse = (path: string) => parseSavePath(new URL(path, "https://shoal.test"));

describe("the address of a save", () => {
  it.each([0, 7, 99_999, null])("names the torrent, file %s and the save, there and back", (file) => {
    const request = { save: "2f1c", torrent: "ab".repeat(32), file };
    expect(parse(savePath(request))).toEqual(request);
  });

  it.each(["/", "/index.html", "/save/", "/save/ab", "/save/ab/", "/save/ab/x", "/save/ab/-1", "/save/../0"])(
    "is not %s",
    (path) => {
      expect(parse(path)).toBeNull();
    },
  );

  it.each(["/save/AB/0", "/save/ab/0/1", "/save/ab/12345678", "/save/ab/0.5", "/save/%2e/0"])(
    "is not %s either",
    (path) => {
      expect(parse(path)).toBeNull();
    },
  );
});
