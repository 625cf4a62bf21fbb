/**
 * TextEncoder and TextDecoder are the only platform classes that the engine may use beside ECMAScript. They are pure,
 * and exist in browsers, workers and Node alike. Declaring them here keeps all other types of the DOM and of Node out
 * of the engine.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  /** Throws RangeError for a label that is unknown. */
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  /** The encoding's name in the Encoding Standard, in lower case. */
  readonly encoding: string;
  decode(bytes?: Uint8Array): string;
}
