/**
 * Links as chats, mails, web pages and other apps hand them over: the cases from the field in
 * tests/fixtures/cases/links.tsv, and more of each kind.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { formatMagnet, formatShareLink } from "../../../app/engine/content/share-link.ts";
import { expectedOf, linkCases, magnetHash, shareHash } from "../../support/link-cases.ts";

const H = shareHash;
const X = magnetHash;
const v2 = new Uint8Array(Buffer.from(H, "base64url"));
const v1 = new Uint8Array(Buffer.from(X, "hex"));
const hex2 = bytesToHex(v2);
const base32 = "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT";
const page = "https://shoal.example.org";
const link = `${page}/#s-${H}`;
const magnet = `magnet:?xt=urn:btih:${X}`;

/** What a text leads to, in a form that is short to read. */
function read(text: string): string {
  try {
    const { infoHashV1, infoHashV2, origin } = parseShareLink(text);
    const hashes = [infoHashV2 && "v2", infoHashV1 && "v1"].filter(Boolean).join("+");
    if (infoHashV2 !== null) expect(bytesToHex(infoHashV2)).toBe(hex2);
    if (infoHashV1 !== null) expect([X, bytesToHex(base32Hash)]).toContain(bytesToHex(infoHashV1));
    return origin === null ? hashes : `${hashes} of ${origin}`;
  } catch (error) {
    return (error as Error).message;
  }
}
const base32Hash = Uint8Array.from({ length: 20 }, (_, at) => at);

describe("cases from the field", () => {
  test.each(linkCases)("$what", ({ text, gives }) => {
    const expected = expectedOf(gives);
    if (typeof expected === "string") {
      expect(() => parseShareLink(text)).toThrow(expect.objectContaining({ code: expected }));
      return;
    }
    expect(parseShareLink(text)).toMatchObject(expected);
  });
});

describe("words and signs around a link", () => {
  test.each([
    ...[
      ".",
      ",",
      ";",
      ":",
      "!",
      "?",
      "…",
      ")",
      "]",
      "}",
      ">",
      '"',
      "'",
      "”",
      "“",
      "’",
      "»",
      "«",
      "`",
      "|",
      "*",
      "**",
    ],
    ...[
      "_",
      "__",
      "~~",
      "。",
      "，",
      "、",
      "」",
      "』",
      "）",
      "】",
      "》",
      "！",
      "？",
      "/",
      "/.",
      "”.",
      ").",
      ")]",
      " ",
      "\t",
    ],
    ...[
      "\n",
      "\r\n",
      "\u00a0",
      "\u3000",
      "\u2028",
      " thanks!",
      "\nsee you",
      " – Anna",
      "—Anna",
      "谢谢",
      "です",
      "🐟",
    ],
    ...[
      "\u200b",
      "\u200d",
      "\u2060",
      "\ufeff",
      "\u00ad",
      "\u200e",
      "\u200f",
      "\u202c",
      "\u2069",
      "\u0000",
      "\ufe0f",
    ],
    ...[
      "?utm_source=chat",
      "&fbclid=IwAR0",
      "?utm_source=a&utm_medium=b#top",
      ":~:text=fish",
      "#:~:text=fish",
      "&amp;x=y",
    ],
  ])("%j behind it", (behind) => {
    expect(read(link + behind)).toBe(`v2 of ${page}`);
    if (!/^[/:#]|^\?utm|^&/.test(behind)) expect(read(magnet + behind)).toBe("v1");
    if (!/^[?/:#]/.test(behind)) expect(read(`${link}&dn=fish${behind}`)).toBe(`v2 of ${page}`);
  });

  test.each([
    ...[
      "(",
      "[",
      "{",
      "<",
      '"',
      "'",
      "“",
      "„",
      "«",
      "‹",
      "`",
      "*",
      "**",
      "_",
      "~~",
      "「",
      "『",
      "（",
      "【",
      "《",
      "Here: ",
    ],
    ...[
      "\n",
      "\u200b",
      "\ufeff",
      "\u00a0",
      "\u202a",
      "\u2066",
      "> ",
      ">> ",
      "- ",
      "1. ",
      "link:",
      "链接：",
      "See\n",
    ],
  ])("%j before it", (before) => {
    expect(read(before + link)).toBe(`v2 of ${page}`);
    expect(read(before + magnet)).toBe("v1");
  });

  test.each([
    ["Markdown", `[my fish](${link})`],
    ["Markdown with a title", `[my fish](${link} "fish")`],
    ["Markdown that shows the link", `[${link}](${link})`],
    ["Markdown, escaped", `[x](${link.replaceAll("-", "\\-").replaceAll("_", "\\_")})`],
    ["a reference in Markdown", `[1]: <${link}>`],
    ["HTML", `<a href="${link}">my fish</a>`],
    ["HTML without quotes", `<a href=${link}>my fish</a>`],
    ["HTML that shows the link", `<a href='${link}'>${link}</a>`],
    ["HTML, escaped", `&lt;a href=&quot;${link}&quot;&gt;my fish&lt;/a&gt;`],
    ["a chat's markup", `<${link}|my fish>`],
    ["a chat's markup that shows the link", `<${link}|${link}>`],
    ["BBCode", `[url=${link}]my fish[/url]`],
    ["JSON", `{"url":"${link}","name":"fish"}`],
    ["JSON with escaped slashes", JSON.stringify({ url: link }).replaceAll("/", "\\/")],
    ["a feed", `<![CDATA[${link}]]>`],
    ["the same link twice", `${link} or ${link}`],
    ["the same link with another name", `${link}&dn=a\n${link}&dn=b`],
    ["a mail with its quotation", `Thanks!\n\nOn Monday you wrote:\n> Here it is:\n> ${link}\n>\n> Anna`],
    ["a question mark in a sentence", `Did you see ${link}? I did.`],
    ["a shell", `open '${link}' &`],
    ["another address before it", `I read https://news.example/a?b#c and then ${link}`],
    ["a damaged copy before it", `${page}/#s-${H.slice(0, 20)} … sorry: ${link}`],
  ])("%s", (_, text) => {
    expect(read(text)).toBe(`v2 of ${page}`);
  });
});

describe("addresses", () => {
  test.each([
    [`HTTPS://SHOAL.EXAMPLE.ORG/#s-${H}`, page],
    [`http://localhost:8080/#s-${H}`, "http://localhost:8080"],
    [`https://shoal.example.org:8443/sub/#s-${H}`, `${page}:8443`],
    [`https://shoal.example.org/sub#s-${H}`, page],
    [`https://shoal.example.org/?utm_source=a&fbclid=b#s-${H}`, page],
    [`https://shoal.example.org?utm_source=a#s-${H}`, page],
    [`https://shoal.example.org#s-${H}`, page],
    [`https://shoal.example.org/#/s-${H}`, page],
    [`https://[2001:db8::1]:8080/#s-${H}`, "https://[2001:db8::1]:8080"],
    [`http://192.0.2.7:8080/#s-${H}`, "http://192.0.2.7:8080"],
    [`https://me:secret@shoal.example.org/#s-${H}`, page],
    [`https://fisch.köln.example/#s-${H}`, "https://fisch.köln.example"],
    [`shoal.example.org/#s-${H}`, page],
    [`Here it is: shoal.example.org:8443/#s-${H}`, `${page}:8443`],
    [`localhost:8080/#s-${H}`, "http://localhost:8080"],
    [`intent://shoal.example.org/#s-${H}#Intent;scheme=https;end`, page],
    [`view-source:${link}`, page],
    [`${page}/%23s-${H}`, page],
    [`${page}/s-${H}`, page],
    [`${page}/s-${H}/`, page],
    [`${page}/share/s-${H}`, page],
    [`${page}/\n#s-${H}`, page],
    [`${page}/#${magnet}`, page],
    [`${page}/#web+${magnet}`, page],
    [`${page}/${magnet}`, page],
    [`${page}/%23${magnet}`, page],
    [`${page}/#${encodeURIComponent(magnet)}`, page],
    [encodeURIComponent(link), page],
    [encodeURIComponent(encodeURIComponent(link)), page],
    [`https://safe.example/?url=${encodeURIComponent(`${link}&dn=a%20b`)}&data=05%7C01%7C&reserved=0`, page],
    [`https://www.search.example/url?q=${page}/%23s-${H}&sa=D&usg=AOv`, page],
    [`https://l.social.example/l.php?u=${encodeURIComponent(link)}&h=AT0`, page],
    [`https://redirect.example/link?url=${encodeURIComponent(encodeURIComponent(link))}`, page],
  ])("%s is asked at its server", (text, server) => {
    expect(parseShareLink(text)).toMatchObject({ origin: server });
  });

  test.each([
    `https://instant.io/#${X}`,
    `https://instant.io/#${magnet}`,
    `https://www.instant.io/#${magnet}`,
    `https://btorrent.xyz/view#${X}`,
    `https://btorrent.xyz/view#${magnet}`,
    `https://webtorrent.io/desktop#${magnet}`,
    `https://webtor.io/show?magnet=${encodeURIComponent(magnet)}`,
    `https://other.example/?magnet=${magnet}`,
    `https://other.example/#${X}`,
    `https://other.example/#${base32}`,
  ])("%s is of another app, whose server is told of nothing", (text) => {
    expect(read(text)).toBe("v1");
  });

  test("of a link in words, the server is its own, and none before it", () => {
    expect(read(`https://news.example and ${link}`)).toBe(`v2 of ${page}`);
    expect(read(`https://news.example/ #s-${H}`)).toBe("v2");
    expect(read(`#s-${H} https://news.example/`)).toBe("v2");
  });
});

describe("a link that was broken on its way", () => {
  const pieces = (at: number) => [H.slice(0, at), H.slice(at)] as const;

  test.each([
    "\n",
    "\r\n",
    "\r",
    "=\n",
    "=\r\n",
    "\n> ",
    "\r\n>> ",
    " \n",
    "\n  ",
    "\n| ",
    "\u00ad\n",
    "\u200b",
  ])("%j within its hash", (fold) => {
    for (const at of [0, 1, 20, 42]) {
      const broken = pieces(at).join(fold);
      expect(read(`${page}/#s-${broken}`)).toBe(`v2 of ${page}`);
      expect(read(`Here: ${page}/#s-${broken}\nsee you`)).toBe(`v2 of ${page}`);
      expect(read(`${page}/#s-${broken}&dn=fish`)).toBe(`v2 of ${page}`);
    }
    const half = X.slice(0, 20) + fold + X.slice(20);
    expect(read(`magnet:?xt=urn:btih:${half}&dn=fish`)).toBe("v1");
    expect(read(`urn:btih:${half} thanks`)).toBe("v1");
  });

  test("in several places, as in a narrow quotation", () => {
    expect(read(`${page}/#s-${H.match(/.{1,12}/g)!.join("\n> ")}`)).toBe(`v2 of ${page}`);
  });

  test("a space in its place, as a field of one line makes it", () => {
    expect(read(`${page}/#s-${pieces(20).join(" ")}`)).toBe(`v2 of ${page}`);
    expect(read(`${page}/#s-${pieces(20).join(" ")}&dn=fish`)).toBe(`v2 of ${page}`);
    // A word that happens to be as long as what is missing is no part of a hash.
    expect(read(`${page}/#s-${H.slice(0, 37)} thanks a lot`)).toBe("link/hash-length: 37/43");
  });

  test.each([
    [`magnet:?xt=urn:btih:${X}&amp;dn=a&amp;tr=wss%3A%2F%2Ft`],
    [`magnet:?xt=urn:btih:${X}&amp;amp;dn=a&amp;amp;tr=wss%3A%2F%2Ft`],
    [`magnet:?xt=urn:btih:${X}&#38;dn=a&#x26;tr=wss://t`],
    [`magnet:?xt=urn:btih:${X}\\u0026dn=a\\u0026tr=wss://t`],
    [`magnet:?xt=urn:btih:${X}\n&dn=a\n&tr=wss://t`],
    [`magnet%3A%3Fxt%3Durn%3Abtih%3A${X}%26dn%3Da%26tr%3Dwss%253A%252F%252Ft`],
    [`magnet%3A%3Fxt=urn:btih:${X}&dn=a&tr=wss%3A%2F%2Ft`],
    [`magnet%3A?xt=urn:btih:${X}&dn=a&tr=wss%3A%2F%2Ft`],
    [`magnet:?dn=a&tr=wss%3A%2F%2Ft&xt=urn:btih:${X}`],
    [`magnet:?xt=urn%3Abtih%3A${X}&dn=a&tr=wss%3a%2f%2ft`],
  ])("%s", (text) => {
    expect(parseShareLink(text)).toMatchObject({ infoHashV1: v1, name: "a", trackers: ["wss://t"] });
  });

  test("letters of the hash that were percent-encoded without need", () => {
    const encoded = [...H].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join("");
    expect(read(`${page}/#s-${encoded}`)).toBe(`v2 of ${page}`);
  });
});

describe("magnets and hashes in other forms", () => {
  test.each([
    [`magnet://?xt=urn:btih:${X}`, "v1"],
    [`magnet:/?xt=urn:btih:${X}`, "v1"],
    [`MAGNET:?XT=URN:BTIH:${X.toUpperCase()}`, "v1"],
    [`web+magnet:?xt=urn:btih:${X}`, "v1"],
    [`web+magnet://?xt=urn:btih:${X}`, "v1"],
    [`web%2Bmagnet%3A%3Fxt%3Durn%3Abtih%3A${X}`, "v1"],
    [X, "v1"],
    [X.toUpperCase(), "v1"],
    [` ${X}.\n`, "v1"],
    [`"${X}"`, "v1"],
    [`hash: ${X}`, "v1"],
    [`Info hash v1: ${X}`, "v1"],
    [`infohash=${X}`, "v1"],
    [`${X.slice(0, 20)}\n${X.slice(20)}`, "v1"],
    [base32, "v1"],
    [base32.toLowerCase(), "v1"],
    [hex2, "v2"],
    [`1220${hex2}`, "v2"],
    [`urn:btih:${X}`, "v1"],
    [`URN:BTIH:${X}`, "v1"],
    [`urn:btih:${base32}`, "v1"],
    [`urn:btmh:1220${hex2}`, "v2"],
    [`try urn:btih:${X}, thanks`, "v1"],
    [`btih:${X}`, "v1"],
    [`magnet:?xt=urn:btmh:${hex2}`, "v2"],
    [`magnet:?xt=urn:btih:${X}&xt=urn:btmh:1220${hex2}`, "v2+v1"],
    [`s-${H}`, "v2"],
    [`the link is s-${H}, open it`, "v2"],
  ])("%s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test("one torrent in several forms is one link", () => {
    const both = formatMagnet({ infoHashV1: v1, infoHashV2: v2 });
    expect(read(`${both} or ${magnet} or ${link}`)).toBe("v2+v1");
  });
});

describe("names", () => {
  const nameOf = (text: string) => parseShareLink(text).name;

  test.each([
    [`#s-${H}&dn=a b c`, "a b c"],
    [`  #s-${H}&dn=a b c  `, "a b c"],
    [`${magnet}&dn=a b c`, "a b c"],
    [`${magnet}&dn=Show [1080p] (2020).mkv&tr=wss://t`, "Show [1080p] (2020).mkv"],
    [`take ${magnet}&dn=a b c&tr=wss://t, thanks`, "a b c"],
    [`take ${magnet}&dn=fish thanks`, "fish"],
    [`${link}&dn=fish.jpg thanks`, "fish.jpg"],
    [`${link}&dn=my%20fish.jpg thanks`, "my fish.jpg"],
    [`#s-${H}&dn=my+fish thanks`, "my fish"],
    [`(${link}&dn=a(1))`, "a(1)"],
    [`「${link}&dn=fish」`, "fish"],
    [`${link}&dn=fish。谢谢`, "fish"],
    [`${magnet}&dn=【字幕组】你好，世界`, "【字幕组】你好，世界"],
    [`#s-${H}&dn=a\nb`, "a"],
    [`#s-${H}&dn=a https://news.example/`, "a"],
    [`#s-${H}&dn=%E2%80%AEgpj.exe`, "gpj.exe"],
    [`#s-${H}&dn=%20`, null],
    [`#s-${H}&dn=${"x".repeat(70_000)}`, null],
    [`#s-${H}?utm_source=a&dn=fish`, "fish"],
    [`${page}/?dn=nofish#s-${H}&dn=fish`, "fish"],
  ])("%s", (text, name) => {
    expect(nameOf(text)).toBe(name);
  });

  test("a name is cut to what a file's may have, and between characters", () => {
    expect(nameOf(`#s-${H}&dn=${encodeURIComponent("🐟".repeat(300))}`)).toBe("🐟".repeat(255));
  });

  test.each([
    "Really?!",
    "a (1)",
    "it's",
    "etc.",
    "a_",
    "a-",
    "*star*",
    "~",
    "a.",
    "you.and.me...",
    "«a»",
    "“a”",
    "a。",
  ])("%s in a link of ours stays whole in a sentence", (name) => {
    for (const ours of [
      formatShareLink(page, { infoHashV2: v2, name }),
      formatShareLink(page, { infoHashV1: v1, name }),
      formatMagnet({ infoHashV1: v1, name }),
    ]) {
      for (const text of [
        ours,
        `Look (${ours}).`,
        `<a href="${ours}">x</a>`,
        `[x](${ours})`,
        `see ${ours}, please`,
      ])
        expect(nameOf(text)).toBe(name);
    }
  });
});

describe("what is refused", () => {
  test.each([
    ["", "link/not-a-link"],
    ["see you at eight", "link/not-a-link"],
    ["https://example.org/", "link/not-a-link"],
    ["https://example.org/#top", "link/not-a-link"],
    ["https://example.org/page#s-menu", "link/not-a-link"],
    ["In CSS, #s-menu { color: red }", "link/not-a-link"],
    ["see #k-means and https://en.example/Cluster#k-means_clustering", "link/not-a-link"],
    ["a magnet: it sticks", "link/not-a-link"],
    [`fixed in commit ${X} of yesterday`, "link/not-a-link"],
    [`https://code.example/commit/${X}`, "link/not-a-link"],
    [`https://code.example/commit/${X}#diff-${hex2}`, "link/not-a-link"],
    ["d41d8cd98f00b204e9800998ecf8427e", "link/not-a-link"],
    ["123e4567-e89b-12d3-a456-426614174000", "link/not-a-link"],
    [X.slice(1), "link/hash-length: 39/40"],
    [`${X}0`, "link/hash-length: 41/40"],
    [`magnet:?xt=urn:btih:${X}0`, "link/hash-length: 41/40"],
    [`magnet:?xt=urn:btih:${X.slice(1)} thanks`, "link/hash-length: 39/40"],
    [`magnet:?xt=urn:btmh:1220${hex2.slice(1)}`, "link/hash-length: 67/68"],
    [`${page}/#s-${H.slice(1)}`, "link/hash-length: 42/43"],
    [`${page}/#s-${H}x`, "link/hash-length: 44/43"],
    [`${page}/#s-${H.slice(0, 10)}\nsee you`, "link/hash-length: 10/43"],
    [`${page}/#s-${H.slice(0, 10)}…`, "link/hash-length: 10/43"],
    [`${page}/#s-`, "link/no-hash"],
    [`${page}/#s-${H.slice(0, 20)}ü${H.slice(21)}`, `link/bad-hash: ${H.slice(0, 20)}ü${H.slice(21)}`],
    [`${page}/#k-${H}`, "link/private-unsupported"],
    [`Here: ${page}/#k-${H}, bye`, "link/private-unsupported"],
    [`${page}/%23k-${H}`, "link/private-unsupported"],
    [`${link} or ${page}/#s-${"A".repeat(43)}`, "link/several: 2"],
    [`${magnet} and magnet:?xt=urn:btih:${"0".repeat(40)}`, "link/several: 2"],
    ["https://example.org/film.torrent", "link/torrent-address"],
    ["Get (https://example.org/a/film.torrent?x=1), it is good", "link/torrent-address"],
    ["http://example.org/film.TORRENT.", "link/torrent-address"],
    ["https://example.torrent/", "link/not-a-link"],
    ["https://example.org/film.torrents", "link/not-a-link"],
  ])("%j: %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });
});

describe("long texts", () => {
  /** Work that grows with the square of this takes hours, and is ended by the suite's time limit. */
  const size = 250_000;

  test.each([
    "word ",
    "#s-",
    "#s-A",
    "/s-",
    "%23s-",
    "magnet:?",
    "magnet:?xt=urn:btih:",
    "magnet:?xt=urn:btih:a\n",
    "magnet:////",
    "&amp;",
    "&amp;amp;",
    "%2525",
    "https://",
    "https://a.torren ",
    "https://a/b.torrent",
    "a",
    "A ",
    " ",
    "\n",
    "> \n",
    "=\n",
    "(((",
    ")))",
    "\\_",
    "urn:btih:a",
    "a.",
    "s-",
    "\u200b",
    "🐟",
    "#s-A\n",
    "#s-A \n",
  ])("%j again and again costs no more than its length, alone, before a link and in a name", (piece) => {
    const text = piece.repeat(size / piece.length);
    expect(read(text)).toMatch(/^link\/|^v/);
    expect(read(`${text} ${link}`)).toMatch(/^link\/|^v/);
    expect(read(`#s-${H}&dn=${text}`)).toMatch(/^link\/|^v/);
    expect(read(`${magnet}&dn=${text}`)).toMatch(/^link\/|^v/);
  });

  test("much punctuation within each of many links costs no more than its length", () => {
    const text = `#s-${H}&dn=${"!".repeat(60_000)}x\n`.repeat(16);
    expect(read(text)).toBe("v2");
  });
});

test("no text makes the finder fail", () => {
  const pieces = fc.constantFrom(
    ...[
      "#s-",
      "%23",
      "magnet:?",
      "xt=urn:btih:",
      X,
      H,
      "&amp;",
      "&dn=",
      "https://",
      "/",
      "\n",
      "> ",
      "(",
      ")",
      "%",
      "\\",
    ],
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "grapheme" })), { maxLength: 12 }), (parts) => {
      expect(read(parts.join(""))).toMatch(/^(?:link\/|v)/);
    }),
    { numRuns: 2000 },
  );
});
