/**
 * Firefox's own code reaches what no page and no automation can: entries of dropped files, and folders that are picked.
 * A script of its own runs in the page's process with the browser's privileges, as in Mozilla's tests.
 */
import type { Page } from "puppeteer-core";
import type { BrowserOptions, TestBrowser } from "./browsers.ts";

/** With these, a Firefox takes such scripts. Chromium ignores them. */
export const privilegedFirefox: BrowserOptions = {
  args: ["--remote-allow-system-access"],
  preferences: { "dom.filesystem.pathcheck.disabled": true, "dom.file.createInChild": true },
};

/** As much of puppeteer's connection as is used; it has no name in its types. */
interface BidiConnection {
  send(method: string, params: object): Promise<{ result: unknown }>;
}

interface ChromeTree {
  contexts: { context: string }[];
}

interface ChromeAnswer {
  result?: { value: string };
  exceptionDetails?: { text: string };
}

/** Runs in the browser's window. */
const load = `(script) => new Promise((resolve) => {
  const manager = gBrowser.selectedBrowser.messageManager;
  manager.addMessageListener("test:done", function listen({ data }) {
    manager.removeMessageListener("test:done", listen);
    resolve(data);
  });
  manager.loadFrameScript("data:," + encodeURIComponent(script), false);
})`;

/**
 * Runs the body of an async function in the page's process, with the page's window as `content` and `given`.
 * @throws Error with what the body threw
 */
export async function runPrivileged(
  { browser }: TestBrowser,
  page: Page,
  body: string,
  given: unknown,
): Promise<void> {
  const { connection } = browser as unknown as { connection: BidiConnection };
  await page.bringToFront();
  const tree = await connection.send("browsingContext.getTree", { "moz:scope": "chrome" });
  const script = `(async (given) => {${body}})(${JSON.stringify(given)}).then(
    () => sendAsyncMessage("test:done", ""),
    (error) => sendAsyncMessage("test:done", String(error)),
  )`;
  const answer = await connection.send("script.callFunction", {
    functionDeclaration: load,
    target: { context: (tree.result as ChromeTree).contexts[0]!.context },
    awaitPromise: true,
    arguments: [{ type: "string", value: script }],
  });
  const { result, exceptionDetails } = answer.result as ChromeAnswer;
  const fault = exceptionDetails?.text ?? result?.value;
  if (fault !== "") throw new Error(`Firefox's own script failed: ${fault}`);
}
