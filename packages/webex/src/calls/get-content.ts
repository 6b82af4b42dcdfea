import { ProviderError } from "@hybrid/kernel";
import { askFor, type Exchange } from "../http/exchange.ts";
import type { Answer } from "../http/send.ts";

/** Which file of a message. */
export interface GetContent {
  /** An entry of the message's `files`. */
  readonly url: string;
  /** A file with more bytes is not read to its end; Webex allows 100 MiB. */
  readonly bytesMax: number;
  /** Whether to take a file that Webex could not scan for malware. */
  readonly allowUnscannable?: boolean;
}

/** A file, or why there is none. */
export type Content =
  | {
      readonly kind: "file";
      readonly bytes: Buffer;
      readonly mediaType: string | null;
      /** As Webex writes it: it holds the file's name. */
      readonly disposition: string | null;
    }
  /** Webex still scans it for malware; `retryAfterMs` is null when Webex does not say how long. */
  | { readonly kind: "scanning"; readonly retryAfterMs: number | null }
  /** It has more bytes than wanted. */
  | { readonly kind: "tooLarge"; readonly disposition: string | null }
  | { readonly kind: "infected" }
  /** Webex cannot scan it, an encrypted archive for example; see `allowUnscannable`. */
  | { readonly kind: "unscannable" }
  /** Past its retention, deleted, or not visible for the caller. */
  | { readonly kind: "gone" };

const route = "/v1/contents/{contentId}";
const webexHost = /(?:^|\.)webexapis\.com$/;

/** The token goes to the client's own address, and from a host of Webex to others of Webex. */
const checked = ({ origin }: Exchange, address: string): URL => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isWebex = (host: URL): boolean => webexHost.test(host.hostname) && host.port === "";
  const isOurs =
    url?.protocol === "https:" &&
    url.username === "" &&
    url.password === "" &&
    (url.origin === origin || (isWebex(url) && isWebex(new URL(origin))));
  if (url !== undefined && isOurs) return url;
  throw new ProviderError(
    `GET ${route} was not sent: the file's address lies outside Webex, and the token must not go there`,
    { code: "invalidRequest", retryable: false },
  );
};

const outcomeOf = (answer: Answer): Content => {
  const { status, bytes, retryAfterMs } = answer;
  if (status === 423) return { kind: "scanning", retryAfterMs };
  if (status === 410) return { kind: "infected" };
  if (status === 428) return { kind: "unscannable" };
  if (status === 404) return { kind: "gone" };
  const mediaType = answer.header("content-type") ?? null;
  const disposition = answer.header("content-disposition") ?? null;
  return answer.isCut ? { kind: "tooLarge", disposition } : { kind: "file", bytes, mediaType, disposition };
};

/** GET of a message's file. Rejects with ProviderError; an address outside Webex is never asked. */
export const getContent = async (
  exchange: Exchange,
  { url: address, bytesMax, allowUnscannable = false }: GetContent,
  signal: AbortSignal,
): Promise<Content> => {
  const url = checked(exchange, address);
  if (allowUnscannable) url.searchParams.set("allow", "unscannable");
  const ask = { route, url, bytesMax, cuts: true, accepts: [404, 410, 423, 428] };
  return await askFor(exchange, ask, { signal, read: outcomeOf });
};
