/**
 * Preferences are what a person chose for this device. They are kept in the browser's local storage, and all tabs
 * follow a change. Where the browser refuses storage, a choice holds for the tab.
 */

const KEY = "shoal-preferences";

/** The part of a window that the preferences need. */
export interface PreferencesWindow {
  readonly localStorage: Pick<Storage, "getItem" | "setItem">;
  addEventListener(type: "storage", listener: (event: { readonly key: string | null }) => void): void;
}

export class Preferences {
  readonly #window: PreferencesWindow;
  readonly #listeners: Set<() => void>;
  #nameInLinks: boolean;

  constructor(window: PreferencesWindow) {
    this.#window = window;
    this.#listeners = new Set();
    this.#nameInLinks = true;
    this.#read();
    window.addEventListener("storage", ({ key }) => {
      // Null: everything was deleted.
      if (key !== KEY && key !== null) return;
      this.#read();
      this.#changed();
    });
  }

  /** Whether links tell the name of what they lead to. */
  get nameInLinks(): boolean {
    return this.#nameInLinks;
  }

  set nameInLinks(wanted: boolean) {
    this.#nameInLinks = wanted;
    try {
      this.#window.localStorage.setItem(KEY, JSON.stringify({ nameInLinks: wanted }));
    } catch {
      // Refused or full: the choice holds in this tab.
    }
    this.#changed();
  }

  /** Calls `listener` after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #read(): void {
    try {
      const kept: unknown = JSON.parse(this.#window.localStorage.getItem(KEY) ?? "{}");
      this.#nameInLinks = (kept as { nameInLinks?: unknown } | null)?.nameInLinks !== false;
    } catch {
      // Refused, or written by something else: what holds now goes on.
    }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
