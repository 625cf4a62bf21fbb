import { expect, it } from "vitest";
import { askToRead } from "../../../app/page/permission.ts";

/** A browser in which each folder has one permission, and the person gives these answers. */
function aBrowser(...answers: (PermissionState | Error)[]) {
  const asked: string[] = [];
  const states = new Map<string, PermissionState>();
  const handle = (folder: string) => ({
    queryPermission: async () => states.get(folder) ?? "prompt",
    requestPermission: async () => {
      asked.push(folder);
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      states.set(folder, answer);
      return answer;
    },
  });
  const handles = (...folders: string[]) => folders.map(handle) as unknown as FileSystemHandle[];
  return { asked, handles };
}

it("one question serves all that its answer counts for", async () => {
  const { asked, handles } = aBrowser("granted", "granted");
  expect(await askToRead(handles("sea", "sea", "lake", "sea"))).toBe(true);
  expect(asked).toEqual(["sea", "lake"]);
});

it.each(["denied", "prompt", new DOMException("", "SecurityError")] as const)(
  "%s ends it",
  async (answer) => {
    const { asked, handles } = aBrowser("granted", answer);
    expect(await askToRead(handles("sea", "lake", "river"))).toBe(false);
    expect(asked).toEqual(["sea", "lake"]);
  },
);
