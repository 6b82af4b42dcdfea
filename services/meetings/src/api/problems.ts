import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { Refused, refusalIn } from "./refused.ts";
import type { Problem } from "./schemas.ts";

const titles: Readonly<Record<number, string>> = {
  400: "The request cannot be used",
  401: "Nobody is let in without a token",
  403: "This is not allowed",
  404: "There is no such meeting",
  409: "This cannot be done now",
  412: "It was changed meanwhile",
  413: "The request is too large",
  415: "The request is of the wrong kind",
  422: "The calendar refuses this",
  428: "The version that was seen is to be named",
  500: "Something failed here",
  502: "The calendar failed",
  503: "Come again in a moment",
};

const problemOf = ({ status, code, message, current }: Refused): Problem => ({
  type: `urn:hybrid:problem:${code}`,
  title: titles[status] ?? "The request failed",
  status,
  code,
  detail: message,
  ...(current === null ? {} : { current }),
});

const send = (reply: FastifyReply, refused: Refused): FastifyReply => {
  if (refused.status === 401) reply.header("www-authenticate", "Bearer");
  if (refused.retryAfter !== null) reply.header("retry-after", String(refused.retryAfter));
  return reply
    .code(refused.status)
    .header("cache-control", "no-store")
    .type("application/problem+json; charset=utf-8")
    .send(JSON.stringify(problemOf(refused)));
};

/** Answers what is refused as RFC 9457 has it; what nobody foresaw is logged, and told without details. */
export const answerProblems = (app: FastifyInstance): void => {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refused = refusalIn(error);
    if (refused !== null) return send(reply, refused);
    const { statusCode = 500 } = error;
    // What the framework itself refuses: bodies that are too large, no JSON, of another kind.
    if (statusCode < 500) return send(reply, new Refused(statusCode, "invalidRequest", error.message));
    request.log.error({ err: error }, "a request about meetings failed");
    return send(reply, new Refused(500, "unexpected", "It failed; the log says why."));
  });
};
