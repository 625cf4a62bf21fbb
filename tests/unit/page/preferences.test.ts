import { describe, expect, it, vi } from "vitest";
import { Preferences, type PreferencesWindow } from "../../../app/page/preferences.ts";

/** The tabs of one browser: what one writes, the others are told. */
class Tabs {
  readonly items = new Map<string, string>();
  readonly #listeners: ((event: { key: string | null }) => void)[] = [];

  open(refused = false): Preferences {
    const { items } = this;
    const refuse = () => {
      throw new DOMException("denied", "SecurityError");
    };
    const own: ((event: { key: string | null }) => void)[] = [];
    const window: PreferencesWindow = {
      get localStorage() {
        if (refused) refuse();
        return {
          getItem: (key: string) => items.get(key) ?? null,
          setItem: (key: string, value: string) => {
            items.set(key, value);
            tell(key, own);
          },
        };
      },
      addEventListener: (_, listener) => {
        own.push(listener);
        this.#listeners.push(listener);
      },
    };
    const tell = (key: string | null, except: unknown[]) => {
      for (const listener of this.#listeners) if (!except.includes(listener)) listener({ key });
    };
    return new Preferences(window);
  }

  clear(): void {
    this.items.clear();
    for (const listener of this.#listeners) listener({ key: null });
  }
}

describe("preferences", () => {
  it("are told to all tabs, and found again later", () => {
    const tabs = new Tabs();
    const [one, other] = [tabs.open(), tabs.open()];
    const changed = vi.fn();
    const forget = other.subscribe(changed);
    expect(one.nameInLinks).toBe(true);
    one.nameInLinks = false;
    expect([one.nameInLinks, other.nameInLinks, tabs.open().nameInLinks]).toEqual([false, false, false]);
    expect(changed).toHaveBeenCalledTimes(1);
    forget();
    other.nameInLinks = true;
    expect([one.nameInLinks, changed.mock.calls.length]).toEqual([true, 1]);
  });

  it("are as at first once the browser's data is deleted", () => {
    const tabs = new Tabs();
    const one = tabs.open();
    one.nameInLinks = false;
    tabs.clear();
    expect(one.nameInLinks).toBe(true);
  });

  it("hold in the tab where the browser refuses storage", () => {
    const one = new Tabs().open(true);
    const changed = vi.fn();
    one.subscribe(changed);
    one.nameInLinks = false;
    expect([one.nameInLinks, changed.mock.calls.length]).toEqual([false, 1]);
  });

  it.each(["", "null", "5", "{", "[]", '{"nameInLinks":"no"}'])(
    "are as at first where %j was kept",
    (kept) => {
      const tabs = new Tabs();
      tabs.items.set("shoal-preferences", kept);
      expect(tabs.open().nameInLinks).toBe(true);
    },
  );
});
