import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorSentence } from "../../../../app/ui/words/errors.ts";
import { documentTitle, shareName } from "../../../../app/ui/words/share.ts";
import { openedSentence } from "../../../../app/ui/words/torrents.ts";
import { visibleName, visiblePath, visibleText } from "../../../../app/ui/words/visible-name.ts";
import { listSources, projectRoot } from "../../../support/sources.ts";
import { aShare } from "../../../support/ui-fixture/snapshots.ts";

describe("a visible name", () => {
  it.each([
    ["a turn of direction", "holiday\u202egpj.exe", "holiday\ufffdgpj.exe"],
    ["embeddings and isolates", "\u202aa\u202c\u2066b\u2069", "\ufffda\ufffd\ufffdb\ufffd"],
    ["marks of direction", "a\u200eb\u200fc\u061cd", "a\ufffdb\ufffdc\ufffdd"],
    ["line feeds and tabs", "a\nb\r\tc\0", "a␊b␍␉c␀"],
    ["DEL and the second set of controls", "a\u007f\u0085\u009b", "a␡\ufffd\ufffd"],
    ["line and paragraph separators", "a\u2028b\u2029", "a\ufffdb\ufffd"],
    ["nothing with no width", "a\u200bb\ufeffc\u00add\u2060e", "a\ufffdb\ufffdc\ufffdd\ufffde"],
    ["fillers that look like spaces", "a\u3164b\u115f", "a\ufffdb\ufffd"],
    ["tags of no flag", "a\u{e0061}\u{e007f}", "a\ufffd\ufffd"],
    ["lone surrogates", "a\ud800b", "a\ufffdb"],
    ["joiners between Latin letters", "exe\u200dcute\u200c.txt", "exe\ufffdcute\ufffd.txt"],
    ["joiners at the ends", "\u200da\u200c", "\ufffda\ufffd"],
  ])("shows %s", (_, name, shown) => {
    expect(visibleName(name)).toBe(shown);
  });

  it.each([
    ["letters and spaces", "Ferien in Å, 2026 (1).tar.gz"],
    ["a family", "👨‍👩‍👧‍👦.jpg"],
    ["a pirate flag, skin and hair", "🏴‍☠️ 👩🏽‍🦰 ❤️‍🔥.png"],
    ["the flag of Wales", "🏴󠁧󠁢󠁷󠁬󠁳󠁿.svg"],
    ["Persian with non-joiners", "می‌خواهم.txt"],
    ["Hindi with a joiner and a non-joiner", "क्‍ष क्‌ष.txt"],
    ["Sinhala", "ශ්‍රී.txt"],
    ["Arabic and Hebrew", "صور عطلة שלום.zip"],
    ["Han with variations", "葛󠄀.txt"],
    ["combining marks", "e\u0301\u0323.txt"],
  ])("leaves %s as they are", (_, name) => {
    expect(visibleName(name)).toBe(name);
  });

  it("is each of a path", () => {
    expect(visiblePath(["a\u202e", "b\nc"])).toBe("a\ufffd/b␊c");
  });
});

describe("names that strangers chose", () => {
  const name = "holiday\u202egpj.exe\n";
  const shown = "holiday\ufffdgpj.exe␊";

  it("are visible in headings, titles and errors", () => {
    expect(shareName(aShare({ name }))).toBe(shown);
    expect(documentTitle(aShare({ name }), null)).toContain(shown);
    expect(errorSentence("source/gone", name)).toContain(`“${shown}”`);
    expect(openedSentence(0, [{ name, sentence: "No." }])).toBe(`“${shown}”: No.`);
  });

  it("are put into no template as they are", () => {
    const raw = /(?<!data-path=)\$\{[^{}]*\b(?:row|node|file|share|each)\.(?:name|path)\b[^{}]*\}/g;
    const found = listSources("app/ui", /\.ts$/).flatMap((path) =>
      (readFileSync(`${projectRoot}/${path}`, "utf8").match(raw) ?? [])
        .filter((text) => !/visible(?:Name|Path)\(|safeName\(/.test(text))
        .map((text) => `${path} ${text}`),
    );
    expect(found).toEqual([]);
  });
});

describe("a visible text", () => {
  it("keeps its line breaks and tabs, and shows what is hidden in each line as in a name", () => {
    const shown = "Grüße 👨‍👩‍👧‍👦\n\n\t\ufffdgpj.exe␍\nשלום";
    expect(visibleText("Grüße 👨‍👩‍👧‍👦\n\n\t\u202egpj.exe\r\nשלום")).toBe(shown);
  });
});
