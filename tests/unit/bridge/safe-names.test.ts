import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameKey, SafePaths, safeName, zipName } from "../../../app/bridge/safe-names.ts";

const bytesOf = (name: string) => new TextEncoder().encode(name).length;

describe("a safe name", () => {
  it.each([
    ["report.pdf", "report.pdf"],
    ["😀 naïve 名.txt", "😀 naïve 名.txt"],
    [".hidden", ".hidden"],
    ["what?.txt", "what_.txt"],
    ['a:b*c"d<e>f|g', "a_b_c_d_e_f_g"],
    ["a/b\\c", "a_b_c"],
    ["C:", "C_"],
    ["readme.txt:stream:$DATA", "readme.txt_stream_$DATA"],
    ["line\nbreak\u0085\u2028", "line_break__"],
    ["ends with dots..", "ends with dots__"],
    ["ends with spaces \u00a0", "ends with spaces__"],
    ["\u3000begins with a space", "_begins with a space"],
    ["CON", "_CON"],
    ["con.txt", "_con.txt"],
    ["nul .txt", "_nul .txt"],
    ["COM1.tar.gz", "_COM1.tar.gz"],
    ["com¹", "_com¹"],
    ["console.txt", "console.txt"],
    [".", "_"],
    ["..", "__"],
    ["...", "___"],
    ["", "_"],
    ["half a character \ud83d.txt", "half a character _.txt"],
  ])("of %j is %j", (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  it.each([
    ["a right-to-left override", "holiday\u202egpj.exe", "holidaygpj.exe"],
    ["an isolate and its end", "a\u2067b\u2069.txt", "ab.txt"],
    ["direction marks", "\u200fשלום\u200e.txt", "שלום.txt"],
    ["a letter without width", "in\u200bvoice\ufeff.pdf", "invoice.pdf"],
    ["a soft hyphen and a filler", "in\u00advoice\u3164.pdf", "invoice.pdf"],
    ["nothing that can be seen", "\u202e\u200b", "_"],
    ["a device behind something unseen", "c\u200bon.txt", "_con.txt"],
    ["joiners that join nothing", "a\u200d\u200db\u200c.txt", "ab.txt"],
    ["tags behind a flag", `🏴󠁧󠁢󠁳󠁣󠁴󠁿${String.fromCodePoint(0xe0041)}.txt`, "🏴󠁧󠁢󠁳󠁣󠁴󠁿.txt"],
    ["very many tags", `a${String.fromCodePoint(0xe0041).repeat(300_000)}.txt`, "a.txt"],
    ["tags that are no flag", `a${String.fromCodePoint(0xe0041, 0xe0042)}.txt`, "a.txt"],
  ])("is without %s", (_, name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  it.each([
    ["a family", "👩‍👩‍👧‍👦.jpg"],
    ["a heart on fire", "❤️‍🔥.jpg"],
    ["the flag of Scotland", "🏴󠁧󠁢󠁳󠁣󠁴󠁿.jpg"],
    ["a flag before a name", "🏴󠁧󠁢󠁳󠁣󠁴󠁿a🏴.jpg"],
    ["Persian", "می\u200cخواهم.pdf"],
    ["Sinhala", "ශ්\u200dරී.pdf"],
    ["an Arabic number sign, which can be seen", "\u0600١٢.txt"],
  ])("leaves what shapes %s", (_, name) => {
    expect(safeName(name)).toBe(name);
  });

  it("is cut between characters where it is too long, and keeps its extension", () => {
    const safe = safeName(`${"é😀".repeat(100)}.webm`);
    expect(safe).toMatch(/^(é😀)+é?\.webm$/u);
    expect(bytesOf(safe)).toBeGreaterThan(220);
    expect(safeName(`${"a".repeat(222)}👩‍👩.txt`)).toBe(`${"a".repeat(222)}👩.txt`);
    expect(zipName("n".repeat(300))).toMatch(/^n+\.zip$/);
  });

  it("is taken by every system, whatever it was, and stays as it is", () => {
    const unit = fc.constantFrom(
      ..."aAß.é \u0301~$:?\\/\u202e\u200d\u200b\u0000",
      "con",
      "😀",
      "\ud83d",
      "long".repeat(50),
    );
    const name = fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(name, (given) => {
        const safe = safeName(given);
        expect(bytesOf(safe)).toBeGreaterThan(0);
        // With what browsers and we add, there is room below 255.
        expect(bytesOf(safe)).toBeLessThanOrEqual(230);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(safe).not.toMatch(/[<>:"/\\|?*\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(safe).not.toMatch(/^\s|[\s.]$/);
        expect(safe).not.toMatch(/^(con|nul|aux|prn)\s*(\.|$)/i);
        expect(safe.isWellFormed()).toBe(true);
        expect(safeName(safe)).toBe(safe);
      }),
    );
  });
});

/** Paths as a person reads them. */
function saved(...paths: string[]): string[] {
  const names = new SafePaths();
  return paths.map((path) => names.add(path.split("/")).join("/"));
}

describe("safe paths", () => {
  it("are those of the torrent where these are safe", () => {
    expect(saved("a/b.txt", "a/c.txt", "d.txt")).toEqual(["a/b.txt", "a/c.txt", "d.txt"]);
  });

  it("have a number where a system would take a name for an earlier one", () => {
    expect(saved("a.txt", "A.txt", "a?.txt", "a_.txt", "a (2).txt")).toEqual([
      "a.txt",
      "A (2).txt",
      "a_.txt",
      "a_ (2).txt",
      "a (2) (2).txt",
    ]);
  });

  it.each([
    ["two ways to write one letter", "\u00e9.txt", "e\u0301.txt"],
    ["letters that differ in case in some languages only", "ΑΣ", "ας"],
    ["a letter and the two that it is in upper case", "straße", "STRASSE"],
  ])("know %s for the same", (_, one, other) => {
    const [, second] = saved(one, other);
    expect(second).toContain(" (2)");
  });

  it("keep a folder's files together, and folders apart", () => {
    expect(saved("x:/1", "x_/1", "x:/2", "x_/2")).toEqual(["x_/1", "x_ (2)/1", "x_/2", "x_ (2)/2"]);
  });

  it("number a folder that has a file's name", () => {
    expect(saved("data", "DATA/1")).toEqual(["data", "DATA (2)/1"]);
  });

  it("give another name in place of one that a browser refuses, which nobody else has", () => {
    const names = new SafePaths();
    const refused = names.add(["d", "~a.lnk"]);
    names.add(["d", "A.lnk_"]);
    expect(names.addOther(refused)).toBe("a (2).lnk_");
    expect(names.addOther(["👩‍🚀"])).toBe("👩🚀_");
  });

  it("are as many as there are files, to every system, and lead to the same folders", () => {
    const unit = fc.constantFrom(..."aAéE\u0301.: ()2~", "con", " (2)");
    const path = fc.array(fc.string({ unit, minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.uniqueArray(path, { selector: (each) => each.join("/"), maxLength: 30 }), (paths) => {
        const names = new SafePaths();
        const safe = paths.map((each) => names.add(each));
        const keys = new Set(safe.map((each) => each.map(nameKey).join("/")));
        expect(keys.size).toBe(paths.length);
        // No file stands where another has a folder.
        for (const each of safe)
          for (let depth = 1; depth < each.length; depth++)
            expect(keys).not.toContain(each.slice(0, depth).map(nameKey).join("/"));
        const folders = new Map<string, string>();
        for (const [at, each] of paths.entries()) {
          const written = each.slice(0, -1).join("/");
          const now = safe[at]!.slice(0, -1).join("/");
          expect(folders.get(written) ?? now).toBe(now);
          folders.set(written, now);
        }
      }),
    );
  });

  it("cost no more for a name that many have", () => {
    const work = (count: number) => {
      const names = new SafePaths();
      const folds = { count: 0 };
      // Each look at whether a name is taken makes it comparable first.
      const normalize = String.prototype.normalize;
      String.prototype.normalize = function (form) {
        folds.count++;
        return normalize.call(this, form);
      };
      try {
        for (let at = 0; at < count; at++) names.add(["folder", at % 2 ? "image.jpg" : "IMAGE.JPG"]);
      } finally {
        String.prototype.normalize = normalize;
      }
      return folds.count;
    };
    expect(work(4_000)).toBeLessThanOrEqual(work(1_000) * 4.1);
  });
});
