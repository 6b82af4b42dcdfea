import type { FastifyRequest } from "fastify";

/** Scheme, host and port by which the browser reaches the page. */
export const ownAddress = (
  { headers }: Pick<FastifyRequest, "headers">,
  { origin }: { readonly origin: string | null },
): string =>
  // The host was found to be ours before anything else was looked at.
  origin ?? `http://${headers.host ?? ""}`;
