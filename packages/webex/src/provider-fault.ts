import type { EpochMs, ProviderFault } from "@hybrid/kernel";

/**
 * How long a Retry-After header asks to wait, in milliseconds, never capped; undefined without a usable
 * header. Seconds or an HTTP date (RFC 9110 section 10.2.3); a date that has passed means no wait.
 */
export const retryAfterMsOf = (header: string | undefined, now: EpochMs): number | undefined => {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

/** What an HTTP status other than 2xx means (developer.webex.com, "REST API basics", status codes). */
export const faultOfStatus = (status: number, retryAfterMs: number | undefined): ProviderFault => {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429) return { code: "throttled", retryable: true, status, ...wait };
  if (status >= 500) return { code: "unavailable", retryable: true, status, ...wait };
  if (status === 401) return { code: "unauthorized", retryable: false, status };
  if (status === 404) return { code: "notFound", retryable: false, status };
  if (status >= 400) return { code: "invalidRequest", retryable: false, status };
  return { code: "unexpected", retryable: false, status };
};
