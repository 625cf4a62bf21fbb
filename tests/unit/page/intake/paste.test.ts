import { describe, expect, it } from "vitest";
import { intakePaste } from "../../../../app/page/intake/paste.ts";
import { textFile } from "../../../../app/page/intake/text-file.ts";
import { transferredText } from "../../../../app/page/intake/transferred-text.ts";

/** As much of a DataTransfer as is read: its files, and its texts by type. */
function transfer(files: readonly File[], texts: Record<string, string> = {}): DataTransfer {
  return { files, getData: (type: string) => texts[type] ?? "" } as unknown as DataTransfer;
}

const png = (name = "image.png") => new File(["pixels"], name, { type: "image/png", lastModified: 5 });

describe("a paste", () => {
  const names: string[] = [];
  const paste = (data: DataTransfer) =>
    intakePaste(data, { nameImage: (extension) => `Pasted ${names.push(extension)}.${extension}` });
  const pathsOf = async (data: DataTransfer) => (await paste(data))?.files.map(({ path }) => path[0]);

  it("gives files as they are, and images of the clipboard names of their own", async () => {
    const intake = await paste(
      transfer([png(), new File(["x"], "fish.jpg", { type: "image/jpeg" }), png("a.png")]),
    );
    expect(intake!.files.map(({ path }) => path[0])).toEqual(["Pasted 1.png", "fish.jpg", "a.png"]);
    expect(intake!.files[0]!.file).toMatchObject({
      name: "Pasted 1.png",
      type: "image/png",
      lastModified: 5,
      size: 6,
    });
  });

  it("numbers two images of the same second", async () => {
    const intake = await intakePaste(transfer([png(), png()]), { nameImage: () => "Pasted.png" });
    expect(intake!.files.map(({ path }) => path[0])).toEqual(["Pasted.png", "Pasted (1).png"]);
  });

  it("of cells or words is their text, not the picture that comes with it", async () => {
    expect(paste(transfer([png()], { "text/plain": "A1\tB1" }))).toBeNull();
    expect(await pathsOf(transfer([png("chart.png")], { "text/plain": "A1" }))).toEqual(["chart.png"]);
  });

  it("of an image from a page is the image", async () => {
    const html = { "text/html": "<img src=a.png>", "text/plain": " " };
    expect(await pathsOf(transfer([png()], html))).toEqual([expect.stringMatching(/^Pasted \d\.png$/)]);
  });

  it("without files is none", () => {
    expect(paste(transfer([]))).toBeNull();
  });
});

describe("text that is dropped or pasted", () => {
  it.each<[string, Record<string, string>, string | null]>([
    ["plain text", { "text/plain": " some words\n" }, "some words"],
    [
      "an address and its title",
      { "text/uri-list": "https://a.example/#s-1\r\n", "text/plain": "A" },
      "https://a.example/#s-1",
    ],
    [
      "a list of addresses",
      { "text/uri-list": "# title\r\nmagnet:?xt=1\r\nhttps://b.example" },
      "magnet:?xt=1",
    ],
    ["a dropped file", { "text/uri-list": "file:///tmp/a", "text/plain": "file:///tmp/a" }, null],
    ["a text about files", { "text/plain": "file: see there" }, "file: see there"],
    ["nothing", {}, null],
    ["blanks", { "text/plain": " \n" }, null],
  ])("%s", (_, texts, text) => {
    expect(transferredText(transfer([], texts))).toBe(text);
  });
});

describe("a text file", () => {
  it.each([
    ["Shopping", "Shopping.txt"],
    [" Shopping.TXT ", "Shopping.txt"],
    ["a/b\\c: d?", "a b c d.txt"],
    ["line\nbreak\u0000", "line break.txt"],
    ["notes...", "notes.txt"],
    ["con", "_con.txt"],
    ["holiday\u202Egpj", "holiday gpj.txt"],
    ["half \uD800", "half \uFFFD.txt"],
    ["", "Note.txt"],
    ["///", "Note.txt"],
    [".txt", "Note.txt"],
    ["\u200B", "Note.txt"],
    ["\u200D\uFE0F \u{E0041}\u3164\u2800.", "Note.txt"],
    ["\uFEFFa\u00AD\u2060b.txt", "ab.txt"],
    [`${"\u200D".repeat(60)}a`, "Note.txt"],
    ["👩‍🚀 ❤️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👩‍🚀 ❤️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿.txt"],
    ["日".repeat(200), `${"日".repeat(60)}.txt`],
    ["🐟".repeat(200), `${"🐟".repeat(60)}.txt`],
  ])("named %j is %j", (name, saved) => {
    expect(textFile("x", name, "Note").name).toBe(saved);
  });

  it("holds the text as UTF-8", async () => {
    const file = textFile("Grüße\r\n🐟", "a", "Note");
    expect(Buffer.from(await file.arrayBuffer()).toString()).toBe("Grüße\r\n🐟");
    expect(file.type).toBe("text/plain");
  });
});
