/**
 * Finds the browsers' executables: by environment variable, then on the system, then in Playwright's cache.
 * Starting them is browsers.ts's.
 */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export type BrowserKind = "chromium" | "firefox";

interface Places {
  variable: string;
  /** Names looked up on PATH. */
  names: string[];
  /** Full paths looked at after PATH. */
  paths: string[];
  /** Where the executable lies in a directory of Playwright's cache. */
  cached: string[];
  debian: string;
}

const places: Record<BrowserKind, Places> = {
  chromium: {
    variable: "SHOAL_CHROMIUM",
    names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    paths: [
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    cached: [
      "chrome-linux/chrome",
      "chrome-linux64/chrome",
      "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    ],
    debian: "chromium",
  },
  firefox: {
    variable: "SHOAL_FIREFOX",
    names: ["firefox-esr", "firefox"],
    paths: ["/Applications/Firefox.app/Contents/MacOS/firefox"],
    cached: ["firefox/firefox", "firefox/Nightly.app/Contents/MacOS/firefox"],
    debian: "firefox-esr",
  },
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Playwright's cache holds one directory per version, "chromium-1234"; the newest comes first. */
function playwrightPaths(kind: BrowserKind, home: string): string[] {
  const caches = [join(home, ".cache/ms-playwright"), join(home, "Library/Caches/ms-playwright")];
  return caches.filter(existsSync).flatMap((cache) =>
    readdirSync(cache)
      .filter((name) => name.startsWith(`${kind}-`))
      .sort((a, b) => Number(b.split("-")[1]) - Number(a.split("-")[1]))
      .flatMap((name) => places[kind].cached.map((path) => join(cache, name, path))),
  );
}

/**
 * The path of a browser's executable.
 * @throws Error with one sentence that says what to install when there is none
 */
export function findExecutable(kind: BrowserKind, env: NodeJS.ProcessEnv = process.env): string {
  const { variable, names, paths, debian } = places[kind];
  const named = env[variable];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`${variable} names ${named}, which is not an executable file.`);
  }
  const directories = (env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = [
    ...names.flatMap((name) => directories.map((directory) => join(directory, name))),
    ...paths,
    ...playwrightPaths(kind, env.HOME ?? homedir()),
  ];
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new Error(
    `No ${kind} was found: install it (Debian: apt-get install ${debian}) or set ${variable} to its path.`,
  );
}
