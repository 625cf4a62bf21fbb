/** Sentences that a person reads are the interface's: the other rooms give codes and data. */
import { describe, expect, it } from "vitest";
import { listSources, parseModule, readModule, type SourceModule } from "../../support/sources.ts";

const rooms = ["engine", "worker", "storage", "bridge", "page", "service-worker"];

/** Keys of formats that have spaces in them, by where they are from. */
const keys = [
  ...["BitTorrent protocol", "piece length", "created by"], // BEP 3
  ...["failure reason", "warning message", "min interval"],
  ...["meta version", "file tree", "pieces root", "piece layers"], // BEP 52
  "symlink path", // BEP 47
];

/** Two words one after the other, or a word beside what a template puts in. */
const sentence = /[A-Za-z…] [a-z]{2,}|\b[a-z]{2,} …/;

/** Each text of a module that reads like a sentence, as "file:line says text". */
function sentences({ path, texts }: SourceModule): string[] {
  return texts
    .filter(({ text, ofFault }) => {
      const ownWords = keys.reduce((rest, key) => rest.replaceAll(key, ""), text);
      return !ofFault && sentence.test(ownWords);
    })
    .map(({ text, line }) => `${path}:${line} says ${text}`);
}

describe("sentences", () => {
  it.each(rooms)("are none of app/%s's", (room) => {
    const modules = listSources(`app/${room}`, /\.ts$/).map(readModule);
    expect(modules.flatMap(({ texts }) => texts)).not.toEqual([]);
    expect(modules.flatMap(sentences)).toEqual([]);
  });

  it.each([
    [`log("warn", "not reachable");`, "not reachable"],
    [`throw new ShoalError(code, \`piece \${piece} is cut short\`);`, "piece … is cut short"],
    [`const detail = \`\${count} pieces\`;`, "… pieces"],
    [`const name = \`\${first} and \${others} more\`;`, "… and … more"],
    [`fail("No room");`, "No room"],
    [`const at = \`byte \${position}\`;`, "byte …"],
    [`new WireError("wire/flood", "told in whole again");`, "told in whole again"],
    [`const words = { refused: ["so it", "is"] };`, "so it"],
  ])("%s would be found", (text, said) => {
    expect(sentences(parseModule("app/engine/a.ts", text))).toEqual([`app/engine/a.ts:1 says ${said}`]);
  });

  it.each([
    ["// a comment says much"],
    [`const names = ["WebTorrent Desktop", \`Shoal \${version}\`];`],
    [`type Said = 'so much' | \`\${number} more\`;`],
    [`info.get("piece length"); malformed(\`info.piece length: \${length}\`);`],
    [`throw new RangeError(\`no piece \${piece}\`);`],
    [`import "./a file with spaces.ts";`],
    [`host.log("link-closed", { link, reason });`],
    [`const line = \`\${name}=\${value} (\${detail})\`;`],
  ])("%s says nothing to a person", (text) => {
    expect(sentences(parseModule("app/engine/a.ts", text))).toEqual([]);
  });
});
