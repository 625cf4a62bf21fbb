/** A notice tells the person that something went wrong, or worked. Elements send it, and the app shows it. */

import { ShoalError } from "../engine/errors.ts";
import { sentenceFor } from "./words/errors.ts";

/** One thing to do about what a notice tells. Such a notice stays until it is dismissed. */
export interface NoticeAction {
  readonly label: string;
  readonly act: () => void;
}

/** Whether the person stopped it. Then no notice is needed. */
export function isCancellation(error: unknown): boolean {
  return error instanceof ShoalError && (error.code === "share/cancelled" || error.code === "save/cancelled");
}

/** A sentence for the person, from any element up to the app, which shows it. */
export class NoticeEvent extends Event {
  static readonly type = "shoal-notice";
  readonly sentence: string;
  readonly severity: "error" | "done";
  readonly action: NoticeAction | null;

  constructor(sentence: string, severity: "error" | "done", action: NoticeAction | null = null) {
    super(NoticeEvent.type, { bubbles: true, composed: true });
    this.sentence = sentence;
    this.severity = severity;
    this.action = action;
  }
}

/** Waits for what a person asked for. A failure becomes a notice, and the answer is null. */
export async function attempt<T>(element: EventTarget, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (!isCancellation(error)) element.dispatchEvent(new NoticeEvent(sentenceFor(error), "error"));
    return null;
  }
}
