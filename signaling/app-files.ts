/**
 * The app files are the built app as the server serves it: `/` is the page, and every other path is a file that
 * exists or a plain 404. Compressed neighbours of a file (`.br`, `.gz`) are sent where the browser takes them;
 * vite.config.ts has them made.
 */
import { sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { IMMUTABLE_MAX_AGE } from "./constants.ts";

/** Vite writes files with a hash in their name here, and nothing else. */
const HASHED_FOLDER = `${sep}assets${sep}`;

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
