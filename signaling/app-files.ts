/**
 * The app files are the built app as the server serves it: `/` is the page, and every other path is a file that
 * exists, or nothing. A person who comes to a path that is no file gets the page, which opens the share that the path
 * leads to, or says that nothing is there (app/ui/destination.ts):
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
import { IMMUTABLE_MAX_AGE } from "./constants.ts";

/** Vite writes files with a hash in their name here, and nothing else. */
const HASHED_FOLDER = `${sep}assets${sep}`;

/** What an app makes of a share's fragment when it takes it for a part of the path. */
const shareLink = /^\/(?:index\.html\/?|share\/)?(?:%(?:25)*23)?\/?(?:[sk]-|(?:web\+)?magnet(?::|%3a))/i;
const fileName = /\.[a-z0-9]{1,11}$/i;
/** Paths that only programs ask for. */
const programPath = /^\/(?:api|assets|announce|healthz)(?:\/|$)/;

/** Files in `directory` at the time of this call are served. */
export async function serveAppFiles(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    globIgnore: ["**/*.br", "**/*.gz"],
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.slice(directory.length).startsWith(HASHED_FOLDER);
      reply.header(
        "cache-control",
        isHashed ? `public, max-age=${IMMUTABLE_MAX_AGE}, immutable` : "no-cache",
      );
    },
  });
}

/** The path as the router takes it: a path that cannot be decoded is a name like any other. */
export function readablePath(url: string): string {
  const [path = "", search = ""] = url.split(/(\?.*)/s);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll("%", "%25") + search;
  }
}

/** Answers for a path that is no file: the page where a person asks, and the server has one. */
export function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.raw.url?.split("?", 1)[0] ?? "";
  const isShare = shareLink.test(path);
  const isForPerson = isNavigation(request) && (isShare || !(fileName.test(path) || programPath.test(path)));
  if (!isForPerson || !("sendFile" in reply)) return reply.code(404).type("text/plain").send("Not found\n");
  reply.header("vary", "accept");
  if (isShare) return reply.sendFile("index.html");
  // Without a mark of its version: else a browser that asks whether it has changed would get an empty answer.
  return reply.code(404).sendFile("index.html", { etag: false, lastModified: false, acceptRanges: false });
}

/** Whether a browser asks for what it is going to show. */
function isNavigation({ method, headers }: FastifyRequest): boolean {
  const isReading = method === "GET" || method === "HEAD";
  return isReading && (headers.accept?.includes("text/html") ?? false);
}
