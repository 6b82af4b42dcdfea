import {
  type Clock,
  type ErrorCode,
  ProviderError,
  type ProviderFault,
  type Random,
  retryAfterMsOf,
} from "@hybrid/kernel";
import { type Dispatcher, request } from "undici";
import type { z } from "zod";
import { faultOfStatus } from "./provider-fault.ts";

/** One request to Webex that has ended. */
export interface WebexRequestReport {
  /** The path without parameters, for example `/v1/people`. */
  readonly route: string;
  /** Null when there was no answer. */
  readonly status: number | null;
  /** `ok`, or what the failure means. */
  readonly code: ErrorCode | "ok";
  /** How long it took on the client's clock. */
  readonly ms: number;
}

/** Told about every single request; must not throw. */
export interface WebexMetrics {
  onRequest(report: WebexRequestReport): void;
}

/** What every call needs. */
export interface Exchange {
  /** Scheme, host and port; the token goes nowhere else. */
  readonly origin: string;
  /** `rejected`: the token that Webex has just refused. */
  readonly accessToken: (rejected?: string) => Promise<string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly dispatcher: Dispatcher;
  readonly metrics: WebexMetrics | undefined;
  /** Waits, and rejects when the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A GET. `route` names it in messages, without any parameter: parameters are content. */
export interface Get<Schema extends z.ZodType> {
  readonly route: string;
  readonly url: URL;
  readonly schema: Schema;
}

/** A parsed answer and the Link header that came with it. */
export interface Got<Body> {
  readonly body: Body;
  readonly link: string | undefined;
}

/** Quick attempts within one call, and the time all waits between them may take together. */
const attemptsMax = 4;
const pauseBudgetMs = 2_000;
const pauseBaseMs = 100;

const headerOf = (headers: Dispatcher.ResponseData["headers"], name: string): string | undefined => {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
};

/**
 * Support at Webex finds a request by this id; anything that does not look like one stays out of messages.
 */
const trackingNote = (headers: Dispatcher.ResponseData["headers"]): string => {
  const trackingId = headerOf(headers, "trackingid");
  return trackingId && /^[\w.:-]{1,128}$/.test(trackingId) ? ` (tracking id ${trackingId})` : "";
};

const connectionFailure = (route: string, error: unknown, signal: AbortSignal): ProviderError =>
  signal.aborted
    ? new ProviderError(
        `Webex did not answer GET ${route} before the call's deadline`,
        {
          code: "deadlineExceeded",
          retryable: true,
        },
        { cause: error },
      )
    : new ProviderError(
        `Webex could not be reached for GET ${route}`,
        { code: "unavailable", retryable: true },
        {
          cause: error,
        },
      );

const parsedBody = <Schema extends z.ZodType>(
  get: Get<Schema>,
  text: string,
  status: number,
): z.infer<Schema> => {
  const unusable = (what: string, fault: Pick<ProviderFault, "code" | "retryable">): ProviderError =>
    new ProviderError(`Webex answered GET ${get.route} with ${what}; the answer cannot be used`, {
      ...fault,
      status,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Half an answer, or a proxy's page. The parser's message quotes it, and that is content: it is left out.
    throw unusable("something that is not JSON", { code: "unavailable", retryable: true });
  }
  const result = get.schema.safeParse(json);
  if (result.success) return result.data;
  const places = result.error.issues.map((issue) => `${issue.path.join(".") || "the whole"} (${issue.code})`);
  const named = `unusable properties: ${places.slice(0, 5).join(", ")}`;
  throw unusable(named, { code: "unexpected", retryable: false });
};

/** The promise's result, unless the signal comes first; the work itself may go on. */
const unlessAborted = async <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> =>
  await new Promise<Result>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) abort();
  });

const noToken = (route: string, why: string, options?: ErrorOptions): ProviderError =>
  new ProviderError(
    `GET ${route} was not sent: ${why}; give the system an access token that Webex accepts`,
    { code: "unauthorized", retryable: false },
    options,
  );

/** Asks for a token; `rejected` is the one that Webex has just refused. Rejects with ProviderError. */
const tokenFor = async (
  { accessToken }: Exchange,
  { route, signal, rejected }: { route: string; signal: AbortSignal; rejected?: string },
): Promise<string> => {
  let token: string;
  try {
    token = await unlessAborted(rejected === undefined ? accessToken() : accessToken(rejected), signal);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    if (signal.aborted) throw connectionFailure(route, error, signal);
    throw noToken(route, "the access token for Webex cannot be read", { cause: error });
  }
  if (!/^[\x21-\x7e]+$/.test(token))
    throw noToken(route, "the access token for Webex is empty or holds blanks or line breaks");
  return token;
};

const send = async <Schema extends z.ZodType>(
  exchange: Exchange,
  get: Get<Schema>,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<Got<z.infer<Schema>>> => {
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  let answer: Dispatcher.ResponseData;
  let text: string;
  try {
    answer = await request(get.url, { dispatcher: exchange.dispatcher, headers, signal });
    text = await answer.body.text();
  } catch (error) {
    throw connectionFailure(get.route, error, signal);
  }
  const status = answer.statusCode;
  if (status >= 200 && status < 300)
    return { body: parsedBody(get, text, status), link: headerOf(answer.headers, "link") };
  const retryAfterMs = retryAfterMsOf({
    retryAfter: answer.headers["retry-after"],
    date: answer.headers["date"],
    now: exchange.clock.now(),
  });
  throw new ProviderError(
    `Webex answered GET ${get.route} with ${status}${trackingNote(answer.headers)}`,
    faultOfStatus(status, retryAfterMs),
  );
};

/** Sends, and reports how it ended and how long it took. */
const measured = async <Schema extends z.ZodType>(
  exchange: Exchange,
  get: Get<Schema>,
  way: { readonly token: string; readonly signal: AbortSignal },
): Promise<Got<z.infer<Schema>>> => {
  const { clock, metrics } = exchange;
  const sentAt = clock.now();
  const report = (status: number | null, code: ErrorCode | "ok"): void =>
    metrics?.onRequest({ route: get.route, status, code, ms: clock.now() - sentAt });
  try {
    const got = await send(exchange, get, way);
    report(200, "ok");
    return got;
  } catch (error) {
    if (error instanceof ProviderError) report(error.status ?? null, error.code);
    throw error;
  }
};

/** One request, and after a 401 one more when there is another token by now. */
const attempt = async <Schema extends z.ZodType>(
  exchange: Exchange,
  get: Get<Schema>,
  signal: AbortSignal,
): Promise<Got<z.infer<Schema>>> => {
  const { route } = get;
  const token = await tokenFor(exchange, { route, signal });
  try {
    return await measured(exchange, get, { token, signal });
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status !== 401) throw error;
    const renewed = await tokenFor(exchange, { route, signal, rejected: token });
    if (renewed === token) throw error;
    return await measured(exchange, get, { token: renewed, signal });
  }
};

/** Full jitter, and never earlier than Retry-After asks. */
const pauseMs = (error: ProviderError, attempts: number, random: Random): number =>
  Math.round((error.retryAfterMs ?? 0) + random() * pauseBaseMs * 2 ** attempts);

/**
 * GETs and parses, with a few quick attempts. Rejects with ProviderError: at once when repeating cannot help,
 * when the attempts are used up, or when the wait asked for does not fit into what is left of two seconds;
 * `retryAfterMs` then says how long to wait. Messages hold no parameter and no body.
 */
export const getJson = async <Schema extends z.ZodType>(
  exchange: Exchange,
  get: Get<Schema>,
  signal: AbortSignal,
): Promise<Got<z.infer<Schema>>> => {
  let budgetMs = pauseBudgetMs;
  for (let attempts = 0; ; attempts++) {
    try {
      return await attempt(exchange, get, signal);
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.retryable || signal.aborted) throw error;
      const waitMs = pauseMs(error, attempts, exchange.random);
      if (attempts + 1 >= attemptsMax || waitMs > budgetMs) throw error;
      budgetMs -= waitMs;
      await exchange.pause(waitMs, signal).catch((cause: unknown) => {
        throw connectionFailure(get.route, cause, signal);
      });
    }
  }
};

/** The address of a call; parameters that are undefined stay away. */
export const urlOf = (
  exchange: Exchange,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): URL => {
  const url = new URL(path, exchange.origin);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
};
