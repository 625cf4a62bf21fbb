import { describe, expect, it } from "vitest";
import { safeName, safePaths } from "../../../app/worker/safe-names.ts";

describe("safeName", () => {
  it.each([
    ["report.pdf", "report.pdf"],
    ["😀 naïve 名.txt", "😀 naïve 名.txt"],
    [".hidden", ".hidden"],
    ["what?.txt", "what_.txt"],
    ['a:b*c"d<e>f|g', "a_b_c_d_e_f_g"],
    ["line\nbreak", "line_break"],
    ["ends with dots..", "ends with dots__"],
    ["ends with space ", "ends with space_"],
    [" begins with space", "_begins with space"],
    ["CON", "_CON"],
    ["con.txt", "_con.txt"],
    ["COM1.tar.gz", "_COM1.tar.gz"],
    ["console.txt", "console.txt"],
    ["...", "___"],
  ])("writes %j as %j", (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  it("cuts a name that is too long between characters, and keeps its extension", () => {
    const safe = safeName(`${"é😀".repeat(100)}.webm`);
    expect(safe).toMatch(/^(é😀)+é?\.webm$/u);
    expect(new TextEncoder().encode(safe).length).toBeLessThanOrEqual(240);
  });
});

describe("safePaths", () => {
  /** Paths as a person reads them. */
  const saved = (...paths: string[]) =>
    safePaths(paths.map((path) => path.split("/"))).map((path) => path.join("/"));

  it("leaves what is safe as it is", () => {
    expect(saved("a/b.txt", "a/c.txt", "d.txt")).toEqual(["a/b.txt", "a/c.txt", "d.txt"]);
  });

  it("numbers names that a system would take for one", () => {
    expect(saved("a.txt", "A.txt", "a?.txt", "a_.txt")).toEqual([
      "a.txt",
      "A (2).txt",
      "a_.txt",
      "a_ (2).txt",
    ]);
  });

  it("takes two ways to write one letter for the same name", () => {
    expect(saved("\u00e9.txt", "e\u0301.txt")).toEqual(["\u00e9.txt", "e\u0301 (2).txt"]);
  });

  it("keeps a folder's files together, and folders apart", () => {
    expect(saved("x:/1", "x_/1", "x:/2", "x_/2")).toEqual(["x_/1", "x_ (2)/1", "x_/2", "x_ (2)/2"]);
  });

  it("numbers a folder that has a file's name", () => {
    expect(saved("data", "DATA/1")).toEqual(["data", "DATA (2)/1"]);
  });
});
