import { type Clock, callDeadlineMsMax, ProviderError, seconds } from "@hybrid/kernel";
import type { Dispatcher } from "undici";
import { z } from "zod";
import { readJson } from "../http/read-json.ts";
import { refusalOf, type Sending, send } from "../http/send.ts";

/** Which refresh token to use. */
export interface RefreshRequest {
  readonly refreshToken: string;
}

/** What Webex gives for a refresh token. Secret. Durations in milliseconds from the request on. */
export interface Refreshed {
  readonly accessToken: string;
  readonly expiresInMs: number;
  readonly refreshToken: string;
  /** Null when Webex does not say. */
  readonly refreshExpiresInMs: number | null;
}

/** The integration or service app whose tokens are refreshed, and the way to Webex. */
export interface RefreshCallOptions {
  /** `https://webexapis.com` in real life: without `/v1`. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

const route = "/v1/access_token";
const secret = z.string().regex(/^[\x21-\x7e]{1,4096}$/);
const lifetime = z.number().int().positive().max(3_200_000_000);
const Tokens = z.object({
  access_token: secret,
  expires_in: lifetime,
  refresh_token: secret,
  refresh_token_expires_in: lifetime.optional(),
});

/** Whether an error says that the refresh token itself is no good: 400 or 401 of the token endpoint. */
export const refusesRefreshToken = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && (error.status === 400 || error.status === 401);

/** POST /v1/access_token with a refresh token. Throws TypeError when `baseUrl` is not an https address. */
export const refreshCall = ({
  baseUrl,
  clientId,
  clientSecret,
  dispatcher,
  clock,
}: RefreshCallOptions): ((request: RefreshRequest) => Promise<Refreshed>) => {
  const url = new URL(route, baseUrl);
  if (url.protocol !== "https:")
    throw new TypeError(`the Webex address must start with https: ${url.origin}`);
  return async ({ refreshToken }) => {
    const form = {
      grant_type: "refresh_token",
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    };
    const sending: Sending = {
      method: "POST",
      route,
      url,
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      bytesMax: 64 * 1024,
    };
    const answer = await send({ dispatcher, clock }, sending, AbortSignal.timeout(callDeadlineMsMax));
    if (answer.status !== 200) throw refusalOf(sending, answer);
    const tokens = readJson(sending, answer, Tokens);
    const refreshExpiresIn = tokens.refresh_token_expires_in;
    return {
      accessToken: tokens.access_token,
      expiresInMs: seconds(tokens.expires_in),
      refreshToken: tokens.refresh_token,
      refreshExpiresInMs: refreshExpiresIn === undefined ? null : seconds(refreshExpiresIn),
    };
  };
};
