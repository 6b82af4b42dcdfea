import { type Clock, ProviderError } from "@hybrid/kernel";

/** Mails that may go out together after a pause. */
const burst = 5;

/**
 * Who may send now, so that no more than `perMinute` leave. A mail that may not is given a time of its own at
 * which one more may: they come back one after the other, and not all at once.
 */
export const createTurns = (clock: Clock, perMinute: number): { take(): void } => {
  const everyMs = 60_000 / perMinute;
  let tokens = burst;
  let filledAt = clock.now() as number;
  let queueEndsAt = 0;
  return {
    take: () => {
      const now = clock.now();
      // A clock that was set back gives nothing, and takes nothing.
      tokens = Math.min(burst, tokens + Math.max(0, now - filledAt) / everyMs);
      filledAt = now;
      if (tokens >= 1) {
        tokens -= 1;
        return;
      }
      const nextAt = now + (1 - tokens) * everyMs;
      // Of a clock that was set back, at most an hour is waited.
      const lastAt = queueEndsAt > now + 3_600_000 ? nextAt : Math.max(nextAt, queueEndsAt + everyMs);
      queueEndsAt = lastAt;
      throw new ProviderError("a notice: not sent, because NOTICES_PER_MINUTE leave already", {
        code: "throttled",
        retryable: true,
        retryAfterMs: Math.ceil(lastAt - now),
      });
    },
  };
};
