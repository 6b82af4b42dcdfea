import type { FastifyReply, FastifyRequest } from "fastify";

/** Over TLS browsers hold a cookie of this prefix to this host and path. */
const nameOf = (name: string, isSecure: boolean): string => (isSecure ? `__Host-${name}` : name);

const sessionName = "hub-session";
const visitName = "hub-visit";

const valueOf = ({ cookies }: FastifyRequest, name: string): string | undefined =>
  cookies[nameOf(name, true)] ?? cookies[nameOf(name, false)];

interface Life {
  readonly isSecure: boolean;
  readonly maxAgeMs: number;
}

/** No script sees it; `sameSite` says whether another site's page may lead here with it. */
const give = (
  reply: FastifyReply,
  {
    name,
    value,
    sameSite,
  }: { readonly name: string; readonly value: string; readonly sameSite: "strict" | "lax" },
  { isSecure, maxAgeMs }: Life,
): void => {
  void reply.setCookie(nameOf(name, isSecure), value, {
    path: "/",
    httpOnly: true,
    sameSite,
    secure: isSecure,
    maxAge: Math.floor(maxAgeMs / 1_000),
  });
};

/** The id of the session that a request carries; undefined where it has none. */
export const sessionIdOf = (request: FastifyRequest): string | undefined => valueOf(request, sessionName);

/** Gives a browser its session: no other site's page sends it. */
export const setSession = (reply: FastifyReply, id: string, life: Life): void =>
  give(reply, { name: sessionName, value: id, sameSite: "strict" }, life);

/** The sealed visit of a provider that a browser comes back from; undefined where it never went there. */
export const visitOf = (request: FastifyRequest): string | undefined => valueOf(request, visitName);

/** Keeps a visit; the provider's page leads the browser back with it. */
export const setVisit = (reply: FastifyReply, sealed: string, life: Life): void =>
  give(reply, { name: visitName, value: sealed, sameSite: "lax" }, life);

/** A visit is good for one return. */
export const forgetVisit = (reply: FastifyReply, { isSecure }: Pick<Life, "isSecure">): void => {
  void reply.clearCookie(nameOf(visitName, isSecure), { path: "/", secure: isSecure });
};
