/**
 * Real Chromium (over CDP) and real Firefox (over WebDriver BiDi) behind one small set of functions, for every
 * browser test, the demo and the benchmark. Keeps what a running browser said on its consoles. Each launch has
 * a fresh profile that disappears on close, unless it is given one. The caller drives pages through puppeteer's Page.
 * Starting takes Chromium half a second and Firefox two, so a file of tests starts each once and opens a page a test.
 */
import { mkdir } from "node:fs/promises";
import puppeteer, { type Browser, type ConsoleMessage, type LaunchOptions, type Page } from "puppeteer-core";
import { type BrowserKind, findExecutable } from "./executables.ts";
import { wrapExecutable } from "./wrapped-executable.ts";

export type { BrowserKind } from "./executables.ts";

/** Both kinds, for `describe.each(browserKinds)`. */
export const browserKinds: readonly BrowserKind[] = ["chromium", "firefox"];

export interface BrowserOptions {
  headless?: boolean;
  /** A directory with a profile, or for a new one, that stays on close; see device.ts. */
  profile?: string;
  /** Downloads land here without a dialog; the directory is made when it is not there. */
  downloads?: string;
  /** Further command-line arguments. */
  args?: string[];
  /** Further Firefox preferences. */
  preferences?: Record<string, string | number | boolean>;
  /** A command that the browser is run under, such as `["ip", "netns", "exec", "receiver"]`. */
  wrapper?: string[];
  /** Environment variables on top of this process's own. */
  env?: Record<string, string>;
}

export interface TestBrowser {
  kind: BrowserKind;
  /** "Chrome/156.0.8078.79" or "firefox/153.7.0". */
  version: string;
  browser: Browser;
  /** Every console error and uncaught exception of the pages opened with `newPage`, in order. */
  errors: string[];
  /** A new tab, at `url` once its load event has fired, or blank. */
  newPage(url?: string): Promise<Page>;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
}

/** Milliseconds for a browser or a page to start, and for one command to answer, on a machine busy with other tests. */
const startTimeout = 60_000;
const commandTimeout = 180_000;

/** Chromium: local addresses stay visible to WebRTC, and nothing is fetched that a page did not ask for. */
const chromiumArguments = [
  "--disable-features=WebRtcHideLocalIpsWithMdns",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** Firefox: the same, plus no dialog for a download. Puppeteer itself switches telemetry and first-run pages off. */
const firefoxPreferences = {
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.peerconnection.ice.loopback": true,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.http.http3.enable": false,
  "network.trr.mode": 5,
  "app.update.auto": false,
  "browser.region.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.download.always_ask_before_handling_new_types": false,
  "browser.download.alwaysOpenPanel": false,
  "browser.download.manager.addToRecentDocs": false,
  "browser.helperApps.deleteTempFileOnExit": false,
  "datareporting.usage.uploadEnabled": false,
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.unified": false,
  "dom.push.connection.enabled": false,
};

function launchOptions(kind: BrowserKind, options: BrowserOptions): LaunchOptions {
  const { headless = true, profile, downloads, args = [], preferences = {}, env } = options;
  const common: LaunchOptions = {
    headless,
    ...(profile !== undefined && { userDataDir: profile }),
    // Without a UTF-8 locale Chromium saves "é.bin" as "_.bin".
    env: { ...process.env, LC_ALL: "C.UTF-8", ...env },
    timeout: startTimeout,
    protocolTimeout: commandTimeout,
    defaultViewport: null,
  };
  if (kind === "chromium") {
    const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    return {
      ...common,
      browser: "chrome",
      pipe: true,
      args: [...chromiumArguments, ...root, "--window-size=1280,800", ...args],
      ...(downloads && { downloadBehavior: { policy: "allow", downloadPath: downloads } }),
    };
  }
  const saving = downloads
    ? {
        "browser.download.folderList": 2,
        "browser.download.dir": downloads,
        "browser.download.useDownloadDir": true,
      }
    : {};
  return {
    ...common,
    browser: "firefox",
    args: ["--width=1280", "--height=800", ...args],
    extraPrefsFirefox: { ...firefoxPreferences, ...saving, ...preferences },
  };
}

function consoleError(message: ConsoleMessage): string | undefined {
  if (message.type() !== "error") return undefined;
  const { url, lineNumber } = message.location();
  return `${message.text()} (${url ?? "no address"}${lineNumber === undefined ? "" : `:${lineNumber + 1}`})`;
}

/**
 * Starts a browser with a fresh profile.
 * @throws Error with one plain sentence when the browser is not installed
 */
export async function launchBrowser(kind: BrowserKind, options: BrowserOptions = {}): Promise<TestBrowser> {
  const executable = findExecutable(kind);
  if (options.downloads) await mkdir(options.downloads, { recursive: true });
  const wrapped = options.wrapper && (await wrapExecutable(kind, executable, options.wrapper));
  const browser = await puppeteer.launch({
    ...launchOptions(kind, options),
    executablePath: wrapped?.path ?? executable,
  });
  const errors: string[] = [];
  return {
    kind,
    version: await browser.version(),
    browser,
    errors,
    async newPage(url) {
      const page = await browser.newPage();
      page.setDefaultTimeout(startTimeout);
      page.on("console", (message) => {
        const error = consoleError(message);
        if (error) errors.push(error);
      });
      page.on("pageerror", (error) =>
        errors.push(`uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      );
      if (url) await page.goto(url, { waitUntil: "load" });
      return page;
    },
    async close() {
      try {
        await browser.close();
      } finally {
        await wrapped?.remove();
      }
    },
  };
}
