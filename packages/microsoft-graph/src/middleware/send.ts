import { ProviderError, type Random, type Scheduler } from "@hybrid/kernel";
import { endedByCaller } from "@hybrid/provider-http";
import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { type GraphFault, graphErrorOf, graphFaultOf } from "../errors/graph-fault.ts";
import type { Http, HttpAnswer } from "../http/http.ts";
import type { GraphLimits } from "../limits/graph-limits.ts";
import type { GraphLogger, GraphMetrics } from "../options.ts";
import { claimsOf, rememberChallenge } from "./challenge.ts";
import { applicationScope, type GraphCall, tenantScope } from "./graph-call.ts";
import { headersOf, link } from "./link.ts";

/** What sending needs. */
export interface SendOptions {
  readonly http: Http;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly limits: GraphLimits;
  /** Nothing of the scope leaves for `forMs`, from any process that shares the limits. */
  readonly closeScope: (scope: string, forMs: number) => void;
  readonly metrics: GraphMetrics | undefined;
  readonly logger: GraphLogger | undefined;
}

/**
 * Outlook throttles per application and mailbox, and these are its codes; any other 429 may be the tenant's.
 * One mailbox that is throttled does not affect others (https://learn.microsoft.com/graph/throttling-limits).
 */
const mailboxCodes = /^(?:ApplicationThrottled|ErrorTooManyObjectsOpened|MailboxConcurrency)/i;

const closedScope = (call: GraphCall, fault: GraphFault, headers: HttpAnswer["headers"]): string => {
  const { tenantId, ownScope } = call.spec;
  // `<Scope>/<Limit>/<application>/<tenant>` (identity throttling page): a scope without a tenant is
  // everybody's.
  if (/^Application\//i.test(headers["x-ms-throttle-scope"] ?? "")) return applicationScope;
  const isMailboxes = fault.mailboxOnly || fault.graphCodes.some((code) => mailboxCodes.test(code));
  return isMailboxes && ownScope !== null ? ownScope : tenantScope(tenantId);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** The error of an answer that is none of 2xx; closes the scope that it asks to leave alone. */
export const refusalOf = (options: SendOptions, call: GraphCall, answer: HttpAnswer): ProviderError => {
  const { status, headers, text } = answer;
  const { scheduler, random, limits } = options;
  const read = graphFaultOf(
    { status, headers, body: parsed(text) },
    { namesUser: call.spec.userObjectId !== null, clock: scheduler },
  );
  const unnamedMs =
    read.code === "throttled" ? Math.ceil(limits.throttleBackoffMs * (1 + random())) : undefined;
  const retryAfterMs = read.retryAfterMs ?? unnamedMs;
  const fault = retryAfterMs === undefined ? read : { ...read, retryAfterMs };
  if (retryAfterMs !== undefined) {
    const scope = closedScope(call, read, headers);
    options.closeScope(scope, retryAfterMs);
    options.logger?.warn(
      { scope, retryAfterMs, status, operation: call.spec.operation },
      "scope closed by Retry-After",
    );
  }
  const error = graphErrorOf(fault, call.what);
  rememberChallenge(error, claimsOf(headers["www-authenticate"]));
  return error;
};

const exchange = async (options: SendOptions, context: Context, call: GraphCall): Promise<HttpAnswer> => {
  const { method, body } = context.options ?? {};
  const { signal } = call.spec;
  call.sent = true;
  try {
    return await options.http.send({
      url: String(context.request),
      method: String(method),
      headers: headersOf(context),
      ...(typeof body === "string" ? { body } : {}),
      signal,
      freshConnection: call.freshConnection,
    });
  } catch (error) {
    if (signal.aborted) throw endedByCaller(call.what, signal);
    throw new ProviderError(
      `${call.what}: Graph did not answer`,
      { code: "unavailable", retryable: true },
      { cause: error },
    );
  }
};

/**
 * The JSON of a 2xx. Half of one, two of them, a page of a proxy or an error in its place is no answer of
 * Graph's: something on the way failed, and the next attempt may bring the right one. What it holds is
 * content, and so is the parser's message: both are left out.
 */
const jsonOf = ({ status, text }: HttpAnswer, call: GraphCall): unknown => {
  if (text.trim() === "") return undefined;
  const odd = (what: string): ProviderError =>
    new ProviderError(`${call.what}: the answer ${status} holds ${what}; something on the way altered it`, {
      code: "unavailable",
      retryable: true,
      status,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw odd("a body that is not JSON");
  }
  const fields = typeof json === "object" && json !== null ? Object.keys(json) : [];
  if (fields.length === 1 && fields[0] === "error") throw odd("an error in place of what was asked for");
  return json;
};

const answerOf = ({ status, headers }: HttpAnswer): Response => new Response(null, { status, headers });

/**
 * In place of the SDK's HTTPMessageHandler: our undici agent with its certificate authorities and the
 * call's signal, the answer read to its end and parsed (so that a connection lost half-way, or a page of a
 * proxy, counts as no answer), and every answer that is none of 2xx turned into a ProviderError.
 */
export const sendMiddleware = (options: SendOptions): Middleware =>
  link(async (context, call) => {
    const { tenantId, operation } = call.spec;
    const sentAt = options.scheduler.now();
    const report = (status: number | null, code: ProviderError["code"] | "ok"): void =>
      options.metrics?.onRequest({ tenantId, operation, status, code, ms: options.scheduler.now() - sentAt });
    try {
      const answer = await exchange(options, context, call);
      if (answer.status < 200 || answer.status >= 300) throw refusalOf(options, call, answer);
      call.answer = jsonOf(answer, call);
      context.response = answerOf(answer);
      report(answer.status, "ok");
    } catch (error) {
      if (error instanceof ProviderError) report(error.status ?? null, error.code);
      throw error;
    }
  });
