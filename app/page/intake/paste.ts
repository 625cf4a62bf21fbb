/**
 * A paste gives files that were copied, and images from programs and pages. Every browser calls such an image
 * `image.png`, so it gets a name of its own. Spreadsheets and word processors copy text together with a picture of it;
 * then the text is what was copied.
 */

import type { Intake } from "./intake.ts";
import type { IntakeOptions } from "./pace.ts";
import { intakeFiles } from "./pick.ts";
import { transferredText } from "./transferred-text.ts";

/** The name that browsers give to an image of the clipboard. */
const CLIPBOARD_IMAGE = /^image\.(?:png|jpe?g|gif|webp|bmp|tiff?|avif|svg)$/i;

export interface PasteOptions extends IntakeOptions {
  /** Names an image of the clipboard. `extension` is without its dot. */
  readonly nameImage: (extension: string) => string;
}

/**
 * Takes the files that were pasted. To be called in the event's own task. Null when there are none, or only a picture
 * of pasted text.
 */
export function intakePaste(data: DataTransfer, options: PasteOptions): Promise<Intake> | null {
  const files = [...data.files];
  const images = files.filter(isClipboardImage);
  const isPicture = images.length === files.length && transferredText(data) !== null;
  if (files.length === 0 || isPicture) return null;
  return intakeFiles(
    files.map((file) => (images.includes(file) ? named(file, options) : file)),
    options,
  );
}

function isClipboardImage({ name, type }: File): boolean {
  return type.startsWith("image/") && CLIPBOARD_IMAGE.test(name);
}

function named(file: File, { nameImage }: PasteOptions): File {
  const { type, lastModified } = file;
  const extension = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
  return new File([file], nameImage(extension), { type, lastModified });
}
