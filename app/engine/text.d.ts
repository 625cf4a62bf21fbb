/**
 * The two pure platform classes that the engine may use beside ECMAScript itself. They exist in browsers,
 * workers and Node alike; naming them here keeps the DOM's and Node's other types out of this folder.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: "utf-8", options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
