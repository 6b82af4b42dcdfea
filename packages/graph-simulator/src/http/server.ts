import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Mailboxes } from "../calendar/mailboxes.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { AccessTokens, Caller } from "../entra/access-tokens.ts";
import type { Tenants } from "../entra/tenants.ts";
import { canonicalUrl } from "../odata/path.ts";
import type { Answer, Call, Operation } from "../operations/operation.ts";
import { readQuery } from "../schemas/query.ts";
import { runBatch } from "./batch.ts";
import type { FaultPlan } from "./faults.ts";
import { gapOf } from "./gaps.ts";
import { badRequest, errorEnvelope, GraphFault } from "./graph-fault.ts";
import type { Metrics } from "./metrics.ts";
import { originOf } from "./origin.ts";
import { readPreferences } from "./prefer.ts";
import { addBodyParsers, bodyBytesMax } from "./request-bodies.ts";
import type { Throttling } from "./throttling.ts";

/** What serving Graph needs. */
export interface ServerPorts {
  readonly clock: SimulatorClock;
  readonly dice: Dice;
  readonly tokens: AccessTokens;
  readonly tenants: Tenants;
  readonly mailboxes: Mailboxes;
  readonly throttling: Throttling;
  readonly faults: FaultPlan;
  readonly metrics: Metrics;
  readonly traffic: Traffic;
}

/** Requests being served, and ever served. */
export interface Traffic {
  inFlight: number;
  total: number;
}

const jsonType =
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

const diagnostic = JSON.stringify({
  ServerInfo: {
    DataCenter: "Simulator",
    Slice: "E",
    Ring: "1",
    ScaleUnit: "000",
    RoleInstance: "SIMULATOR01",
  },
});

const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

const clientRequestId = (request: FastifyRequest): string =>
  first(request.headers["client-request-id"]) ?? request.id;

/** Counts requests from their first byte until the answer is about to leave. */
const countTraffic = (server: FastifyInstance, ports: ServerPorts): void => {
  const open = new WeakSet<FastifyRequest>();
  const close = (request: FastifyRequest): void => {
    if (open.delete(request)) ports.traffic.inFlight--;
  };
  server.addHook("onRequest", (request, reply, done) => {
    open.add(request);
    ports.traffic.inFlight++;
    ports.traffic.total++;
    reply.raw.once("close", () => close(request));
    done();
  });
  server.addHook("onSend", (request, reply, payload, done) => {
    ports.metrics.count(request.method, request.routeOptions.url ?? "unknown", reply.statusCode);
    close(request);
    done(null, payload);
  });
};

const addGraphHeaders = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply
    .header("request-id", request.id)
    .header("client-request-id", clientRequestId(request))
    .header("x-ms-ags-diagnostic", diagnostic)
    .header("cache-control", "no-store")
    .header("strict-transport-security", "max-age=31536000");

const faultOf = (thrown: unknown): GraphFault => {
  if (thrown instanceof GraphFault) return thrown;
  const { statusCode, message } = thrown as { readonly statusCode?: number; readonly message?: string };
  if (statusCode === 413)
    return new GraphFault(413, "RequestEntityTooLarge", "The request is larger than 4 MB.");
  if (statusCode === 415)
    return new GraphFault(415, "UnsupportedMediaType", "The content type is not supported.");
  if (statusCode !== undefined && statusCode < 500) return badRequest(message ?? "Bad request.");
  return new GraphFault(500, "SimulatorFault", `The simulator itself failed: ${message ?? String(thrown)}`);
};

const sendFault = (ports: ServerPorts, thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const fault = faultOf(thrown);
  const ids = { requestId: request.id, clientRequestId: clientRequestId(request), now: ports.clock.now() };
  return addGraphHeaders(request, reply)
    .headers(fault.headers)
    .code(fault.status)
    .header("content-type", "application/json")
    .send(errorEnvelope(fault, ids));
};

/** A Fastify server that speaks Graph's and Entra's formats; without routes. */
export const createServer = (
  tls: { readonly keyPem: string; readonly certPem: string },
  ports: ServerPorts,
): FastifyInstance => {
  let requests = 0;
  const server = Fastify({
    https: { key: tls.keyPem, cert: tls.certPem },
    bodyLimit: bodyBytesMax,
    rewriteUrl: (request) => canonicalUrl(request.url ?? "/"),
    genReqId: () => ports.dice.guid("request", ++requests),
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 2_000 },
    forceCloseConnections: true,
  }) as unknown as FastifyInstance;
  addBodyParsers(server);
  countTraffic(server, ports);
  server.setErrorHandler((thrown, request, reply) => sendFault(ports, thrown, request, reply));
  server.setNotFoundHandler((request, reply) =>
    sendFault(ports, gapOf(request.method, request.url), request, reply),
  );
  return server;
};

/** What was granted in Exchange lets in too, though no token shows it (RBAC for Applications). */
const checkRoles = (ports: ServerPorts, caller: Caller, operation: Operation): void => {
  if (operation.roles.some((role) => caller.roles.has(role))) return;
  const inExchange =
    operation.family === "mailbox" || operation.family === "subscription"
      ? ports.tenants.exchangeRoles(caller.tenantId, caller.clientId)
      : [];
  if (caller.userId === null && operation.roles.some((role) => inExchange.includes(role))) return;
  throw operation.family === "user" || operation.family === "tenant"
    ? new GraphFault(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    : new GraphFault(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
};

const pathOf = (request: FastifyRequest): string => request.url.split("?")[0] ?? "";

/** A repetition of a request is recognised by method and path; creations also by what they are about. */
const targetOf = (request: FastifyRequest): string => {
  const { resource } = (request.body ?? {}) as { readonly resource?: unknown };
  return `${request.method} ${pathOf(request).toLowerCase()} ${typeof resource === "string" ? resource : ""}`;
};

const callOf = (ports: ServerPorts, operation: Operation, request: FastifyRequest, caller: Caller): Call => {
  const params = request.params as Readonly<Record<string, string>>;
  const mailbox =
    operation.family === "subscription" || operation.family === "tenant"
      ? null
      : ports.mailboxes.user(caller.tenantId, params["userId"] ?? "");
  if (operation.family === "mailbox" && mailbox) ports.mailboxes.checkUsable(mailbox);
  if (mailbox && caller.userId !== null && caller.userId !== mailbox.spec.userId)
    throw new GraphFault(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
  const origin = originOf(request);
  const given = request.query as Readonly<Record<string, unknown>>;
  const { refuses } = operation;
  if (refuses && Object.keys(given).some((name) => refuses.options.includes(name.toLowerCase())))
    throw refuses.fault();
  return {
    caller,
    params,
    mailbox,
    query: readQuery(given, operation.query),
    body: request.body,
    prefer: readPreferences(first(request.headers["prefer"])),
    isEventual: first(request.headers["consistencylevel"])?.toLowerCase() === "eventual",
    ifMatch: request.headers["if-match"] ?? null,
    address: `${origin}${pathOf(request)}`,
    graphUrl: `${origin}/v1.0`,
  };
};

const run = (operation: Operation, call: Call): Answer | Promise<Answer> => {
  if (operation.family === "subscription" || operation.family === "tenant") return operation.handle(call);
  if (call.mailbox === null) throw new TypeError(`${operation.path} is about a mailbox and got none`);
  return operation.handle({ ...call, mailbox: call.mailbox });
};

/** The connection is cut: no answer, not even an error. */
class ConnectionCut extends Error {
  override readonly name = "ConnectionCut";
}

const serve = async (ports: ServerPorts, operation: Operation, request: FastifyRequest): Promise<Answer> => {
  const caller = ports.tokens.caller(request.headers.authorization);
  const { userId } = request.params as { readonly userId?: string };
  const ofMailbox = operation.family === "mailbox" && userId !== undefined;
  // Every spelling of a user's id is the same mailbox to the limits.
  const mailboxKey = (named: string): string =>
    (ports.mailboxes.find(caller.tenantId, named)?.spec.userId ?? named).toLowerCase();
  const release = ports.throttling.admit({
    clientId: caller.clientId,
    tenantId: caller.tenantId,
    userId: ofMailbox ? mailboxKey(userId) : null,
    subscriptionCost: operation.family === "subscription" ? operation.cost : null,
    identityCost: operation.identity ?? null,
    target: targetOf(request),
  });
  try {
    const fault = ports.faults.plan(request.method, `${caller.tenantId} ${userId ?? operation.path}`);
    // One turn at least, so that requests which arrive together are served together.
    await (fault.latencyMs > 0 ? sleep(fault.latencyMs) : nextTurn());
    if (fault.reset) throw new ConnectionCut();
    if (fault.error && !fault.applied) throw fault.error;
    checkRoles(ports, caller, operation);
    const answer = await run(operation, callOf(ports, operation, request, caller));
    if (fault.error) throw fault.error;
    return answer;
  } finally {
    release();
  }
};

/** Adds JSON batching; what is in a batch takes its own way through {@link addOperations}. */
export const addBatching = (server: FastifyInstance, ports: ServerPorts): void => {
  server.post("/v1.0/$batch", async (request, reply) => {
    ports.tokens.caller(request.headers.authorization);
    const answer = await runBatch(server, request);
    return addGraphHeaders(request, reply).header("content-type", jsonType).send(JSON.stringify(answer));
  });
};

/** Adds the operations of Graph v1.0. */
export const addOperations = (
  server: FastifyInstance,
  operations: readonly Operation[],
  ports: ServerPorts,
): void => {
  for (const operation of operations)
    server.route({
      method: operation.method,
      url: `/v1.0${operation.path}`,
      handler: async (request, reply) => {
        let answer: Answer;
        try {
          answer = await serve(ports, operation, request);
        } catch (thrown) {
          if (!(thrown instanceof ConnectionCut)) throw thrown;
          ports.metrics.count(request.method, request.routeOptions.url ?? "unknown", 0);
          reply.hijack();
          reply.raw.destroy();
          return reply;
        }
        addGraphHeaders(request, reply)
          .headers(answer.headers ?? {})
          .code(answer.status);
        if (answer.text !== undefined) return reply.header("content-type", "text/plain").send(answer.text);
        if (answer.body === undefined) return reply.send();
        return reply.header("content-type", jsonType).send(JSON.stringify(answer.body));
      },
    });
};
