/**
 * The only dice of virtual time: sfc32, a small generator of good quality (PractRand), seeded through splitmix32.
 * Children draw from sequences of their own, so that what one peer draws changes nothing for the others.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  readonly #seed: number;

  /** `seed`: any integer; its low 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed | 0;
    const mixed = splitmix32(seed | 0);
    this.#a = mixed();
    this.#b = mixed();
    this.#c = mixed();
    this.#counter = 1;
  }

  /** Uniform in [0, 1), 32 bits of it. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** The generator of part `number`; the same for the same seed and number, whatever was drawn here. */
  child(number: number): Random {
    return new Random(splitmix32(this.#seed ^ Math.imul(number + 1, 0x9e3779b1))());
  }
}

/** Numbers in [0, 1) that are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
