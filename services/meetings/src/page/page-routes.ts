import type { FastifyPluginAsync } from "fastify";
import { createPageFiles, pageFiles } from "./page-files.ts";
import { pagePath } from "./page-path.ts";

/** Nothing from another host, nothing inline, nobody's frame; text never becomes a script. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  // A newer release has a newer page at the same address.
  "cache-control": "no-cache",
};

/** The page "My meetings": files that hold nothing of anybody; the meetings come by the API. */
export const pageRoutes: FastifyPluginAsync = async (app) => {
  const fileOf = createPageFiles();
  // Files are named relative to the page, so its address ends with a slash.
  app.get("", (_request, reply) => reply.redirect(`${pagePath}/`, 308));
  for (const file of pageFiles)
    app.route({
      method: "GET",
      url: file === "index.html" ? "/" : `/${file}`,
      prefixTrailingSlash: "slash",
      handler: async (_request, reply) => {
        const { type, content } = await fileOf(file);
        return await reply.headers(headers).type(type).send(content);
      },
    });
};
