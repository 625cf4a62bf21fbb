/** Text as UTF-8 bytes and back. Bytes that are not UTF-8 are refused and never replaced. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes of a text that is made without a decoder, if it is ASCII: most names are, and a decoder costs more than they. */
const SHORT = 64;

/** Whether text has no lone surrogate. UTF-8 cannot express lone surrogates. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Whether each character is one byte of UTF-8, and its own code. Such names need no encoder, which costs more. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** UTF-8 bytes of well-formed text. Lone surrogates would become U+FFFD, so check `isWellFormed` first. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text that the bytes encode; null when they are not UTF-8. A byte order mark is kept as a character. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const ascii = shortAscii(bytes);
  if (ascii !== null) return ascii;
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** The text of bytes that are all ASCII, and few; null otherwise. */
function shortAscii(bytes: Uint8Array): string | null {
  if (bytes.length > SHORT) return null;
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte > 127) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}
