import { days, type EpochMs, type ProviderFault } from "@hybrid/kernel";

/** A wait beyond this is no wait but a fault: it would not even be a point in time that a timer can have. */
const waitMsMax = days(366);

/**
 * How long a Retry-After header asks to wait, in milliseconds, not capped but at a year; undefined without a
 * usable header. Seconds or an HTTP date (RFC 9110 section 10.2.3), which is measured from the answer's own
 * `date` so that neither side's clock matters; a date that has passed means no wait.
 */
export const retryAfterMsOf = (
  header: string | undefined,
  { date, now }: { readonly date: string | undefined; readonly now: EpochMs },
): number | undefined => {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(waitMsMax, Number(text) * 1_000);
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const answeredAt = Date.parse(date ?? "");
  return Math.min(waitMsMax, Math.max(0, at - (Number.isNaN(answeredAt) ? now : answeredAt)));
};

/** What an HTTP status other than 2xx means (developer.webex.com, "REST API basics", status codes). */
export const faultOfStatus = (status: number, retryAfterMs: number | undefined): ProviderFault => {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 429) return { code: "throttled", retryable: true, status, ...wait };
  if (status >= 500 || status === 408) return { code: "unavailable", retryable: true, status, ...wait };
  if (status === 401) return { code: "unauthorized", retryable: false, status };
  if (status === 404) return { code: "notFound", retryable: false, status };
  if (status >= 400) return { code: "invalidRequest", retryable: false, status };
  return { code: "unexpected", retryable: false, status };
};
