/**
 * Info-hashes: truncates and compares them, and converts them to and from base64url and base32. The package
 * @noble/hashes converts hexadecimal.
 */

/** The first 20 bytes of a v2 info-hash. They stand for it on the wire and at trackers. BEP 52. */
export function truncatedV2(infoHashV2: Uint8Array): Uint8Array {
  return infoHashV2.subarray(0, 20);
}

/** Whether two arrays hold the same bytes. It is not constant-time, because the hashes compared here are public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** base64url without padding. RFC 4648 § 5. */
export function toBase64url(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += BASE64URL[(held >> bits) & 63];
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += BASE64URL[(held << (6 - bits)) & 63];
  return text;
}

/** The bytes of unpadded base64url. Null for any text that `toBase64url` would not write. */
export function fromBase64url(text: string): Uint8Array | null {
  return fromAlphabet(text, BASE64URL, 6);
}

/**
 * The bytes of unpadded base32 in either case (RFC 4648 § 6), as old magnet links use it. Null for any other text.
 */
export function fromBase32(text: string): Uint8Array | null {
  return fromAlphabet(text.toUpperCase(), BASE32, 5);
}

function fromAlphabet(text: string, alphabet: string, width: number): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * width) / 8));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return null;
    held = (held << width) | digit;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = held >> bits;
    }
    held &= (1 << bits) - 1;
  }
  // The bits left over must be fewer than a digit's and all zero, so that each value has one text.
  return bits < width && held === 0 ? bytes : null;
}
