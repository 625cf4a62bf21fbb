/** People who use a keyboard, a screen reader, a small phone, or a dark screen. */
import { join } from "node:path";
import type { ElementHandle, KeyInput, SerializedAXNode } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds } from "../support/browsers.ts";
import {
  makeFile,
  makeTree,
  sha256OfFile,
  type TemporaryDirectory,
  type TestTree,
  temporaryDirectory,
} from "../support/files.ts";
import { People, type Person } from "../support/people.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { chooseFolder } from "../support/uploads.ts";
import { waitFor } from "../support/wait.ts";

const long = "A name without any space that is far wider than every small screen ".replaceAll(" ", "-");

let server: TestServer;
let temporary: TemporaryDirectory;
let tree: TestTree;
let people: People;
let chromium: Person;
let firefox: Person;
/** Every screen that matters: home in Chromium, a share at its sender in Firefox, and at a receiver in Chromium. */
let home: ShoalPage;
let sent: ShoalPage;
let offered: ShoalPage;
/** The review of the same files at another sender, in Chromium. */
let reviewed: ShoalPage;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("person");
  tree = await makeTree({ [`${long}/${long}.bin`]: 300_000, "b.bin": 1 }, { name: long });
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
  home = await chromium.open(server.url);
  sent = await firefox.open(server.url);
  offered = await chromium.open(await sent.shareFolder(tree.directory));
  await offered.waitForShare(({ phase }) => phase === "ready", { describe: "name and size" });
  await offered.find("file");
  await sent.find("file");
  reviewed = await chromium.open(server.url);
  const input = (await reviewed.find("folder-input")) as unknown as ElementHandle<HTMLInputElement>;
  await chooseFolder(reviewed.browser, input, tree.directory);
  await reviewed.find("take-out");
});

afterAll(async () => {
  await people?.leave();
  await tree?.remove();
  await temporary?.remove();
  await server?.close();
});

/** What has the focus: its `data-test`, and whether its outline is drawn. */
function focused({ page }: ShoalPage): Promise<{ name: string; outlined: boolean }> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const name = (element as HTMLElement | null)?.dataset.test ?? "";
    return { name, outlined: element !== null && getComputedStyle(element).outlineStyle !== "none" };
  });
}

/** Presses Tab until `name` has the focus, which must be seen. */
async function tabTo(page: ShoalPage, name: string): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    await page.page.keyboard.press("Tab");
    const focus = await focused(page);
    if (focus.name === name) {
      expect(focus.outlined, `an outline around ${name}`).toBe(true);
      return;
    }
    passed.push(focus.name);
  }
  throw new Error(`Tab does not reach ${name}; it passed ${passed.join(", ")}`);
}

/**
 * Presses a key once the page has heard what was asked of it before. A key takes another way into the page than
 * "catch the file chooser" does, and may overtake it; an answer of the page's cannot.
 */
async function pressWhenHeard({ page }: ShoalPage, key: KeyInput): Promise<void> {
  await page.evaluate(() => undefined);
  await page.keyboard.press(key);
}

describe.each(browserKinds)("with only a keyboard, in %s", (kind) => {
  it("a file is shared, opened, downloaded and saved", async () => {
    const [sender, receiver] = kind === "chromium" ? [chromium, firefox] : [firefox, chromium];
    const name = `typed in ${kind}.bin`;
    const file = await makeFile(join(temporary.path, name), 300_001, name);

    const sending = await sender.open(server.url);
    await sending.find("choose-files");
    await tabTo(sending, "choose-files");
    const [chooser] = await Promise.all([
      sending.page.waitForFileChooser(),
      pressWhenHeard(sending, "Enter"),
    ]);
    await chooser.accept([file.path]);
    await waitFor(async () => (await focused(sending)).name === "draft-name", {
      describe: "the focus on the review's heading",
    });
    await waitFor(async () => !(await sending.isDisabled("show-link")), { describe: "the link" });
    await tabTo(sending, "show-link");
    await sending.page.keyboard.press("Enter");
    const link = await sending.shareLink();
    await tabTo(sending, "primary");

    const receiving = await receiver.open(server.url);
    await receiving.find("link-field");
    await tabTo(receiving, "link-field");
    await receiving.page.keyboard.type(link);
    await receiving.page.keyboard.press("Enter");
    await receiving.find("primary");
    await waitFor(async () => (await focused(receiving)).name === "share-name", {
      describe: "the focus on the share's heading",
    });
    await tabTo(receiving, "primary");
    await receiving.page.keyboard.press("Enter");
    await receiving.waitUntilComplete();
    const save = '>>> [data-test="primary"][data-action="save"]';
    await receiving.page.waitForSelector(save);
    expect((await focused(receiving)).name).toBe("primary");
    await receiving.page.keyboard.press("Enter");
    await waitFor(async () => (await sha256OfFile(join(receiver.downloads, name))) === file.sha256, {
      describe: "the saved file",
      timeout: 60_000,
    });
    await sending.close();
    await receiving.close();
  });
});

/** Controls without a name, by role, below a node of the accessibility tree. */
function unnamed(node: SerializedAXNode): string[] {
  const controls = ["button", "link", "textbox", "checkbox", "progressbar", "image", "img", "dialog"];
  const own = controls.includes(node.role) && !node.name?.trim() ? [node.role] : [];
  return [...own, ...(node.children ?? []).flatMap(unnamed)];
}

function count(node: SerializedAXNode, role: string): number {
  return (node.children ?? []).reduce((sum, child) => sum + count(child, role), node.role === role ? 1 : 0);
}

describe("with a screen reader", () => {
  it("every control has a name, and every screen one heading of the first level", async () => {
    const own = await chromium.open(server.url);
    await own.shareFiles((await makeFile(join(temporary.path, "read aloud.bin"), 1000)).path);
    for (const { page } of [home, own, offered, reviewed]) {
      const tree = (await page.accessibility.snapshot({ interestingOnly: false }))!;
      expect(unnamed(tree)).toEqual([]);
      expect(count(tree, "button")).toBeGreaterThan(1);
      expect(await page.$$(">>> h1")).toHaveLength(1);
      expect(await page.$eval("html", (html) => html.lang)).toBe("en");
    }
    await own.close();
  });
});

describe("on a screen of 320 pixels", () => {
  it("nothing has to be scrolled sideways", async () => {
    for (const { page } of [home, sent, offered, reviewed]) {
      await page.setViewport({ width: 320, height: 640 });
      const width = await waitFor(
        async () => {
          const widths = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
          return widths[0] === 320 ? widths : undefined;
        },
        { describe: "the width of the window" },
      );
      expect(width).toEqual([320, 320]);
      await page.setViewport({ width: 1280, height: 800 });
    }
  });
});

/** Contrast of text and what is behind it: WCAG 2.2's ratio of relative luminances. */
function contrast(page: ShoalPage): Promise<{ ratio: number; background: number }> {
  return page.page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d")!;
    const [text, background] = [
      getComputedStyle(document.body).color,
      getComputedStyle(document.documentElement).backgroundColor,
    ].map((color) => {
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => {
        const value = byte / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }) as [number, number];
    const [dark, light] = [Math.min(text, background), Math.max(text, background)];
    return { ratio: (light + 0.05) / (dark + 0.05), background };
  });
}

describe("dark or light, as the person's system is", () => {
  it("the page follows, and its text stands out from it", async () => {
    for (const [scheme, isDark] of [
      ["light", false],
      ["dark", true],
    ] as const) {
      await offered.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const { ratio, background } = await contrast(offered);
      expect(background < 0.2, `${scheme}: background of luminance ${background}`).toBe(isDark);
      expect(ratio).toBeGreaterThan(7);
    }
    await offered.page.emulateMediaFeatures([]);
  });
});
