import { type Clock, days } from "@hybrid/kernel";

/** A wait beyond this is no wait but a fault: it would not even be a point in time that a timer can have. */
const waitMsMax = days(366);

/**
 * Retry-After in milliseconds (RFC 9110, section 10.2.3): seconds, or a date, which is measured from the
 * answer's own Date so that neither side's clock matters. Null when it is absent or unreadable. Not capped
 * but at a year.
 */
export const retryAfterMsOf = (headers: Readonly<Record<string, string>>, clock: Clock): number | null => {
  const given = headers["retry-after"]?.trim();
  if (given === undefined || given === "") return null;
  if (/^\d+(?:\.\d+)?$/.test(given)) return Math.min(waitMsMax, Math.ceil(Number(given) * 1_000));
  const until = Date.parse(given);
  if (Number.isNaN(until)) return null;
  const answeredAt = Date.parse(headers["date"] ?? "");
  const waitMs = until - (Number.isNaN(answeredAt) ? clock.now() : answeredAt);
  return Math.min(waitMsMax, Math.max(0, waitMs));
};
