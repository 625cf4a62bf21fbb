/**
 * The people of a test: each has a browser with a profile of its own, and a folder that downloads land in. Keeps
 * them until the test file ends. What a person does on a page is shoal-page.ts's.
 */
import { join } from "node:path";
import { type BrowserKind, type BrowserOptions, launchBrowser, type TestBrowser } from "./browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./files.ts";
import { ShoalPage, type ShoalPageOptions } from "./shoal-page.ts";

export class Person {
  readonly browser: TestBrowser;
  /** What this person saved. */
  readonly downloads: string;

  constructor(browser: TestBrowser, downloads: string) {
    this.browser = browser;
    this.downloads = downloads;
  }

  /** Opens the app, or a share link, in a new tab. */
  open(url: string, options: ShoalPageOptions = {}): Promise<ShoalPage> {
    return ShoalPage.open(this.browser, url, options);
  }
}

export class People {
  readonly #temporary: TemporaryDirectory;
  readonly #all: Person[];
  #joined: number;

  constructor(temporary: TemporaryDirectory) {
    this.#temporary = temporary;
    this.#all = [];
    this.#joined = 0;
  }

  static async gather(): Promise<People> {
    return new People(await temporaryDirectory("people"));
  }

  /** Starts one browser of each kind given, all at the same time; they are told in that order. */
  join(kinds: readonly BrowserKind[], options: BrowserOptions = {}): Promise<Person[]> {
    const first = this.#joined;
    this.#joined += kinds.length;
    return Promise.all(
      kinds.map(async (kind, at) => {
        const downloads = join(this.#temporary.path, `${first + at}-${kind}`);
        const person = new Person(await launchBrowser(kind, { ...options, downloads }), downloads);
        this.#all.push(person);
        return person;
      }),
    );
  }

  /** What all their consoles said. */
  get errors(): string[] {
    return this.#all.flatMap(({ browser }) => browser.errors);
  }

  /** Closes every browser that is still open, and removes what was saved. */
  async leave(): Promise<void> {
    await Promise.allSettled(this.#all.map(({ browser }) => browser.close()));
    await this.#temporary.remove();
  }
}
