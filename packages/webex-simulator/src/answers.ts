import { randomUUID } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { z } from "zod";

/**
 * An answer other than 200, in Webex's words; thrown by routes and turned into the error body in one place.
 */
export class WebexFault extends Error {
  override readonly name = "WebexFault";
  readonly status: number;
  readonly descriptions: readonly string[];
  headers: Readonly<Record<string, string>> = {};

  constructor(status: number, message: string, descriptions: readonly string[] = [message]) {
    super(message);
    this.status = status;
    this.descriptions = descriptions;
  }

  /** Adds headers to the answer. */
  withHeaders(headers: Readonly<Record<string, string>>): this {
    this.headers = headers;
    return this;
  }
}

const trackingShape = /^[\w.:-]{1,256}$/;

/** Gives every answer a tracking id: the request's own when it brings one, as the real service does. */
export const track = (reply: FastifyReply): string => {
  const given = reply.request.headers["trackingid"];
  const isUsable = typeof given === "string" && trackingShape.test(given);
  const trackingId = isUsable ? given : `SIMULATOR_${randomUUID()}`;
  reply.header("trackingid", trackingId);
  return trackingId;
};

/** Sends the error body {message, errors: [{description}], trackingId} of the Webex REST API. */
export const sendFault = (reply: FastifyReply, fault: WebexFault): FastifyReply => {
  const trackingId = track(reply);
  return reply
    .code(fault.status)
    .headers(fault.headers)
    .type("application/json;charset=UTF-8")
    .send({
      message: fault.message,
      errors: fault.descriptions.map((description) => ({ description })),
      trackingId,
    });
};

/** Sends 429 as the real service does: Retry-After in seconds, and a page instead of JSON. */
export const sendThrottled = (reply: FastifyReply, retryAfterSeconds: number): FastifyReply => {
  track(reply);
  return reply
    .code(429)
    .header("retry-after", String(retryAfterSeconds))
    .type("text/html")
    .send("<html><head><title>429 Too Many Requests</title></head><body>Too Many Requests</body></html>");
};

const malformed = (error: z.ZodError): WebexFault =>
  new WebexFault(
    400,
    "The request could not be understood by the server due to malformed syntax.",
    error.issues.map((issue) => [issue.path.join("."), issue.message].filter((part) => part).join(": ")),
  );

/** Checks a query or a body against its schema; a 400 names all that is unknown or malformed. */
export const checked = <Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> => {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  throw malformed(result.error);
};
