/**
 * Free names are for what has the name of something else in the same place. They are numbered as browsers number
 * downloads: `image.jpg`, `image (1).jpg`, `image (2).jpg`. Names that differ in case only are two names.
 */

export class FreeNames {
  readonly #taken: Set<string>;
  /** The last number that was given to a name. */
  readonly #numbers: Map<string, number>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
    this.#numbers = new Map();
  }

  /** The name, with a number where it is taken. It is taken from then on. */
  take(name: string, isFolder: boolean): string {
    const [stem, ending] = isFolder ? [name, ""] : splitName(name);
    let chosen = name;
    for (let number = this.#numbers.get(name) ?? 0; this.#taken.has(chosen); ) {
      number++;
      this.#numbers.set(name, number);
      chosen = `${stem} (${number})${ending}`;
    }
    this.#taken.add(chosen);
    return chosen;
  }
}

/** Where the number goes: before `.jpg`, before `.tar.gz`, and after `.bashrc`, which is all name. */
function splitName(name: string): [stem: string, ending: string] {
  const [, stem = name, ending = ""] = /^(.+?)((?:\.tar)?\.[^. ]+)$/s.exec(name) ?? [];
  return [stem, ending];
}
