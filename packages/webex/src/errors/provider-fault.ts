import type { ProviderFault } from "@hybrid/kernel";

/** What an HTTP status other than 2xx means (developer.webex.com, "REST API basics", status codes). */
export const faultOfStatus = (status: number, retryAfterMs: number | null): ProviderFault => {
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  if (status === 429) return { code: "throttled", retryable: true, status, ...wait };
  // Neither a proxy that wants a sign-in nor a redirection is Webex's own answer to these requests.
  const isOnTheWay = status === 407 || (status >= 300 && status < 400);
  if (status >= 500 || status === 408 || status === 423 || isOnTheWay)
    return { code: "unavailable", retryable: true, status, ...wait };
  if (status === 401) return { code: "unauthorized", retryable: false, status };
  if (status === 404 || status === 410) return { code: "notFound", retryable: false, status };
  if (status === 409) return { code: "conflict", retryable: false, status };
  if (status >= 400) return { code: "invalidRequest", retryable: false, status };
  return { code: "unexpected", retryable: false, status };
};
