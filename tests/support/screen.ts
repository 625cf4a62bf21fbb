/**
 * A screen that nobody looks at (Xvfb), with a window manager, a mouse and a keyboard (xdotool): for the dialogs of a
 * browser with a window, which are the browser's and the system's own and answer to no automation. Their places on the
 * screen are those of Chromium and GTK, for a window of WINDOW_SIZE in the upper left corner.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ensureSystemPackages, screenPrograms } from "./system-packages.js";
import { waitFor } from "./wait.ts";

/** Pixels. */
const SCREEN_SIZE = "1280x900x24";
const WINDOW_SIZE = [1200, 800] as const;

/** The command line that puts Chromium's window where dialogs are looked for. */
export const windowArguments = ["--window-position=0,0", `--window-size=${WINDOW_SIZE.join(",")}`];

/**
 * Where Chromium's question about what was shared in an earlier visit has its answers, in pixels: the height of each
 * without any file, and what each file or folder that is named adds.
 */
const ANSWERS = { x: 285, "this time": 256, "every visit": 302, no: 348, perName: 34 } as const;

/** Where the buttons are that allow to view a file or a folder, and refuse it, in pixels. */
const ALLOW = { x: 746, y: 213 };
const REFUSE = { x: 627, y: 213 };

/** Milliseconds for a dialog to take what was typed before it is typed again. */
const DIALOG_INTERVAL = 2_000;

export type Answer = "this time" | "every visit" | "no";

export class Screen {
  readonly #display: string;
  readonly #end: () => void;

  private constructor(display: string, end: () => void) {
    this.#display = display;
    this.#end = end;
  }

  /** Opens a screen; installs what it needs where it may. @throws Error when that is not there */
  static async open(say: (line: string) => void): Promise<Screen> {
    ensureSystemPackages(say, screenPrograms);
    // It chooses a free number itself, and tells it.
    const server = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", SCREEN_SIZE], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [number] = await Promise.race([
      once(createInterface(server.stdout), "line") as Promise<[string]>,
      once(server, "exit").then(() => [null] as const),
    ]);
    if (number === null) throw new Error("Xvfb ended at its start");
    const display = `:${number}`;
    const manager = spawn("openbox", [], { env: { ...process.env, DISPLAY: display }, stdio: "ignore" });
    const screen = new Screen(display, () => {
      manager.kill();
      server.kill();
    });
    await waitFor(() => screen.#run("getwindowfocus") !== "", { describe: "the window manager" });
    return screen;
  }

  /** The environment of a browser that shows itself here. */
  get env(): Record<string, string> {
    return { DISPLAY: this.#display };
  }

  /** Gives a path to the dialog for files or folders that opens in a moment. */
  async choosePath(path: string): Promise<void> {
    const window = () => this.#run("search", "--onlyvisible", "--name", "^Select .* this site can");
    await waitFor(() => window() !== "", { describe: "the dialog for files" });
    const choose = () => {
      const [dialog = ""] = window().split("\n");
      if (dialog === "") return true;
      this.#run("windowactivate", "--sync", dialog);
      // The field for a path.
      this.#run("key", "--delay", "100", "ctrl+l", "ctrl+a");
      this.#run("type", "--delay", "20", path);
      this.#run("key", "alt+o");
      return false;
    };
    await waitFor(choose, { describe: "the dialog for files to take the path", interval: DIALOG_INTERVAL });
  }

  /** Allows what Chromium asks in the middle of its window. */
  allow(): void {
    this.#click(ALLOW);
  }

  /**
   * Answers Chromium's question about what was shared earlier, in which so many names are listed. Chromium may ask for
   * one file or folder instead, in the middle of its window, where it offers nothing for every visit.
   */
  answer(answer: Answer, names: number): void {
    if (answer !== "every visit") this.#click(answer === "no" ? REFUSE : ALLOW);
    this.#click({ x: ANSWERS.x, y: ANSWERS[answer] + names * ANSWERS.perName });
  }

  close(): void {
    this.#end();
  }

  #click({ x, y }: { readonly x: number; readonly y: number }): void {
    this.#run("mousemove", String(x), String(y), "click", "1");
  }

  /** The output of xdotool; "" when it found nothing. */
  #run(...parameters: string[]): string {
    const env = { ...process.env, ...this.env };
    try {
      return execFileSync("xdotool", parameters, {
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    } catch {
      return "";
    }
  }
}
