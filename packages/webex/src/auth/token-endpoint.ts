import { type Clock, callDeadlineMsMax, ProviderError } from "@hybrid/kernel";
import type { Dispatcher } from "undici";
import { readJson } from "../http/read-json.ts";
import { refusalOf, type Sending, send } from "../http/send.ts";
import { type Issued, issuedOf, TokenAnswer } from "./token-answer.ts";

/** The integration or service app whose tokens are asked for, and the way to Webex. */
export interface TokenEndpointOptions {
  /** `https://webexapis.com` in real life: without `/v1`. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

/** Where a request for tokens goes, and with what. */
interface TokenRequest {
  readonly route: string;
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const answerBytesMax = 64 * 1024;

/** Whether an error says that what was shown for a token is no good: 400 or 401 of the token endpoint. */
export const refusesGrant = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && (error.status === 400 || error.status === 401);

/** Asks for tokens. Throws TypeError when `baseUrl` is not an https address; rejects with ProviderError. */
export const askForTokens = async (
  { baseUrl, dispatcher, clock }: Pick<TokenEndpointOptions, "baseUrl" | "dispatcher" | "clock">,
  { route, path = route, headers, body }: TokenRequest,
): Promise<Issued> => {
  const url = new URL(path, baseUrl);
  if (url.protocol !== "https:")
    throw new TypeError(`the Webex address must start with https: ${url.origin}`);
  const sending: Sending = {
    method: "POST",
    route,
    url,
    headers: { accept: "application/json", ...headers },
    body,
    bytesMax: answerBytesMax,
  };
  const answer = await send({ dispatcher, clock }, sending, AbortSignal.timeout(callDeadlineMsMax));
  if (answer.status !== 200) throw refusalOf(sending, answer);
  return issuedOf(readJson(sending, answer, TokenAnswer));
};

/** POST /v1/access_token with a form. */
export const askWithForm = async (
  options: TokenEndpointOptions,
  form: Readonly<Record<string, string>>,
): Promise<Issued> =>
  await askForTokens(options, {
    route: "/v1/access_token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      ...form,
      client_id: options.clientId,
      client_secret: options.clientSecret,
    }).toString(),
  });
