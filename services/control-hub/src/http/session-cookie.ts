import type { FastifyReply, FastifyRequest } from "fastify";

/** Over TLS browsers hold a cookie of this prefix to this host and path. */
const nameOf = (isSecure: boolean): string => (isSecure ? "__Host-hub-session" : "hub-session");

/** The id of the session that a request carries; undefined where it has none. */
export const sessionIdOf = ({ cookies }: FastifyRequest): string | undefined =>
  cookies[nameOf(true)] ?? cookies[nameOf(false)];

/** Gives a browser its session: no script sees it, and no other site's page sends it. */
export const setSession = (
  reply: FastifyReply,
  id: string,
  { isSecure, maxAgeMs }: { readonly isSecure: boolean; readonly maxAgeMs: number },
): void => {
  void reply.setCookie(nameOf(isSecure), id, {
    path: "/",
    httpOnly: true,
    sameSite: "strict",
    secure: isSecure,
    maxAge: Math.floor(maxAgeMs / 1_000),
  });
};
