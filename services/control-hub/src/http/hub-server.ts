import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import { type Operation, operations } from "@hybrid/control-hub-page/api";
import { answerProblems, HttpFault } from "@hybrid/http-api";
import type { Scheduler } from "@hybrid/kernel";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { organisationsIn } from "../adapters/overview.ts";
import type { Sessions } from "../adapters/sessions.ts";
import type { SignInLinks } from "../adapters/sign-in-links.ts";
import { check, type Gate } from "./checks.ts";
import type { HandlerPorts } from "./giving.ts";
import { handlersOf } from "./handlers.ts";
import { hubFaultOf } from "./hub-faults.ts";
import { addPageRoutes } from "./page-routes.ts";
import { sessionIdOf } from "./session-cookie.ts";
import { addSignIn, type ProviderPorts } from "./sign-in-routes.ts";

/** What the server is made of. */
export interface HubServerOptions extends HandlerPorts {
  readonly logger: FastifyBaseLogger;
  readonly scheduler: Scheduler;
  readonly links: SignInLinks;
  readonly sessions: Sessions;
  readonly sessionMs: number;
  /** Of OpenID Connect; null: there are one-time links alone. */
  readonly provider: ProviderPorts | null;
  /** The folder of the built page. */
  readonly pageFolder: () => Promise<string>;
}

/** Orders are small. */
const bodyBytesMax = 64 * 1_024;

/** Of one address in a minute: an office behind one proxy looks often. */
const requestsPerMinute = 3_000;

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** A page of a foreign site whose name was made to lead here must not be answered. */
const isOurHost = (host: string, { origin }: HubServerOptions): boolean =>
  origin === null ? loopback.test(host) : new URL(origin).host === host;

const addHeaders = (app: FastifyInstance, options: HubServerOptions): void => {
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "x-frame-options": "DENY",
      // What it is by the service's clock, which the page counts by.
      "x-hub-time": String(options.scheduler.now()),
    });
    if (request.url.startsWith("/api/")) void reply.header("cache-control", "no-store");
    if (!isOurHost(request.headers.host ?? "", options))
      throw new HttpFault(
        421,
        "wrongHost",
        "Set HUB_URL to the address by which browsers reach this service.",
      );
  });
};

const gateOf = (options: HubServerOptions): Gate => ({
  session: async (request) => {
    const id = sessionIdOf(request);
    return id === undefined ? null : options.sessions.find(id, options.scheduler.now());
  },
  isKnown: (org) => {
    const known = organisationsIn(options.views.organisations);
    // In a new installation the first organisation is set up here.
    return known.length === 0 || known.includes(org);
  },
  isOurs: (origin) =>
    options.origin === null
      ? URL.canParse(origin) && loopback.test(new URL(origin).host)
      : origin === options.origin,
});

const addOperation = (
  app: FastifyInstance,
  operation: Operation,
  gate: Gate,
  answer: (asked: never) => unknown,
): void => {
  app.route({
    method: operation.method,
    ...(operation.bodyBytesMax === undefined ? {} : { bodyLimit: operation.bodyBytesMax }),
    url: `/api${operation.path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
    handler: async (request, reply) => {
      const asked = { ...(await check(operation, request, gate)), request, reply };
      void reply.code(operation.status ?? 200);
      // What was checked has the types of the very operation whose handler this is.
      return answer(asked as never);
    },
  });
};

/** The API and the page, not listening yet. */
export const hubServer = async (options: HubServerOptions): Promise<FastifyInstance> => {
  const app = fastify({
    loggerInstance: options.logger,
    // Addresses and their queries may hold what must not be logged.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
  });
  answerProblems(app, { what: "control-hub", faultOf: hubFaultOf });
  addHeaders(app, options);
  await app.register(cookie);
  await app.register(rateLimit, { max: requestsPerMinute, timeWindow: 60_000 });
  // What takes no file has no schema that a text fits.
  app.addContentTypeParser("text/csv", { parseAs: "string" }, (_request, body, done) => done(null, body));
  const handlers = handlersOf(options);
  const gate = gateOf(options);
  for (const [name, operation] of Object.entries(operations))
    addOperation(app, operation, gate, handlers[name as keyof typeof handlers]);
  await addSignIn(app, { ...options, view: options.views.organisations, now: () => options.scheduler.now() });
  addPageRoutes(app, options.pageFolder);
  return app;
};
