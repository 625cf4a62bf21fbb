/** The words of a draft: what it is named, how far it is, and what was asked of it. Pure. */

import type { DraftSnapshot } from "../../bridge/commands.ts";
import type { Draft } from "../../page/draft.ts";
import { percentOf } from "../share-progress.ts";
import { errorSentence } from "./errors.ts";
import {
  countInWords,
  joinClauses,
  plural,
  rateInWords,
  sizeInWords,
  timeLeftInWords,
} from "./quantities.ts";
import { nameWithOthers } from "./share.ts";
import { visibleName } from "./visible-name.ts";

/** A draft as far as words tell it, or one that a test draws. */
export type ToldDraft = Pick<
  Draft,
  "title" | "name" | "otherEntries" | "files" | "size" | "state" | "error" | "hashed" | "rate" | "known"
>;

/** The name that the person gave, or that follows from the files. */
export function draftName({ title, name, otherEntries, files }: ToldDraft): string {
  if (title !== null) return visibleName(title);
  return files.length === 0 ? "Nothing to share yet" : nameWithOthers({ name, otherEntries });
}

/** "258 MB in 11 files". */
export function draftContent({ files, size }: ToldDraft): string {
  if (files.length === 0) return "";
  return files.length === 1 ? sizeInWords(size) : `${sizeInWords(size)} in ${plural(files.length, "file")}`;
}

/** Whether a draft's link can be passed on, or why not. */
export type LinkState = "there" | "coming" | "note-too-long";

/** The state of a draft, without numbers: it is read aloud whenever it changes. */
export function draftSentence({ state, error, known }: ToldDraft, link: LinkState = "there"): string {
  switch (state) {
    case "empty":
      return "Add files, or discard it.";
    case "gathering":
    case "hashing":
      return "Preparing…";
    case "ready":
      if (link === "coming") return "Preparing…";
      if (link === "note-too-long") return "The note is too long. Make it shorter, and there is a link.";
      return known
        ? "You share this already: the link is the same as before."
        : "Ready. The link works as long as this page stays open.";
    case "failed":
      return error === null ? "" : errorSentence(error.code, error.detail);
    case "ended":
      return "";
  }
}

/** How far it is prepared: "43 %, about 20 seconds left". Empty when it is not being prepared. */
export function preparingSentence({ state, hashed, size, rate }: ToldDraft): string {
  if (state !== "hashing" && state !== "gathering") return "";
  const left = state === "hashing" && rate > 0 ? timeLeftInWords((size - hashed) / rate) : "";
  return [`${percentOf(hashed, size)}\u00a0%`, left].filter((clause) => clause !== "").join(", ");
}

/** The same of a draft that another tab may have, for the list of drafts. */
export function draftProgress({ hashed, size, rate }: DraftSnapshot): string {
  return joinClauses([
    `${percentOf(hashed, size)}\u00a0%`,
    `${sizeInWords(hashed)} of ${sizeInWords(size)}`,
    rate < 1 ? "" : rateInWords(rate),
    timeLeftInWords(rate > 0 ? (size - hashed) / rate : null),
  ]);
}

/** That files were taken out: the one by its name. */
export function takenOutSentence(count: number, name: string): string {
  return count === 1
    ? `“${visibleName(name)}” is taken out.`
    : `${plural(count, "file")} in “${visibleName(name)}” are taken out.`;
}

/** That added files were there already. */
export function againSentence(again: number, added: number): string {
  const were = again === 1 ? "was" : "were";
  const files = `${plural(again, "file")} ${were} there already`;
  return added === 0 ? `${files}.` : `${files} and ${were} not added again.`;
}

export function discardedSentence(name: string): string {
  return `“${visibleName(name)}” is not shared.`;
}

/** Why a note cannot be sent. `bytes`: its length. */
export function noteTooLong(bytes: number, most: number): string {
  return `This note is too long: ${countInWords(bytes)} of ${plural(most, "byte")}. Make it shorter, or share it as a file.`;
}
