/** What these tests ask of a Shoal page beyond what a person does. */
import { onTestFinished } from "vitest";
import type { NodeClient } from "../../../app/page/node-client.ts";
import { type BrowserOptions, launchBrowser } from "../../support/browsers.ts";
import type { TestTree } from "../../support/files.ts";
import { ShoalPage } from "../../support/shoal-page.ts";

/** Shoal in a browser of its own, so that no share of another peer or test is there. Closed after the test. */
export async function openShoal(url: string, options: BrowserOptions = {}): Promise<ShoalPage> {
  const browser = await launchBrowser("chromium", options);
  onTestFinished(() => browser.close());
  return ShoalPage.open(browser, url);
}

/** SHA-256 of a folder's files by path. */
export function expectedHashes({ files }: TestTree): Map<string, string> {
  return new Map([...files].map(([path, { sha256 }]) => [path, sha256]));
}

/** SHA-256, by path, of every file of the only share, as the page reads it for saving. */
export async function contentHashes({ page }: ShoalPage): Promise<Map<string, string>> {
  const hashes = await page.evaluate(async () => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    const { id, fileCount } = node.snapshot!.shares[0]!;
    const { files } = await node.call("files", { id, from: 0, to: fileCount });
    return Promise.all(
      files.map(async ({ path }, file): Promise<[string, string]> => {
        const { blob } = await node.call("blob", { id, file });
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
        return [path.join("/"), Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")];
      }),
    );
  });
  return new Map(hashes);
}

/** The only share's magnet link. */
export function magnetOf({ page }: ShoalPage): Promise<string> {
  return page.evaluate(async () => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    const { id } = node.snapshot!.shares[0]!;
    return (await node.call("links", { id })).magnet;
  });
}

/** The only share's files: path and length. */
export async function fileList({ page }: ShoalPage): Promise<Record<string, number>> {
  const files = await page.evaluate(async () => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    const { id, fileCount } = node.snapshot!.shares[0]!;
    const { files } = await node.call("files", { id, from: 0, to: fileCount });
    return files.map(({ path, length }): [string, number] => [path.join("/"), length]);
  });
  return Object.fromEntries(files);
}
