/**
 * The precache keeps the built app, so that it starts without the server. One cache holds exactly one build. An
 * update fills a cache of its own beside the one in use, and deletes older caches when it takes over.
 *
 * A person may come to any path: apps that pass links on make paths of fragments. The page is the answer to all of
 * them, and finds out what the path leads to (ui/destination.ts). Only where a path looks like a file, the server is
 * asked first.
 */

/** As the build lists them: `revision` is null where the address itself names the content. */
export interface PrecacheEntry {
  readonly url: string;
  readonly revision: string | null;
}

const PREFIX = "shoal-app-";
const INDEX = "/index.html";

/** Paths that the server answers, and paths that look like a file's. */
const servedPath = /^\/(?:api|announce|healthz)(?:\/|$)/;
const fileName = /\.[a-z0-9]{1,11}$/i;

async function cacheName(entries: readonly PrecacheEntry[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(entries));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return PREFIX + Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A navigation may not be answered with a response that was redirected on its way into the cache. */
function withoutRedirect(response: Response): Response {
  if (!response.redirected) return response;
  const { status, statusText, headers } = response;
  return new Response(response.body, { status, statusText, headers });
}

export class Precache {
  readonly #entries: readonly PrecacheEntry[];
  readonly #name: Promise<string>;
  readonly #paths: ReadonlySet<string>;

  constructor(entries: readonly PrecacheEntry[]) {
    this.#entries = entries;
    this.#name = cacheName(entries);
    this.#paths = new Set(entries.map((entry) => new URL(entry.url, location.origin).pathname));
  }

  /**
   * Fetches the whole build.
   * @throws Error when a file cannot be had: then this version is not installed
   */
  async install(): Promise<void> {
    const cache = await caches.open(await this.#name);
    await Promise.all(
      this.#entries.map(async ({ url, revision }) => {
        const response = await fetch(url, { cache: revision === null ? "default" : "reload" });
        if (!response.ok) throw new Error(`${url} answered ${response.status}`);
        await cache.put(new URL(url, location.origin).pathname, withoutRedirect(response));
      }),
    );
  }

  /** Deletes the caches of older builds. */
  async deleteOthers(): Promise<void> {
    const own = await this.#name;
    const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== own);
    await Promise.all(names.map((name) => caches.delete(name)));
  }

  /** Whether `request` is for the page or for a file of this build. */
  covers(request: Request): boolean {
    const { pathname } = new URL(request.url);
    return this.#paths.has(pathname) || (request.mode === "navigate" && !servedPath.test(pathname));
  }

  /** The kept response, or the server's where the browser took the cache back. */
  async respond(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const cache = await caches.open(await this.#name);
    if (this.#paths.has(pathname)) return (await cache.match(pathname)) ?? fetch(request);
    const page = async () => (await cache.match(INDEX)) ?? fetch(request);
    return fileName.test(pathname) ? fetch(request).catch(page) : page();
  }
}
