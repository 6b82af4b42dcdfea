import {
  type EpochMs,
  type ErrorCode,
  ProviderError,
  plus,
  type Random,
  type Scheduler,
} from "@hybrid/kernel";
import {
  type Breakers,
  type Closures,
  endedWhileWaiting,
  notSent,
  unlessEnded,
  waitUntil,
  withQuickRetries,
} from "@hybrid/provider-http";
import type { Dispatcher } from "undici";
import type { z } from "zod";
import type { Pace } from "./pace.ts";
import { readJson } from "./read-json.ts";
import { type Answer, refusalOf, type Sending, send } from "./send.ts";
import type { WebexLimits } from "./webex-limits.ts";

/** One request to Webex that has ended. */
export interface WebexRequestReport {
  readonly method: Sending["method"];
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
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly dispatcher: Dispatcher;
  readonly limits: WebexLimits;
  readonly breakers: Breakers;
  readonly closures: Closures;
  readonly pace: Pace;
  readonly metrics: WebexMetrics | undefined;
}

/** A call. */
export interface Ask {
  /** GET when left out. */
  readonly method?: Sending["method"];
  /** The path with names in braces for `params`; names the call in messages. */
  readonly route: string;
  readonly params?: Readonly<Record<string, string>>;
  /** Parameters that are undefined stay away. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON; properties that are undefined stay away. */
  readonly body?: object;
  /** Instead of `params` and `query`: an address that Webex gave and somebody has checked. */
  readonly url?: URL;
  readonly bytesMax?: number;
  /** Whether an answer of more bytes is an answer all the same, without them. */
  readonly cuts?: boolean;
  /** Statuses besides 2xx that are an answer and no failure. */
  readonly accepts?: readonly number[];
}

const filled = ({ route, params = {} }: Ask): string =>
  route.replaceAll(/\{(?<name>\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? "";
    if (!/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
    throw new ProviderError(`${route} was not sent: ${name} is empty or no id`, {
      code: "invalidRequest",
      retryable: false,
    });
  });

/** The address of a call. Throws ProviderError when an id cannot stand in a path. */
export const urlOf = (exchange: Pick<Exchange, "origin">, ask: Ask): URL => {
  if (ask.url !== undefined) return ask.url;
  const url = new URL(filled(ask), exchange.origin);
  for (const [name, value] of Object.entries(ask.query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
};

const noToken = (what: string, why: string, options?: ErrorOptions): ProviderError =>
  new ProviderError(
    `${what} was not sent: ${why}; give the system an access token that Webex accepts`,
    { code: "unauthorized", retryable: false },
    options,
  );

interface TokenWanted {
  readonly what: string;
  readonly signal: AbortSignal;
  readonly rejected?: string;
}

/** Asks for a token. Rejects with ProviderError. */
const tokenFor = async ({ accessToken }: Exchange, wanted: TokenWanted): Promise<string> => {
  const { what, signal, rejected } = wanted;
  let token: string;
  try {
    const asked = rejected === undefined ? accessToken() : accessToken(rejected);
    token = await unlessEnded(asked, { signal, what });
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw noToken(what, "the access token for Webex cannot be read", { cause: error });
  }
  if (!/^[\x21-\x7e]+$/.test(token))
    throw noToken(what, "the access token for Webex is empty or holds blanks or line breaks");
  return token;
};

/** The parts of Webex that fail and throttle independently of one another. */
const familyOf = (route: string): string =>
  route.startsWith("/identity/") ? "scim" : (route.split("/")[2] ?? route);

/** Sends, and reports how it ended and how long it took. */
const measured = async (
  exchange: Exchange,
  sending: Sending,
  { accepts, signal }: { readonly accepts: readonly number[]; readonly signal: AbortSignal },
): Promise<Answer> => {
  const { scheduler, dispatcher, metrics, closures } = exchange;
  const { method, route } = sending;
  const sentAt = scheduler.now();
  const report = (status: number | null, code: ErrorCode | "ok"): void =>
    metrics?.onRequest({ method, route, status, code, ms: scheduler.now() - sentAt });
  try {
    const answer = await send({ dispatcher, clock: scheduler }, sending, signal);
    const { status } = answer;
    if ((status < 200 || status >= 300) && !accepts.includes(status)) throw refusalOf(sending, answer);
    report(status, "ok");
    return answer;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    report(error.status ?? null, error.code);
    if (error.code === "throttled" && error.retryAfterMs !== undefined)
      closures.close(familyOf(route), plus(scheduler.now(), error.retryAfterMs));
    throw error;
  }
};

/** One request, and after a 401 one more when there is another token by now. */
const attempt = async (
  exchange: Exchange,
  sending: Sending,
  way: { readonly accepts: readonly number[]; readonly signal: AbortSignal },
): Promise<Answer> => {
  const { route, method } = sending;
  const what = `${method} ${route}`;
  const family = familyOf(route);
  const place = { key: family, subject: `${family} of Webex`, fields: { family }, what };
  const sendWith = async (token: string): Promise<Answer> => {
    const headers = { ...sending.headers, authorization: `Bearer ${token}` };
    return await exchange.breakers.run(
      place,
      async () => await measured(exchange, { ...sending, headers }, way),
    );
  };
  const token = await tokenFor(exchange, { what, signal: way.signal });
  try {
    return await sendWith(token);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status !== 401) throw error;
    const renewed = await tokenFor(exchange, { what, signal: way.signal, rejected: token });
    if (renewed === token) throw error;
    return await sendWith(renewed);
  }
};

const sendingOf = (exchange: Exchange, ask: Ask): Sending => ({
  method: ask.method ?? "GET",
  route: ask.route,
  url: urlOf(exchange, ask),
  headers: {
    accept: "application/json",
    ...(ask.body !== undefined && { "content-type": "application/json" }),
  },
  ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
  bytesMax: ask.bytesMax ?? exchange.limits.answerBytesMax,
  ...(ask.cuts !== undefined && { cuts: ask.cuts }),
});

/** Waits until the token may ask again; longer than the call's budget ends it as throttled. */
const inTurn = async (
  { pace, scheduler, random }: Exchange,
  call: { readonly what: string; readonly signal: AbortSignal; readonly budgetEndsAt: EpochMs },
): Promise<void> => {
  for (let waitMs = pace.take(); waitMs > 0; waitMs = pace.take()) {
    const dueAt = plus(scheduler.now(), waitMs);
    if (dueAt > call.budgetEndsAt)
      throw notSent(
        call.what,
        `its turn comes in ${waitMs} ms, so that Webex is not asked too often`,
        waitMs,
      );
    await waitUntil(scheduler, dueAt, {
      signal: call.signal,
      ended: () => endedWhileWaiting(call.what, random),
    });
  }
};

/** POST and PATCH may have taken effect when their answer is lost: they are repeated only after a 429. */
const isRepeatable = ({ method }: Sending): boolean => method !== "POST" && method !== "PATCH";

/**
 * Sends with a few quick attempts. `read` gets the answer; what it throws may be repeated as well. Rejects
 * with ProviderError: at once when repeating cannot help, when the attempts are used up, or when the wait
 * asked for does not fit into what is left of the budget; `retryAfterMs` then says how long to wait.
 * Messages hold no parameter and no body.
 */
export const askFor = async <Result>(
  exchange: Exchange,
  ask: Ask,
  on: { readonly signal: AbortSignal; readonly read: (answer: Answer, sending: Sending) => Result },
): Promise<Result> => {
  const { scheduler, random, limits, closures } = exchange;
  const { signal } = on;
  const sending = sendingOf(exchange, ask);
  const what = `${sending.method} ${sending.route}`;
  const budgetEndsAt = plus(scheduler.now(), limits.quickBudgetMs);
  const bounds = { scheduler, random, limits, budgetEndsAt, signal, what, repeatable: isRepeatable(sending) };
  return await withQuickRetries(bounds, async () => {
    const closedMs = closures.closedForMs([familyOf(ask.route)]);
    if (closedMs > 0) throw notSent(what, `Webex asked to wait another ${closedMs} ms`, closedMs);
    await inTurn(exchange, { what, signal, budgetEndsAt });
    const answer = await attempt(exchange, sending, { accepts: ask.accepts ?? [], signal });
    return on.read(answer, sending);
  });
};

/** The answer's JSON as `schema` says. Rejects with ProviderError, see {@link askFor}. */
export const askJson = async <Schema extends z.ZodType>(
  exchange: Exchange,
  ask: Ask & { readonly schema: Schema },
  signal: AbortSignal,
): Promise<z.infer<Schema>> =>
  await askFor(exchange, ask, {
    signal,
    read: (answer, sending) => readJson(sending, answer, ask.schema),
  });
