/** An answer of Graph that is an error; becomes the documented envelope. */
export class GraphFault extends Error {
  override readonly name = "GraphFault";
  readonly status: number;
  readonly code: string;
  /** The more specific code within `innerError`. */
  readonly innerCode: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** What exactly is wrong, property by property. */
  readonly details: readonly object[] | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly innerCode?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly details?: readonly object[];
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.innerCode = more.innerCode;
    this.headers = more.headers ?? {};
    this.details = more.details;
  }
}

/** 400 with the code Graph uses for requests it cannot make sense of. */
export const badRequest = (message: string, code = "BadRequest"): GraphFault =>
  new GraphFault(400, code, message);

/** 404 for an item of a mailbox. */
export const itemNotFound = (): GraphFault =>
  new GraphFault(404, "ErrorItemNotFound", "The specified object was not found in the store.");

/** 429 with Retry-After in whole seconds. */
export const throttled = (code: string, message: string, retryAfterSeconds: number): GraphFault =>
  new GraphFault(429, code, message, { headers: { "retry-after": String(retryAfterSeconds) } });

/** Graph's error envelope (errors reference page: code, message, innerError with code, date and ids). */
export const errorEnvelope = (
  fault: GraphFault,
  ids: { readonly requestId: string; readonly clientRequestId: string; readonly now: number },
): object => ({
  error: {
    code: fault.code,
    message: fault.message,
    ...(fault.details === undefined ? {} : { details: fault.details }),
    innerError: {
      ...(fault.innerCode === undefined ? {} : { code: fault.innerCode }),
      date: new Date(ids.now).toISOString().slice(0, 19),
      "request-id": ids.requestId,
      "client-request-id": ids.clientRequestId,
    },
  },
});

/** The header that every answer about a gap of the simulator has. */
const notSimulatedHeader = "x-simulator-not-implemented";

/**
 * 501 for what Graph has and the simulator has not: never taken for a mistake of the client. `what` names
 * it, for example `the query option '$search'`.
 */
export const notSimulated = (what: string): GraphFault =>
  new GraphFault(501, "SimulatorNotImplemented", `Microsoft Graph has ${what}; this simulator has not.`, {
    headers: { [notSimulatedHeader]: what.replace(/[^ -~]/g, "?") },
  });
