/**
 * The app page is index.html as the server answers it, at whatever path. It is the same for everybody, but for one
 * thing: what chats and social sites show of a link has a picture, whose address must be whole. So the server's own
 * address is put before it: the configured one, or the one that was asked for. The latter goes only to who asked, and
 * only if it is a plain host.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { MAX_PAGE_HOSTS } from "./constants.ts";

/** How a picture's address begins in index.html. */
const PICTURE = 'content="/';

const plainHost = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** The page for one address of the server. */
interface Variant {
  readonly etag: string;
  readonly encoded: Readonly<Record<"br" | "gzip" | "identity", Buffer>>;
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
      if (request.headers["if-none-match"]?.split(/\s*,\s*/).includes(etag)) return reply.code(304).send();
    }
    const encoding = pickEncoding(request.headers["accept-encoding"] ?? "");
    if (encoding !== "identity") reply.header("content-encoding", encoding);
    return reply.code(status).send(encoded[encoding]);
  }

  #variant({ protocol, host }: FastifyRequest): Variant {
    const asked = plainHost.test(host) ? `${protocol}://${host.toLowerCase()}` : "";
    const address = this.#publicUrl ?? asked;
    const known = this.#variants.get(address);
    if (known !== undefined) return known;
    const html = Buffer.from(this.#html.replaceAll(PICTURE, `content="${address}/`));
    const digest = createHash("sha256").update(html).digest("base64url").slice(0, 22);
    const encoded = { br: brotliCompressSync(html), gzip: gzipSync(html), identity: html };
    const variant = { etag: `W/"${digest}"`, encoded };
    // Whoever makes up hosts makes room for the next.
    if (this.#variants.size >= MAX_PAGE_HOSTS) this.#variants.delete(this.#variants.keys().next().value!);
    this.#variants.set(address, variant);
    return variant;
  }
}

/** The best encoding that a browser takes. */
function pickEncoding(accepted: string): "br" | "gzip" | "identity" {
  const takes = (name: string) =>
    accepted
      .split(",")
      .some((each) => new RegExp(`^\\s*${name}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*$).*)?$`, "i").test(each));
  return takes("br") ? "br" : takes("gzip") ? "gzip" : "identity";
}
