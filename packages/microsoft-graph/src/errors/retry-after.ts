import type { Clock } from "@hybrid/kernel";

/**
 * Retry-After in milliseconds (RFC 9110, section 10.2.3): seconds, or a date, which is measured from the
 * answer's own Date so that neither side's clock matters. Null when it is absent or unreadable. Never capped.
 */
export const retryAfterMsOf = (headers: Readonly<Record<string, string>>, clock: Clock): number | null => {
  const given = headers["retry-after"]?.trim();
  if (given === undefined || given === "") return null;
  if (/^\d+(?:\.\d+)?$/.test(given)) return Math.ceil(Number(given) * 1_000);
  const until = Date.parse(given);
  if (Number.isNaN(until)) return null;
  const answeredAt = Date.parse(headers["date"] ?? "");
  return Math.max(0, until - (Number.isNaN(answeredAt) ? clock.now() : answeredAt));
};
