/** Full-page pictures of a page as a desktop and a phone show it, light and dark, for a person to look at. */
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import type { TestBrowser } from "./browsers.ts";

/** CSS pixels. */
const viewports = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 360, height: 740 },
};

/** Where the pictures go unless told otherwise. */
export const screenshotDirectory = join(tmpdir(), "shoal-screenshots");

/**
 * Takes "NAME-desktop.png", "NAME-phone.png" and, in Chromium, each again with "-dark" (WebDriver BiDi has no
 * command for the colour scheme: launch Firefox with the preference
 * `layout.css.prefers-color-scheme.content-override` instead). The page keeps the desktop's size afterwards.
 * @returns the paths, in that order
 */
export async function takeScreenshots(
  { kind }: TestBrowser,
  page: Page,
  name: string,
  directory = screenshotDirectory,
): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const schemes = kind === "chromium" ? (["light", "dark"] as const) : ([undefined] as const);
  const paths: string[] = [];
  for (const scheme of schemes) {
    if (scheme) await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const [device, viewport] of Object.entries(viewports)) {
      await page.setViewport(viewport);
      const path = join(directory, `${name}-${device}${scheme === "dark" ? "-dark" : ""}.png`);
      await page.screenshot({ path: path as `${string}.png`, fullPage: true });
      paths.push(path);
    }
  }
  if (kind === "chromium") await page.emulateMediaFeatures([]);
  await page.setViewport(viewports.desktop);
  return paths;
}
