/**
 * The app files are the built app as the server serves it: `/` is the page (app-page.ts), and every other path is a
 * file that exists, or nothing. A person who comes to a path that is no file gets the page, which opens the share that
 * the path leads to, or says that nothing is there (app/ui/destination.ts):
 *
 * | path | a person's browser | anything else |
 * | --- | --- | --- |
 * | a file | the file | the file |
 * | leads to a share, `/%23s-…` | the page | a plain 404 |
 * | looks like a file, `/robots.txt` | a plain 404 | a plain 404 |
 * | any other | the page, as a 404 | a plain 404 |
 *
 * Compressed neighbours of a file (`.br`, `.gz`) are sent where the browser takes them; vite.config.ts has them made.
 */
import { sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppPage } from "./app-page.ts";
import { IMMUTABLE_MAX_AGE } from "./constants.ts";

/** Vite writes files with a hash in their name here, and nothing else. */
const HASHED_FOLDER = `${sep}assets${sep}`;

/** A share's fragment as an app writes it that takes it for a part of the path. */
const shareLink = /^\/(?:index\.html\/?|share\/)?(?:%(?:25)*23)?\/?(?:[sk]-|(?:web\+)?magnet(?::|%3a))/i;
const fileName = /\.[a-z0-9]{1,11}$/i;
/** Paths that only programs ask for. */
const programPath = /^\/(?:api|assets|announce|healthz)(?:\/|$)/;

/** Pictures that other sites show. */
const sharedPicture = /[\\/]og\.png$/;

/**
 * Files in `directory` at the time of this call are served. Returns the page.
 * @throws Error when the directory has none
 */
export async function serveAppFiles(
  app: FastifyInstance,
  directory: string,
  publicUrl: string | null,
): Promise<AppPage> {
  const page = await AppPage.read(directory, publicUrl);
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    globIgnore: ["**/*.br", "**/*.gz", "index.html"],
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.slice(directory.length).startsWith(HASHED_FOLDER);
      reply.header(
        "cache-control",
        isHashed ? `public, max-age=${IMMUTABLE_MAX_AGE}, immutable` : "no-cache",
      );
      if (sharedPicture.test(path)) reply.header("cross-origin-resource-policy", "cross-origin");
    },
  });
  for (const path of ["/", "/index.html"]) app.get(path, (request, reply) => page.send(request, reply, 200));
  return page;
}

/** The path as the router takes it: a path that cannot be decoded is a name like any other. */
export function readablePath(url: string): string {
  const [path = "", search = ""] = url.split(/(\?.*)/s);
  try {
    // Its length is asked for because the bundler drops a call whose result nobody reads.
    return decodeURIComponent(path).length > 0 ? url : "/";
  } catch {
    return path.replaceAll("%", "%25") + search;
  }
}

/** Answers for a path that is no file: `page` where a person asks, if the server has one. */
export function answerUnknownPath(
  page: AppPage | null,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const path = request.raw.url?.split("?", 1)[0] ?? "";
  const isShare = shareLink.test(path);
  const isForPerson = isNavigation(request) && (isShare || !(fileName.test(path) || programPath.test(path)));
  if (page === null || !isForPerson) return reply.code(404).type("text/plain").send("Not found\n");
  return page.send(request, reply, isShare ? 200 : 404);
}

/** Whether a browser asks for what it is going to show. */
function isNavigation({ method, headers }: FastifyRequest): boolean {
  const isReading = method === "GET" || method === "HEAD";
  return isReading && (headers.accept?.includes("text/html") ?? false);
}
