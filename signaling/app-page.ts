/**
 * The app page is index.html as the server answers it, at whatever path. It is the same for everybody, but for one
 * thing: what chats and social sites show of a link has a picture, whose address must be whole. So the server's own
 * address is put before it: the configured one, or the one that was asked for. The latter goes only to who asked, and
 * only if it is a plain host. Hosts can be made up, so a page for one costs little: it is compressed only as somebody
 * asks for it, and quickly.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { MAX_PAGE_HOSTS, PAGE_BROTLI_QUALITY } from "./constants.ts";

/** How a picture's address begins in index.html. */
const PICTURE = 'content="/';

const plainHost = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

type Encoding = "br" | "gzip" | "identity";

/** The page for one address of the server. */
interface Variant {
  readonly etag: string;
  /** As far as somebody asked for it. */
  readonly encoded: Map<Encoding, Buffer>;
}

export class AppPage {
  readonly #html: string;
  readonly #publicUrl: string | null;
  /** By the server's address; "" for the page without any. */
  readonly #variants: Map<string, Variant>;

  /** `publicUrl`: `https://host`; null where none is configured. */
  constructor(html: string, publicUrl: string | null) {
    this.#html = html;
    this.#publicUrl = publicUrl;
    this.#variants = new Map();
  }

  /** Reads the page of the built app in `directory`. @throws Error when there is none */
  static async read(directory: string, publicUrl: string | null): Promise<AppPage> {
    return new AppPage(await readFile(join(directory, "index.html"), "utf8"), publicUrl);
  }

  /** Answers with the page. A browser that has it already is told so, but only where it was found. */
  send(request: FastifyRequest, reply: FastifyReply, status: 200 | 404): FastifyReply {
    const { etag, encoded } = this.#variant(request);
    reply
      .type("text/html; charset=utf-8")
      .headers({ "cache-control": "no-cache", vary: "accept, accept-encoding" });
    if (status === 200) {
      reply.header("etag", etag);
      const known = request.headers["if-none-match"]?.split(",").map((each) => each.trim());
      if (known?.includes(etag)) return reply.code(304).send();
    }
    const encoding = pickEncoding(request.headers["accept-encoding"] ?? "");
    if (encoding !== "identity") reply.header("content-encoding", encoding);
    const body = encoded.get(encoding) ?? compress(encoded.get("identity")!, encoding);
    encoded.set(encoding, body);
    return reply.code(status).send(body);
  }

  #variant({ protocol, host }: FastifyRequest): Variant {
    // A trusted proxy hands on what it was sent, also for a protocol.
    const scheme = protocol === "https" ? "https" : "http";
    const asked = plainHost.test(host) ? `${scheme}://${host.toLowerCase()}` : "";
    const address = this.#publicUrl ?? asked;
    const known = this.#variants.get(address);
    if (known !== undefined) return known;
    const html = Buffer.from(this.#html.replaceAll(PICTURE, `content="${address}/`));
    const digest = createHash("sha256").update(html).digest("base64url").slice(0, 22);
    const variant: Variant = { etag: `W/"${digest}"`, encoded: new Map([["identity", html]]) };
    // Whoever makes up hosts makes room for the next.
    if (this.#variants.size >= MAX_PAGE_HOSTS) this.#variants.delete(this.#variants.keys().next().value!);
    this.#variants.set(address, variant);
    return variant;
  }
}

function compress(html: Buffer, encoding: Encoding): Buffer {
  if (encoding === "gzip") return gzipSync(html);
  return brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: PAGE_BROTLI_QUALITY } });
}

/** The best encoding that a browser takes. */
function pickEncoding(accepted: string): Encoding {
  const taken = accepted.split(",").flatMap((each) => {
    const [name = "", ...parameters] = each.split(";").map((part) => part.trim().toLowerCase());
    // A weight of zero says that it is not taken (RFC 9110).
    return parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter)) ? [] : [name];
  });
  return taken.includes("br") ? "br" : taken.includes("gzip") ? "gzip" : "identity";
}
