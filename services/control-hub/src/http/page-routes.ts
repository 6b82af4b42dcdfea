import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { HttpFault } from "@hybrid/http-api";
import type { FastifyInstance, FastifyReply } from "fastify";

/** The one style that join details have in an invitation; the page shows them in a frame, as they are. */
export const detailsStyle = "margin-top:16px";

const detailsStyleHash = createHash("sha256").update(detailsStyle).digest("base64");

/** Nothing from another host, no inline script, no style that the page did not bring itself. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    `style-src-attr 'unsafe-hashes' 'sha256-${detailsStyleHash}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Vite writes it where the nonce belongs; every answer has one of its own. */
const noncePlaceholder = "__CSP_NONCE__";

const sendPage = (reply: FastifyReply, html: string): FastifyReply => {
  const nonce = randomBytes(18).toString("base64");
  return reply
    .header("content-security-policy", policyOf(nonce))
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8")
    .send(html.replaceAll(noncePlaceholder, nonce));
};

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Serves the built page. `folder` builds it where that is needed, when the first browser asks. */
export const addPageRoutes = (app: FastifyInstance, folder: () => Promise<string>): void => {
  app.get<{ Params: { file: string } }>("/assets/:file", async ({ params: { file } }, reply) => {
    const type = types[extname(file)];
    if (type === undefined || !/^[\w.-]+$/.test(file))
      throw new HttpFault(404, "notFound", "There is no such file.");
    try {
      const content = await readFile(join(await folder(), "assets", file));
      // Its name says what it holds, so it never changes.
      return reply.header("cache-control", "public, max-age=31536000, immutable").type(type).send(content);
    } catch (error) {
      if (isMissing(error)) throw new HttpFault(404, "notFound", "There is no such file.");
      throw error;
    }
  });
  // Every other address is a place of the page, which knows them by itself.
  app.get("/*", async ({ url }, reply) => {
    if (url.startsWith("/api/")) throw new HttpFault(404, "notFound", "There is no such operation.");
    return sendPage(reply, await readFile(join(await folder(), "index.html"), "utf8"));
  });
};
