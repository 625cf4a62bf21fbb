/**
 * Incoming is what is dropped or pasted anywhere on the page: files, or a text that may be a link. Things dragged
 * from the page itself, and texts pasted into a field, are not. The app decides what becomes of it. Picks come from the
 * screens (requests.ts).
 */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import { intakeDrop } from "../page/intake/drop.ts";
import type { Intake } from "../page/intake/intake.ts";
import type { IntakeOptions } from "../page/intake/pace.ts";
import { intakePaste } from "../page/intake/paste.ts";
import { transferredText } from "../page/intake/transferred-text.ts";
import { pastedImageName } from "./words/intake.ts";

/** Looks through what came in. */
export type Gather = (options: IntakeOptions) => Promise<Intake>;

export interface IncomingText {
  /** The text that may be a link. */
  readonly text: string;
  /** The same with the space around it, and of an address with its title, as it is as text. */
  readonly whole: string;
}

export interface IncomingHandlers {
  readonly files: (gather: Gather) => void;
  readonly text: (text: IncomingText) => void;
}

export class Incoming implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #handlers: IncomingHandlers;
  /** Elements that a drag has entered and not left. */
  #depth: number;
  #isOwnDrag: boolean;
  #hovering: "files" | "text" | null;

  constructor(host: ReactiveControllerHost, handlers: IncomingHandlers) {
    this.#host = host;
    this.#handlers = handlers;
    this.#depth = 0;
    this.#isOwnDrag = false;
    this.#hovering = null;
    host.addController(this);
  }

  /** The kind of thing that hovers above the page; null for nothing that could be taken. */
  get hovering(): "files" | "text" | null {
    return this.#hovering;
  }

  hostConnected(): void {
    window.addEventListener("dragstart", this.#handleDragStart);
    window.addEventListener("dragend", this.#handleDragEnd);
    window.addEventListener("dragenter", this.#handleDragEnter);
    window.addEventListener("dragleave", this.#handleDragLeave);
    window.addEventListener("dragover", this.#handleDragOver);
    window.addEventListener("drop", this.#handleDrop);
    window.addEventListener("paste", this.#handlePaste);
  }

  hostDisconnected(): void {
    window.removeEventListener("dragstart", this.#handleDragStart);
    window.removeEventListener("dragend", this.#handleDragEnd);
    window.removeEventListener("dragenter", this.#handleDragEnter);
    window.removeEventListener("dragleave", this.#handleDragLeave);
    window.removeEventListener("dragover", this.#handleDragOver);
    window.removeEventListener("drop", this.#handleDrop);
    window.removeEventListener("paste", this.#handlePaste);
  }

  #handleDragStart = (): void => {
    this.#isOwnDrag = true;
  };

  #handleDragEnd = (): void => {
    this.#isOwnDrag = false;
  };

  #handleDragEnter = (event: DragEvent): void => {
    const kind = this.#kindOf(event);
    if (kind === null) return;
    this.#depth += 1;
    this.#hover(kind);
  };

  #handleDragLeave = (event: DragEvent): void => {
    if (this.#kindOf(event) === null) return;
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#depth === 0) this.#hover(null);
  };

  #handleDragOver = (event: DragEvent): void => {
    const kind = this.#kindOf(event);
    if (kind === null || (kind === "text" && isInField(event))) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "copy";
  };

  #handleDrop = (event: DragEvent): void => {
    const kind = this.#kindOf(event);
    this.#depth = 0;
    this.#hover(null);
    if (kind === null || (kind === "text" && isInField(event))) return;
    // Else the browser would open what was dropped in the place of the page.
    event.preventDefault();
    if (isInDialog(event)) return;
    const data = event.dataTransfer!;
    // Within the event: the browser empties its data afterwards.
    if (kind === "files") this.#handlers.files((options) => intakeDrop(data, options));
    else this.#tellText(data);
  };

  #handlePaste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (data === null || isInDialog(event)) return;
    const text = transferredText(data);
    if (isInField(event) && (text !== null || data.files.length === 0)) return;
    const nameImage = (extension: string) => pastedImageName(new Date(), extension);
    // Within the event, whatever becomes of it. A second intake of the same files tells how far it is.
    const pasted = intakePaste(data, { nameImage });
    if (pasted !== null) {
      event.preventDefault();
      this.#handlers.files(() => pasted);
    } else if (text !== null) {
      event.preventDefault();
      this.#tellText(data);
    }
  };

  #tellText(data: DataTransfer): void {
    const text = transferredText(data);
    if (text === null) return;
    const whole = data.getData("text/plain");
    this.#handlers.text({ text, whole: whole.trim() === "" ? text : whole });
  }

  #kindOf({ dataTransfer }: DragEvent): "files" | "text" | null {
    const types = dataTransfer?.types ?? [];
    if (this.#isOwnDrag) return null;
    if (types.includes("Files")) return "files";
    return types.includes("text/uri-list") || types.includes("text/plain") ? "text" : null;
  }

  #hover(kind: "files" | "text" | null): void {
    if (kind === this.#hovering) return;
    this.#hovering = kind;
    this.#host.requestUpdate();
  }
}

function isInField(event: Event): boolean {
  const [target] = event.composedPath();
  return (
    (target instanceof HTMLInputElement && !target.readOnly) ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** A question is open: what is behind it waits. */
function isInDialog(event: Event): boolean {
  return event.composedPath().some((target) => target instanceof HTMLDialogElement);
}
