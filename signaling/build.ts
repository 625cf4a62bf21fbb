/**
 * The server is put together here, ready to listen, or to take a test's requests without listening. main.ts lets it
 * listen.
 */
import { resolve } from "node:path";
import fastify, { type FastifyInstance, LogController } from "fastify";
import { answerUnknownPath, readablePath, serveAppFiles } from "./app-files.ts";
import { TrustedProxies } from "./client-address.ts";
import type { IceServer } from "./config.ts";
import {
  DEFAULT_STUN_SERVERS,
  defaultLimits,
  HTTP_BODY_LIMIT,
  HTTP_HEADERS_TIMEOUT,
  HTTP_REQUEST_TIMEOUT,
  type Limits,
} from "./constants.ts";
import { addSecurityHeaders } from "./security-headers.ts";
import { type MakeSwarms, Tracker } from "./tracker.ts";

export interface BuildOptions {
  /** Where the built app lies. Left out: only the tracker and the API are served. */
  readonly appDirectory?: string;
  /** `https://host`, as people reach the server; null where it is not configured. */
  readonly publicUrl?: string | null;
  readonly iceServers?: readonly IceServer[];
  /** CIDR ranges; see config.ts. */
  readonly trustedProxies?: readonly string[];
  /** The limits that differ from `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  readonly logLevel?: string;
  /** Left out: swarms are kept in this process. */
  readonly makeSwarms?: MakeSwarms;
}

declare module "fastify" {
  interface FastifyInstance {
    readonly tracker: Tracker;
  }
}

/** The whole server, not yet listening. `close()` takes leave of all clients. */
export async function build({
  appDirectory,
  iceServers = [{ urls: DEFAULT_STUN_SERVERS }],
  trustedProxies = [],
  limits = {},
  logLevel = "silent",
  publicUrl = null,
  makeSwarms,
}: BuildOptions = {}): Promise<FastifyInstance> {
  const app = fastify({
    // Addresses and paths are nobody's business, and a path may be a share's link: requests are not logged.
    logger: { level: logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: HTTP_BODY_LIMIT,
    requestTimeout: HTTP_REQUEST_TIMEOUT,
    http: { headersTimeout: HTTP_HEADERS_TIMEOUT },
    forceCloseConnections: true,
    rewriteUrl: ({ url = "/" }) => readablePath(url),
  });

  const tracker = new Tracker({
    limits: { ...defaultLimits, ...limits },
    trustedProxies: new TrustedProxies(trustedProxies),
    log: app.log,
    makeSwarms,
  });
  app.decorate("tracker", tracker);
  app.server.on("upgrade", (request, socket, head) => tracker.handleUpgrade(request, socket, head));
  app.addHook("preClose", () => tracker.close());

  await addSecurityHeaders(app);
  app.get("/healthz", (_request, reply) => reply.header("cache-control", "no-store").send({ status: "ok" }));
  app.get("/api/ice", (_request, reply) => reply.header("cache-control", "no-store").send({ iceServers }));
  const page = appDirectory === undefined ? null : await serveAppFiles(app, resolve(appDirectory), publicUrl);
  app.setNotFoundHandler((request, reply) => answerUnknownPath(page, request, reply));
  return app;
}
