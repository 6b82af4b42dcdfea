import { orgIdOf } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Guest } from "../adapters/guest.ts";
import { type OpenId, ProviderAway, SignInRefused } from "../adapters/open-id.ts";
import type { Orders } from "../adapters/orders.ts";
import { organisationsOfTenant, userOfPerson } from "../adapters/people.ts";
import type { Entrance, Sessions } from "../adapters/sessions.ts";
import type { SignInLinks } from "../adapters/sign-in-links.ts";
import { type KeptVisit, type Visits, visitMs } from "../adapters/visits.ts";
import { type Claims, guestOfClaims, type SignInRules } from "../domain/guest-of-claims.ts";
import { forgetVisit, sessionIdOf, setSession, setVisit, visitOf } from "./session-cookie.ts";

/** A provider, and what follows from what it says. */
export interface ProviderPorts {
  readonly openId: OpenId;
  readonly visits: Visits;
  readonly rules: SignInRules;
}

/** What people are let in with. */
export interface SignInPorts {
  readonly view: View;
  readonly now: () => number;
  readonly links: SignInLinks;
  readonly sessions: Sessions;
  readonly orders: Orders;
  readonly sessionMs: number;
  /** By which browsers reach it; null: by the address on which it listens. */
  readonly origin: string | null;
  /** Null: there are links alone. */
  readonly provider: ProviderPorts | null;
}

/** Guesses at links are few. */
const signInsPerMinute = 20;
const limit = { config: { rateLimit: { max: signInsPerMinute, timeWindow: 60_000 } } };

/** A path of the page, and nothing that a browser could take for another host. */
const ownPath = /^\/(?:o|me)(?:\/[\w~-][\w.~-]*)*(?:\?[\w.~=&%-]*)?$/;

const pathOf = (to: unknown): string => (typeof to === "string" && ownPath.test(to) ? to : "/");

const isSecure = ({ origin }: SignInPorts): boolean => origin?.startsWith("https:") ?? false;

/** The checks of every request have let loopback alone through where no address is set. */
const originOf = ({ origin }: SignInPorts, request: FastifyRequest): string =>
  origin ?? `http://${request.headers.host ?? ""}`;

const callbackPath = "/sign-in/callback";

const signedOut = (reply: FastifyReply, why: string): FastifyReply =>
  reply.redirect(`/signed-out?why=${why}`, 303);

/** Signs in under a new session; the one that the browser had before ends. */
const enter = async (
  ports: SignInPorts,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  entrance: Entrance,
): Promise<void> => {
  const { guest, way } = entrance;
  if (guest.org !== null)
    await ports.orders.note({
      org: orgIdOf(guest.org),
      by: guest.name,
      user: guest.user,
      role: guest.role,
      act: "sessions.begin",
      about: null,
      details: JSON.stringify({ way }),
      orderId: null,
    });
  const before = sessionIdOf(request);
  if (before !== undefined) await ports.sessions.end(before);
  const { id } = await ports.sessions.begin(entrance, ports.now());
  setSession(reply, id, { isSecure: isSecure(ports), maxAgeMs: ports.sessionMs });
};

const addLinks = (app: FastifyInstance, ports: SignInPorts): void => {
  app.get<{ Querystring: { token?: unknown } }>("/sign-in", limit, async (request, reply) => {
    const { token } = request.query;
    const guest = typeof token === "string" ? await ports.links.redeem(token, ports.now()) : null;
    if (guest === null) return signedOut(reply, "link");
    await enter(
      ports,
      { request, reply },
      { guest, way: "link", person: `link ${guest.org ?? "*"} ${guest.name}` },
    );
    return reply.redirect("/", 303);
  });
};

/** Whom the claims let in; undefined, with the reason in the log, when nobody. */
const guestOf = (
  { view }: SignInPorts,
  { rules }: ProviderPorts,
  claims: Claims,
): Guest | { readonly refused: string } => {
  const known = guestOfClaims(claims, rules, (tenantId) => organisationsOfTenant(view, tenantId));
  if (typeof known === "string") return { refused: known };
  return { ...known, user: userOfPerson(view, known.org, claims) };
};

const addStart = (app: FastifyInstance, ports: SignInPorts, provider: ProviderPorts): void => {
  app.get<{ Querystring: { to?: unknown } }>("/sign-in/start", limit, async (request, reply) => {
    const { visit, url } = await provider.openId.begin(`${originOf(ports, request)}${callbackPath}`);
    const sealed = await provider.visits.seal({ ...visit, to: pathOf(request.query.to) });
    setVisit(reply, sealed, { isSecure: isSecure(ports), maxAgeMs: visitMs });
    return reply.redirect(url.href, 303);
  });
};

/** The visit that a browser comes back from: once, and with the state that it was given. */
const visitBack = async (
  request: FastifyRequest,
  { sessions }: SignInPorts,
  { visits }: ProviderPorts,
): Promise<KeptVisit | null> => {
  const visit = await visits.open(visitOf(request) ?? "");
  if (visit === null) return null;
  return (await sessions.once(`visit:${visit.state}`, visitMs)) ? visit : null;
};

const addCallback = (app: FastifyInstance, ports: SignInPorts, provider: ProviderPorts): void => {
  app.get(callbackPath, limit, async (request, reply) => {
    const visit = await visitBack(request, ports, provider);
    forgetVisit(reply, { isSecure: isSecure(ports) });
    if (visit === null) return signedOut(reply, "visit");
    const claims = await provider.openId.finish(new URL(request.url, originOf(ports, request)), visit);
    const guest = guestOf(ports, provider, claims);
    if ("refused" in guest) return signedOut(reply, guest.refused);
    const person = `provider ${guest.org ?? "*"} ${claims.subject}`;
    await enter(ports, { request, reply }, { guest, way: "provider", person });
    return reply.redirect(visit.to, 303);
  });
};

/** What a person is told when signing in fails; the rest is told as every fault is. */
const onFault = (error: Error, reply: FastifyReply, log: FastifyBaseLogger): FastifyReply => {
  if (error instanceof SignInRefused) {
    log.warn({ reason: error.message }, "a sign-in was refused");
    return signedOut(reply, "refused");
  }
  if (error instanceof ProviderAway) {
    log.error({ err: error }, "nobody can sign in by the provider");
    return signedOut(reply, "away");
  }
  throw error;
};

/** The ways in: one-time links, and a provider of OpenID Connect where there is one. */
export const addSignIn = async (app: FastifyInstance, ports: SignInPorts): Promise<void> => {
  addLinks(app, ports);
  const { provider } = ports;
  if (provider === null) return;
  await app.register(async (scope) => {
    scope.setErrorHandler((error: Error, request, reply) => onFault(error, reply, request.log));
    addStart(scope, ports, provider);
    addCallback(scope, ports, provider);
  });
};
