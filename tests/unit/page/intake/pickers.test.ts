import { afterEach, describe, expect, it, vi } from "vitest";
import { pickHandles } from "../../../../app/page/intake/pickers.ts";

afterEach(() => vi.unstubAllGlobals());

const fails = (name: string) => async () => {
  throw new DOMException("", name);
};

describe("a picker", () => {
  it("gives what was picked, a folder or files", async () => {
    const showOpenFilePicker = vi.fn(async () => ["a", "b"]);
    const showDirectoryPicker = vi.fn(async () => "sea");
    vi.stubGlobal("window", { showOpenFilePicker, showDirectoryPicker });
    expect(await pickHandles({ folder: false, multiple: true })).toEqual(["a", "b"]);
    expect(await pickHandles({ folder: true, multiple: false })).toEqual(["sea"]);
    expect(showOpenFilePicker).toHaveBeenCalledWith(expect.objectContaining({ multiple: true }));
    expect(showDirectoryPicker).toHaveBeenCalledWith(expect.objectContaining({ mode: "read" }));
  });

  it.each([true, false])(
    "that the browser has not, or refuses, is left to an input (folder: %s)",
    async (folder) => {
      vi.stubGlobal("window", {});
      expect(await pickHandles({ folder, multiple: false })).toBeUndefined();
      const refuse = fails("SecurityError");
      vi.stubGlobal("window", { showOpenFilePicker: refuse, showDirectoryPicker: refuse });
      expect(await pickHandles({ folder, multiple: false })).toBeUndefined();
    },
  );

  it.each(["AbortError", "NotAllowedError"])(
    "that is closed, or open already, gives nothing (%s)",
    async (name) => {
      vi.stubGlobal("window", { showOpenFilePicker: fails(name), showDirectoryPicker: fails(name) });
      expect(await pickHandles({ folder: true, multiple: false })).toBeNull();
      expect(await pickHandles({ folder: false, multiple: false })).toBeNull();
    },
  );
});
