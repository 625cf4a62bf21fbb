/** What the server says over HTTP: the app's files, their headers, and the small API. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import zlib, { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type BuildOptions, build } from "../../../signaling/build.ts";
import { MAX_PAGE_HOSTS, PAGE_BROTLI_QUALITY } from "../../../signaling/constants.ts";

const page = `<!doctype html><title>Shoal</title>${"<p>page</p>".repeat(100)}`;
const script = `${"console.log('app');".repeat(100)}`;

/** A server of a small made-up app. */
async function startApp(options: BuildOptions = {}, html = page): Promise<FastifyInstance> {
  const appDirectory = await mkdtemp(join(tmpdir(), "shoal-app-"));
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(appDirectory, path)), { recursive: true });
    await writeFile(join(appDirectory, path), content);
  };
  await write("index.html", html);
  await write("index.html.br", brotliCompressSync(html));
  await write("index.html.gz", gzipSync(html));
  await write("og.png", "a picture");
  await write("assets/app-3f2a91bc.js", script);
  await write("assets/app-3f2a91bc.js.br", brotliCompressSync(script));
  await write("service-worker.js", "self.skipWaiting();");
  await write("manifest.webmanifest", "{}");
  const app = await build({ appDirectory, ...options });
  onTestFinished(async () => {
    await app.close();
    await rm(appDirectory, { recursive: true });
  });
  return app;
}

describe("the app's files", () => {
  test("the page, compressed as the browser likes it", async () => {
    const app = await startApp();
    const get = (encoding: string) =>
      app.inject({ url: "/", headers: encoding === "" ? {} : { "accept-encoding": encoding } });
    const [plain, brotli, gzip] = await Promise.all([get(""), get("gzip, deflate, br, zstd"), get("gzip")]);
    expect([plain.headers["content-encoding"], plain.body]).toEqual([undefined, page]);
    expect(brotli.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(page);
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(page);
    for (const { headers } of [plain, brotli, gzip]) {
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(headers.vary).toMatch(/accept-encoding/i);
    }
  });

  test.each([
    ["/", "no-cache", "text/html; charset=utf-8"],
    ["/service-worker.js", "no-cache", /javascript/],
    ["/manifest.webmanifest", "no-cache", /manifest\+json/],
    ["/assets/app-3f2a91bc.js", "public, max-age=31536000, immutable", /javascript/],
  ])("%s is cached as %s", async (url, cacheControl, type) => {
    const app = await startApp();
    for (const encoding of ["identity", "br"]) {
      const { statusCode, headers } = await app.inject({ url, headers: { "accept-encoding": encoding } });
      expect([statusCode, headers["cache-control"]]).toEqual([200, cacheControl]);
      expect(headers["content-type"]).toMatch(type);
    }
  });

  test("a part of a file is sent where only that is asked for", async () => {
    const app = await startApp();
    const get = (range: string) => app.inject({ url: "/assets/app-3f2a91bc.js", headers: { range } });
    const [part, beyond] = await Promise.all([get("bytes=7-10"), get(`bytes=${script.length}-`)]);
    expect([part.statusCode, part.body]).toEqual([206, ".log"]);
    expect(part.headers["content-range"]).toBe(`bytes 7-10/${script.length}`);
    expect([beyond.statusCode, beyond.headers["content-range"]]).toEqual([416, `bytes */${script.length}`]);
  });

  test("what has not changed is not sent again", async () => {
    const app = await startApp();
    const { headers } = await app.inject("/");
    const again = await app.inject({ url: "/", headers: { "if-none-match": String(headers.etag) } });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
  });
  test("headers of any length cost no more than that", async () => {
    const app = await startApp();
    // Work that grows with the square of this takes longer than the suite's time limit.
    const gap = " ".repeat(300_000);
    const ask = (headers: Record<string, string>) => app.inject({ url: "/", headers });
    const etag = String((await ask({})).headers.etag);
    expect((await ask({ "if-none-match": `x${gap}x` })).statusCode).toBe(200);
    expect((await ask({ "if-none-match": `"x"${gap},${gap}${etag}` })).statusCode).toBe(304);
    for (const accepted of [
      `br${gap}x`,
      `br;q=${gap}x`,
      `br;q=${"0".repeat(300_000)}x`,
      "b,".repeat(150_000),
    ])
      expect((await ask({ "accept-encoding": accepted })).statusCode).toBe(200);
  });

  test.each([
    "/nothing",
    "/s-abc",
    "/assets/",
    "/assets",
    "/assets/app-3f2a91bc.js.br",
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/..%2f..%2fpackage.json",
    "/.git/config",
    "//etc/passwd",
    "/index.html%00",
    "/announce",
  ])("%s is a plain 404", async (url) => {
    const app = await startApp();
    const response = await app.inject(url);
    expect([response.statusCode, response.body]).toEqual([404, "Not found\n"]);
    expect(response.headers["content-type"]).toMatch(/^text\/plain/);
  });

  const hash = "AbCdEfGhIjKlMnOpQr_t-vWxYz0123456789AbCdEfE";
  const person = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
  const sharePaths = [
    `/%23s-${hash}`,
    `/%23s-${hash}/`,
    `/%23s-${hash}&dn=film.mkv`,
    `/%23s-${hash}?utm_source=chat`,
    `/%2523s-${hash}`,
    `/%23k-${hash}`,
    `/s-${hash}`,
    `/share/s-${hash}`,
    `/index.html%23s-${hash}`,
    `/%23s-${hash}%`,
    `/%23magnet:?xt=urn:btih:${"0".repeat(40)}&dn=film.mkv`,
    `/magnet:?xt=urn:btih:${"0".repeat(40)}`,
    `/magnet%3A%3Fxt%3Durn%3Abtih%3A${"0".repeat(40)}`,
  ];

  test.each(sharePaths)("%s brings a person the page, which opens the share", async (url) => {
    const app = await startApp();
    const [got, headed, packed, other] = await Promise.all([
      app.inject({ url, headers: person }),
      app.inject({ url, method: "HEAD", headers: person }),
      app.inject({ url, headers: { ...person, "accept-encoding": "br" } }),
      app.inject(url),
    ]);
    expect([got.statusCode, got.body]).toEqual([200, page]);
    expect(got.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      vary: expect.stringMatching(/accept(?!-).*accept-encoding|accept-encoding.*accept(?!-)/i),
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "referrer-policy": "no-referrer",
    });
    expect([headed.statusCode, headed.body]).toEqual([200, ""]);
    expect(brotliDecompressSync(packed.rawPayload).toString()).toBe(page);
    expect([other.statusCode, other.body]).toEqual([404, "Not found\n"]);
    const again = await app.inject({
      url,
      headers: { ...person, "if-none-match": String(got.headers.etag) },
    });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
  });

  test.each([
    "/nothing",
    "/share/",
    "/settings?a=b",
    "//etc/passwd",
    "/%E0%A4",
    "/%",
    "/a/b/c",
    "/index.html/",
    "/ü",
  ])("%s brings a person the page, which says that nothing is there", async (url) => {
    const app = await startApp();
    const { headers } = await app.inject("/");
    for (const more of [{}, { "if-none-match": String(headers.etag) }, { range: "bytes=0-3" }]) {
      const got = await app.inject({ url, headers: { ...person, ...more } });
      expect([got.statusCode, got.body, got.headers["cache-control"]]).toEqual([404, page, "no-cache"]);
    }
  });

  test.each([
    "/robots.txt",
    "/favicon.ico",
    "/assets/gone-3f2a91bc.js",
    "/assets/",
    "/api/nothing",
    "/announce",
  ])("%s is a plain 404 for a person, too", async (url) => {
    const app = await startApp();
    const got = await app.inject({ url, headers: person });
    expect([got.statusCode, got.body]).toEqual([404, "Not found\n"]);
  });

  test("only reading brings the page", async () => {
    const app = await startApp();
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"] as const)
      expect((await app.inject({ method, url: sharePaths[0], headers: person })).body).toBe("Not found\n");
  });

  test("nothing that was asked for is ever logged", async () => {
    const lines: string[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
    onTestFinished(() => write.mockRestore());
    const app = await startApp({ logLevel: "trace" });
    app.get("/s-broken", () => {
      throw new Error("a fault of the server");
    });
    for (const url of [...sharePaths, "/nothing", "/%", "/s-broken"]) {
      await app.inject({ url, headers: person });
      await app.inject({
        method: "POST",
        url,
        headers: { "content-type": "application/json" },
        payload: "{",
      });
    }
    app.log.info("the log works");
    expect(lines.join("")).toContain("the log works");
    expect(lines.filter((line) => /s-|magnet|nothing|%2/.test(line))).toEqual([]);
  });

  test("without an app there is only the API", async () => {
    const app = await build();
    expect((await app.inject("/")).statusCode).toBe(404);
    expect((await app.inject("/healthz")).json()).toEqual({ status: "ok" });
  });

  test("only reading is offered", async () => {
    const app = await startApp();
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"] as const) {
      expect(
        (await app.inject({ method, url: "/", payload: "x".repeat(method === "OPTIONS" ? 0 : 10) }))
          .statusCode,
      ).toBe(404);
    }
  });
});

describe("what chats show of a link", () => {
  const picture = /<meta property="og:image" content="([^"]*)">/;
  const html = '<!doctype html><meta property="og:image" content="/og.png">';
  const pictureFor = async (options: BuildOptions, headers: Record<string, string>) => {
    const app = await startApp(options, html);
    return picture.exec((await app.inject({ url: "/", headers })).body)?.[1];
  };

  test("its picture has a whole address: the configured one, or the one that was asked for", async () => {
    const publicUrl = "https://shoal.example";
    expect(await pictureFor({ publicUrl }, { host: "10.0.0.7:8080" })).toBe(`${publicUrl}/og.png`);
    expect(await pictureFor({}, { host: "Other.example:8443" })).toBe("http://other.example:8443/og.png");
    expect(await pictureFor({}, { host: "[2001:db8::1]:80" })).toBe("http://[2001:db8::1]:80/og.png");
    const forwarded = { host: "a.example", "x-forwarded-proto": "https", "x-forwarded-host": "b.example" };
    expect(await pictureFor({}, forwarded)).toBe("http://a.example/og.png");
    expect(await pictureFor({ trustedProxies: ["127.0.0.1"] }, forwarded)).toBe("https://b.example/og.png");
  });

  test.each(['a"><script>', "a b", "a/b", "a@b", "x".repeat(300), "a:123456", "[::1"])(
    "what was asked for as %j is no part of the page",
    async (host) => {
      expect(await pictureFor({}, { host })).toBe("/og.png");
    },
  );

  test("pages for many hosts are each its own, with a mark of its own, however many there are", async () => {
    const app = await startApp({}, html);
    const marks = new Set<unknown>();
    for (let at = 0; at < 3 * MAX_PAGE_HOSTS; at++) {
      const { body, headers } = await app.inject({ url: "/", headers: { host: `h${at}.example` } });
      expect(picture.exec(body)?.[1]).toBe(`http://h${at}.example/og.png`);
      marks.add(headers.etag);
    }
    expect(marks.size).toBe(3 * MAX_PAGE_HOSTS);
  });

  test("a page for a host that somebody made up is compressed only when it is asked for so, once and quickly", async () => {
    const { brotliCompressSync: brotli, gzipSync: gzip } = zlib;
    const used: string[] = [];
    zlib.brotliCompressSync = (bytes, options) => {
      used.push(`br ${options?.params?.[zlib.constants.BROTLI_PARAM_QUALITY]}`);
      return brotli(bytes, options);
    };
    zlib.gzipSync = (bytes, options) => {
      used.push("gzip");
      return gzip(bytes, options);
    };
    syncBuiltinESMExports();
    onTestFinished(() => {
      Object.assign(zlib, { brotliCompressSync: brotli, gzipSync: gzip });
      syncBuiltinESMExports();
    });
    const app = await startApp({}, html);
    used.length = 0;
    const get = (encoding: string) =>
      app.inject({ url: "/", headers: { host: "a.example", "accept-encoding": encoding } });
    await get("identity");
    expect(used).toEqual([]);
    for (const encoding of ["br", "gzip", "br", "gzip"])
      expect((await get(encoding)).headers["content-encoding"]).toBe(encoding);
    expect(used).toEqual([`br ${PAGE_BROTLI_QUALITY}`, "gzip"]);
    expect(PAGE_BROTLI_QUALITY).toBeLessThanOrEqual(5);
  });

  test("nothing that a proxy hands on becomes a part of the page", async () => {
    const options = { trustedProxies: ["127.0.0.1"] };
    for (const protocol of ['x"><script>', "javascript", "", "https, https"]) {
      const shown = await pictureFor(options, { host: "a.example", "x-forwarded-proto": protocol });
      expect(shown).toMatch(/^https?:\/\/a\.example\/og\.png$/);
    }
  });

  test("it is the same for every link, and its picture may be shown by other sites", async () => {
    const app = await startApp({}, html);
    const headers = { accept: "text/html", host: "shoal.example" };
    const pages = await Promise.all(["/", "/s-a", "/%23s-b&dn=c"].map((url) => app.inject({ url, headers })));
    expect(new Set(pages.map(({ body }) => body)).size).toBe(1);
    const shown = await app.inject("/og.png");
    expect([shown.statusCode, shown.headers["cross-origin-resource-policy"]]).toEqual([200, "cross-origin"]);
    expect((await app.inject("/")).headers["cross-origin-resource-policy"]).toBe("same-origin");
  });

  test.each([
    ["br, gzip", "br"],
    ["gzip;q=1.0, br;q=0", "gzip"],
    ["GZIP", "gzip"],
    ["br;q=0.000,gzip;q=0", undefined],
    ["deflate", undefined],
    ["*", undefined],
  ])("a browser that takes %j gets %s", async (accepted, encoding) => {
    const app = await startApp();
    const { headers } = await app.inject({ url: "/", headers: { "accept-encoding": accepted } });
    expect(headers["content-encoding"]).toBe(encoding);
  });
});

describe("security headers", () => {
  test("are on every response", async () => {
    const app = await startApp();
    for (const url of ["/", "/assets/app-3f2a91bc.js", "/api/ice", "/nothing"]) {
      const { headers } = await app.inject(url);
      expect(headers).toMatchObject({
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": expect.stringContaining("camera=()"),
      });
      for (const name of ["x-powered-by", "set-cookie", "content-disposition"]) {
        expect(headers[name]).toBeUndefined();
      }
    }
  });

  test("the policy lets run only what is the app's own, and lets it reach any tracker", async () => {
    const app = await startApp();
    const policy = String((await app.inject("/")).headers["content-security-policy"]);
    const directives = new Map(
      policy.split(";").map((directive) => directive.split(/ (.*)/s) as [string, string]),
    );
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(Object.fromEntries(directives)).toMatchObject({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "connect-src": "'self' ws: wss:",
      "worker-src": "'self'",
      "media-src": "'self' blob:",
      "frame-ancestors": "'none'",
    });
  });

  test("browsers are told to stay with TLS only where there is TLS", async () => {
    const forwarded = { headers: { "x-forwarded-proto": "https" } };
    const trusting = await startApp({ trustedProxies: ["127.0.0.1"] });
    const plain = await startApp();
    const header = "strict-transport-security";
    expect((await trusting.inject({ url: "/", ...forwarded })).headers[header]).toBe("max-age=15552000");
    expect((await trusting.inject("/")).headers[header]).toBeUndefined();
    expect((await plain.inject({ url: "/", ...forwarded })).headers[header]).toBeUndefined();
  });
});

describe("ICE servers", () => {
  test("are handed out as configured, and not cached", async () => {
    const iceServers = [{ urls: "turn:turn.example.org", username: "u", credential: "c" }];
    const app = await startApp({ iceServers });
    const response = await app.inject("/api/ice");
    expect(response.json()).toEqual({ iceServers });
    expect(response.headers["cache-control"]).toBe("no-store");
  });

  test("may be none; left out, public STUN servers", async () => {
    expect((await (await startApp({ iceServers: [] })).inject("/api/ice")).json()).toEqual({
      iceServers: [],
    });
    const { iceServers } = (await (await startApp()).inject("/api/ice")).json();
    expect(iceServers[0].urls[0]).toMatch(/^stun:/);
  });
});
