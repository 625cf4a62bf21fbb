/**
 * The text of a link as it comes: what chats, mails and web pages do to it is undone here, and the two parts of a link
 * that are hard to tell from what stands behind them are read: its hash, and its parameters. find-link.ts says where
 * they begin.
 */
import { MAX_FOLDS, MAX_LINK_LENGTH, MAX_LINK_NAME_LENGTH } from "./constants.ts";

/** Characters that are not seen: soft hyphens, joiners, marks of direction, variation selectors, controls. */
const invisible = /\p{Default_Ignorable_Code_Point}|(?!\s)\p{Cc}/gu;

/** The texts that web pages write for characters of links. */
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  "#38": "&",
  "#x26": "&",
  quot: '"',
  "#34": '"',
  "#x22": '"',
  apos: "'",
  "#39": "'",
  "#x27": "'",
  lt: "<",
  "#60": "<",
  gt: ">",
  "#62": ">",
  "#35": "#",
  "#x23": "#",
  num: "#",
  "#61": "=",
  "#x3d": "=",
  "#47": "/",
  "#x2f": "/",
  "#58": ":",
  "#x3a": ":",
  nbsp: " ",
  shy: "",
};
const entity = /&(amp;)*(#?[a-z0-9]{2,4});/gi;

/** The text without what is not seen, and without the escapes of mails, web pages, JSON and Markdown. */
export function cleanLinkText(text: string): string {
  return text
    .replace(invisible, "")
    .replace(/=\r?\n(?=\S)/g, "")
    .replace(/\\u00([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(?=[!-/:-@[-`{-~])/g, "")
    .replace(entity, (whole, _, name: string) => entities[name.toLowerCase()] ?? whole)
    .replace(/%(?:(?:2d|5f)(?=[\w%-]{2})|3[0-9]|[46][1-9a-f]|[57][0-9a])/gi, (encoded) =>
      decodeURIComponent(encoded),
    );
}

/** The text with its percent-encoding undone once, but for what cannot be. */
export function decodeEscapes(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** A line end as mails put it into a long word, with what they put behind it: marks of quotation. */
const fold = /[ \t]{0,8}(?:\r\n|\r|\n)[ \t>|]{0,16}/y;
/** A field of one line makes a space of a line end. */
const gap = /[ \t\u00a0]{1,8}/y;

/** The characters of hashes: base64url, and hexadecimal or base32. */
export const shareWord = /[\w-]+/y;
export const magnetWord = /[0-9a-z]+/iy;

export interface Code {
  readonly code: string;
  /** Where the text goes on behind it. */
  readonly end: number;
}

/**
 * Reads a hash at `start`, also if line ends stand within it. `word`: what it consists of.
 * `lengths`: how many characters it may have. If it has none of these, it is what stands before the first line end.
 */
export function readFoldedCode(text: string, start: number, word: RegExp, lengths: readonly number[]): Code {
  const longest = Math.max(...lengths);
  const first = matchAt(word, text, start);
  const plain = trimEmphasis({ code: first, end: start + first.length }, lengths);
  let { code, end } = plain;
  for (let folds = 0; folds < MAX_FOLDS && code.length < longest; folds++) {
    const broken = matchAt(fold, text, end);
    const between = broken === "" ? matchAt(gap, text, end) : broken;
    const next = between === "" ? "" : matchAt(word, text, end + between.length);
    if (next === "") break;
    code += next;
    end += between.length + next.length;
    // In one line, words may follow: only what ends the text, or has parameters behind it, is a part of the hash.
    const isEnd = /^(?:$|\/?[&?]|\s*$)/.test(text.slice(end, end + 40));
    if (lengths.includes(code.length) && !lengths.includes(plain.code.length) && (broken !== "" || isEnd))
      return { code, end };
  }
  return plain;
}

/** Underscores and hyphens behind a whole hash are a text's own: `_link_`, `link--`. */
function trimEmphasis({ code, end }: Code, lengths: readonly number[]): Code {
  const length = lengths.find((each) => code.length > each && /^[_-]+$/.test(code.slice(each)));
  return length === undefined ? { code, end } : { code: code.slice(0, length), end };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

/** Quotation marks, and what else stands around links and in none. */
const terminators: ReadonlySet<string> = new Set('<>"“”„«»‹›|`');
const closers: ReadonlyMap<string, string> = new Map(
  ["()", "[]", "{}", "（）", "「」", "『』", "【】", "《》", "〈〉"].map((pair) => [pair[1]!, pair[0]!]),
);
const openers: ReadonlySet<string> = new Set(closers.values());
/** Punctuation of languages that put no space behind it. */
const eastern: ReadonlySet<string> = new Set("。，、；：！？");
const punctuation = /(?<![.,;:!?'’*_~…。，、；：！？])[.,;:!?'’*_~…。，、；：！？]+$/;

/** Another parameter of a link behind a name with spaces. */
const furtherParameter = /[^\r\n<>"&#/?]{0,300}&(?:dn|tr|xt|xl|ws|as|xs|so|kt|mt|x\.pe)(?:\.\d{1,3})?=/iy;
const furtherLink = /\s{1,40}(?:https?:|magnet:|#)/iy;
const unfinishedHash = /urn(?::|%3a)(bt[im]h)(?::|%3a)([0-9a-z]*)$/i;

/**
 * Reads the parameters of a link at `start`, up to what cannot be theirs. `typed`: nothing but the link stands in the
 * text, so that a name in it may hold spaces.
 */
export function readParameters(
  text: string,
  start: number,
  { typed }: { typed: boolean },
): { parameters: string; end: number } {
  const last = Math.min(text.length, start + MAX_LINK_LENGTH);
  const open: string[] = [];
  let read = "";
  let at = start;
  let isRaw = false;
  while (at < last) {
    const character = text[at]!;
    if (terminators.has(character)) break;
    if (closers.has(character) && open.pop() !== closers.get(character)) break;
    if (openers.has(character)) open.push(character);
    if (eastern.has(character) && !isRaw) break;
    if (/\s/.test(character)) {
      const joined = joinBroken(text, at, read, typed);
      if (joined === null) break;
      read += joined.code;
      at = joined.end;
      continue;
    }
    if (character > "\u3000") isRaw = true;
    read += character;
    at += 1;
  }
  // A parameter that was cut short is left out: half an address is another one.
  const isCut = at === last && last < text.length;
  const whole = isCut ? read.slice(0, Math.max(0, read.lastIndexOf("&"))) : read.replace(punctuation, "");
  return { parameters: whole, end: at };
}

/** A link's part behind white space: of a wrapped hash, further parameters, a name with spaces; or nothing. */
function joinBroken(text: string, at: number, read: string, typed: boolean): Code | null {
  const [, namespace, code] = unfinishedHash.exec(read.slice(-100)) ?? [];
  if (namespace !== undefined && code !== undefined) {
    const start = at - code.length;
    const lengths = namespace.toLowerCase() === "btih" ? [32, 40] : [68];
    const whole = readFoldedCode(text, start, magnetWord, lengths);
    if (whole.code.length > code.length) return { code: whole.code.slice(code.length), end: whole.end };
  }
  const broken = matchAt(fold, text, at);
  if (broken !== "")
    return /[&]/.test(text[at + broken.length] ?? "") ? { code: "", end: at + broken.length } : null;
  const name = read.slice(-MAX_LINK_NAME_LENGTH).split("&").at(-1)!;
  if (!/^dn=/i.test(name) || /\+|%20/.test(name)) return null;
  const goesOn =
    matchAt(furtherParameter, text, at) !== "" || (typed && matchAt(furtherLink, text, at) === "");
  return goesOn && text.slice(at, at + 40).trim() !== "" ? { code: text[at]!, end: at + 1 } : null;
}
