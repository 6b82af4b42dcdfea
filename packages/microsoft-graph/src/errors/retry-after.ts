import { type Clock, retryAfterMsOf as waitOf } from "@hybrid/kernel";

/** Azure's own names for the same, in milliseconds. */
const inMilliseconds = ["x-ms-retry-after-ms", "retry-after-ms"] as const;

/**
 * How long an answer asks to stay away, milliseconds; null when it does not say so in any form that can be
 * read. The longest wait counts when several headers name one. Not capped but at a year.
 */
export const retryAfterMsOf = (headers: Readonly<Record<string, string>>, clock: Clock): number | null => {
  const now = clock.now();
  const seconds = inMilliseconds.flatMap((name) => {
    const text = headers[name]?.trim() ?? "";
    return /^\d+(?:\.\d+)?$/.test(text) ? String(Number(text) / 1_000) : [];
  });
  const given = headers["retry-after"];
  return waitOf({
    retryAfter: [...(given === undefined ? [] : [given]), ...seconds],
    date: headers["date"],
    now,
  });
};
