import { randomUUID } from "node:crypto";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { HttpFault } from "./http-fault.ts";
import { RequestsUnavailable } from "./request-memory.ts";

const titles: Readonly<Record<number, string>> = {
  400: "The request cannot be used",
  401: "Nobody is signed in",
  403: "This is not allowed",
  404: "There is no such thing",
  409: "This cannot be done now",
  412: "It was changed meanwhile",
  413: "The request is too large",
  415: "The request is of the wrong kind",
  421: "This service is not asked by this name",
  422: "This is refused",
  428: "The version that was seen is to be named",
  429: "There were too many requests",
  500: "Something failed here",
  502: "Who was asked in turn has failed",
  503: "This is not possible at the moment",
};

/** What the framework itself refuses: bodies that are too large, no JSON, of another kind. */
const frameworkCodes: Readonly<Record<number, string>> = {
  413: "tooLarge",
  415: "wrongKind",
  429: "tooManyRequests",
};

const send = (reply: FastifyReply, { status, code, message, more }: HttpFault, rest: object = {}) => {
  const { retryAfter, faults, current, challenge } = more;
  if (challenge !== undefined) reply.header("www-authenticate", challenge);
  if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
  const problem = {
    type: `urn:hybrid:problem:${code}`,
    title: titles[status] ?? "The request failed",
    status,
    code,
    detail: message,
    ...(faults ? { faults } : {}),
    ...(current ? { current } : {}),
    ...rest,
  };
  return reply
    .code(status)
    .header("cache-control", "no-store")
    .type("application/problem+json; charset=utf-8")
    .send(JSON.stringify(problem));
};

/** The fault that an error of requests' memory stands for; null for any other. */
const faultOfMemory = (error: unknown): HttpFault | null =>
  error instanceof RequestsUnavailable
    ? new HttpFault(503, "requestsUnavailable", "Nothing was carried out. Try again soon.", { retryAfter: 5 })
    : null;

/**
 * Answers faults as RFC 9457 has it. `faultOf` gives the fault that a service's own error stands for, null
 * for one that it does not foresee: that is logged under the id that the person sees, without details.
 */
export const answerProblems = (
  app: FastifyInstance,
  { what, faultOf }: { readonly what: string; readonly faultOf: (error: unknown) => HttpFault | null },
): void => {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const fault = error instanceof HttpFault ? error : (faultOf(error) ?? faultOfMemory(error));
    if (error instanceof RequestsUnavailable)
      request.log.error({ reason: error.message }, "it cannot be looked up which requests were carried out");
    if (fault !== null) return send(reply, fault);
    const { statusCode = 500 } = error;
    if (statusCode < 500)
      return send(
        reply,
        new HttpFault(statusCode, frameworkCodes[statusCode] ?? "badRequest", error.message),
      );
    const instance = randomUUID();
    request.log.error({ err: error, instance }, `a request to ${what} failed`);
    return send(reply, new HttpFault(500, "unexpected", "It failed; the log says why."), { instance });
  });
};
