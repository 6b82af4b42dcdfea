import { type Clock, ProviderError, type ProviderFault } from "@hybrid/kernel";
import { type GraphErrorRule, graphErrorRules } from "./graph-error-rules.ts";
import { MailboxOnlyError } from "./mailbox-only-error.ts";
import { retryAfterMsOf } from "./retry-after.ts";

/** An answer as it came over the wire; header names in lower case. */
export interface GraphAnswer {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as parsed JSON, or whatever else it was. */
  readonly body: unknown;
}

/** What an error answer means, and what of it is fit for a log line. */
export interface GraphFault extends ProviderFault {
  /** The codes of the envelope as Graph spelled them, outermost first. */
  readonly graphCodes: readonly string[];
  /** Graph's own text. It can name people and meetings: read it, never log it. */
  readonly graphMessage: string;
  /** What Graph says is wrong, property by property. */
  readonly graphDetails: readonly GraphDetail[];
  readonly requestId: string | null;
  readonly mailboxOnly: boolean;
}

/** One property of a request that Graph refuses, and its code for that; null where it gives none. */
export interface GraphDetail {
  readonly code: string | null;
  readonly target: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** The error objects of an envelope, outermost first; both spellings of the inner one occur. */
const errorChain = (body: unknown): readonly Fields[] => {
  const chain: Fields[] = [];
  let error = fieldsOf(fieldsOf(body)?.["error"]);
  while (error && chain.length < 10) {
    chain.push(error);
    error = fieldsOf(error["innerError"] ?? error["innererror"]);
  }
  return chain;
};

const detailsMax = 20;

const detailsOf = (chain: readonly Fields[]): readonly GraphDetail[] =>
  chain
    .flatMap((error) => (Array.isArray(error["details"]) ? (error["details"] as unknown[]) : []))
    .slice(0, detailsMax)
    .map((detail) => ({
      code: textOf(fieldsOf(detail)?.["code"]),
      target: textOf(fieldsOf(detail)?.["target"]),
    }));

const statusByName: Readonly<Record<string, number>> = {
  badrequest: 400,
  unauthorized: 401,
  forbidden: 403,
  notfound: 404,
  requesttimeout: 408,
  conflict: 409,
  gone: 410,
  preconditionfailed: 412,
  toomanyrequests: 429,
  internalservererror: 500,
  badgateway: 502,
  serviceunavailable: 503,
  gatewaytimeout: 504,
};

/** The status that the subscription service hides in the text of an ExtensionError, or null. */
const innerStatusOf = (codes: readonly string[], message: string): number | null => {
  if (!codes.includes("extensionerror")) return null;
  const named = /\[Status Code:\s*(\w+)/i.exec(message)?.[1]?.toLowerCase();
  if (named === undefined) return null;
  return statusByName[named] ?? (/^[1-5]\d\d$/.test(named) ? Number(named) : null);
};

const printable = /^[\w.-]{1,80}$/;
const unexpectedRule: GraphErrorRule = {
  code: "unexpected",
  retryable: false,
  because: "Neither an error status nor a known code.",
};

/**
 * Reads what an error answer means. `namesUser`: whether the request addressed a user or the user's mailbox.
 */
export const graphFaultOf = (
  answer: GraphAnswer,
  request: { readonly namesUser: boolean; readonly clock: Clock },
): GraphFault => {
  const chain = errorChain(answer.body);
  const graphCodes = chain.flatMap((error) => textOf(error["code"]) ?? []);
  const graphMessage = chain.flatMap((error) => textOf(error["message"]) ?? []).join(" ");
  const codes = graphCodes.map((code) => code.toLowerCase());
  const status = innerStatusOf(codes, graphMessage) ?? answer.status;
  const rule =
    graphErrorRules.find(
      (each) =>
        (each.status === undefined || (status !== null && each.status.includes(status))) &&
        (each.codes === undefined || each.codes.some((code) => codes.includes(code))) &&
        (each.message === undefined || each.message.test(graphMessage)) &&
        (each.namesUser === undefined || each.namesUser === request.namesUser) &&
        (each.hasCode === undefined || each.hasCode === codes.length > 0),
    ) ?? unexpectedRule;
  const retryAfterMs = retryAfterMsOf(answer.headers, request.clock);
  const requestId =
    answer.headers["request-id"] ??
    chain.map((error) => textOf(error["request-id"])).find((id) => id !== null);
  return {
    code: rule.code,
    retryable: rule.retryable,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(answer.status === null ? {} : { status: answer.status }),
    graphCodes: graphCodes.filter((code) => printable.test(code)),
    graphMessage,
    graphDetails: detailsOf(chain),
    requestId: requestId ?? null,
    mailboxOnly: rule.mailboxOnly ?? false,
  };
};

/** Graph's own text of an error, kept apart from the error so that no logger prints it. */
const messages = new WeakMap<ProviderError, string>();

const details = new WeakMap<ProviderError, readonly GraphDetail[]>();

/** What exactly Graph refused, of an error that {@link graphErrorOf} made; nothing for any other. */
export const graphDetailsOf = (error: ProviderError): readonly GraphDetail[] => details.get(error) ?? [];

/** Graph's own text of an error that {@link graphErrorOf} made; empty for any other. Never log it. */
export const graphMessageOf = (error: ProviderError): string => messages.get(error) ?? "";

/**
 * The error of an answer: says which request of whom failed with which codes, and Microsoft's id for support.
 */
export const graphErrorOf = (fault: GraphFault, what: string): ProviderError => {
  const { code, retryable, retryAfterMs, status } = fault;
  const named = [status, ...new Set(fault.graphCodes)].join(" ");
  const wait = retryAfterMs === undefined ? "" : `, Retry-After ${retryAfterMs} ms`;
  const Kind = fault.mailboxOnly ? MailboxOnlyError : ProviderError;
  const error = new Kind(
    `${what}: Graph answered ${named}${wait} (request-id ${fault.requestId ?? "none"})`,
    {
      code,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(status === undefined ? {} : { status }),
    },
  );
  messages.set(error, fault.graphMessage);
  details.set(error, fault.graphDetails);
  return error;
};
