/**
 * The security headers keep the served app to itself: what it may load, which pages may frame it, and what it may
 * use.
 */
import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";
import { HSTS_MAX_AGE } from "./constants.ts";

/**
 * Nothing from elsewhere runs. Trackers may be anywhere (ws:, wss:); previews and players show blobs; the hidden
 * frame that starts a download loads from the app's own origin. Lit styles through constructed style sheets,
 * which need no exception.
 */
const contentSecurityPolicy = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "blob:", "data:"],
  "media-src": ["'self'", "blob:"],
  "font-src": ["'self'"],
  "connect-src": ["'self'", "ws:", "wss:"],
  "worker-src": ["'self'"],
  "manifest-src": ["'self'"],
  "frame-src": ["'self'", "blob:"],
  "object-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
};

/** The app's own origin may use the features that the app needs. All other features are off for everybody. */
const permissionsPolicy = [
  "accelerometer=()",
  "autoplay=(self)",
  "bluetooth=()",
  "camera=()",
  "clipboard-read=()",
  "clipboard-write=(self)",
  "display-capture=()",
  "fullscreen=(self)",
  "geolocation=()",
  "gyroscope=()",
  "hid=()",
  "magnetometer=()",
  "microphone=()",
  "midi=()",
  "payment=()",
  "picture-in-picture=(self)",
  "screen-wake-lock=(self)",
  "serial=()",
  "usb=()",
  "web-share=(self)",
].join(", ");

/** Adds the headers to every response of the server, errors included. */
export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    frameguard: { action: "deny" },
    referrerPolicy: { policy: "no-referrer" },
    strictTransportSecurity: false,
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("permissions-policy", permissionsPolicy);
    if (request.protocol === "https") reply.header("strict-transport-security", `max-age=${HSTS_MAX_AGE}`);
  });
}
