import { type CallFailure, type EpochMs, ProviderError, plus, timerAheadMsMax } from "@hybrid/kernel";

/** The call had no end before its deadline. */
export const overdue: CallFailure = {
  code: "deadlineExceeded",
  retryable: true,
  retryAt: null,
  status: null,
};

/** Nobody has foreseen what the handler did. */
export const unexpected: CallFailure = { code: "unexpected", retryable: true, retryAt: null, status: null };

/** No timer may lie further ahead, so a later wish means the same; what is no time is no wish. */
const retryAtOf = (retryAfterMs: unknown, now: EpochMs): EpochMs | null =>
  typeof retryAfterMs === "number" && retryAfterMs >= 0
    ? plus(now, Math.min(Math.ceil(retryAfterMs), timerAheadMsMax))
    : null;

/** What a handler's error says of its call; undefined when it is none that a handler may throw on purpose. */
export const providerFailure = (thrown: unknown, now: EpochMs): CallFailure | undefined => {
  try {
    if (!(thrown instanceof ProviderError)) return undefined;
    const { code, retryable, retryAfterMs, status } = thrown;
    return {
      code,
      retryable,
      retryAt: retryAtOf(retryAfterMs, now),
      status: Number.isSafeInteger(status) ? (status ?? null) : null,
    };
  } catch {
    return undefined;
  }
};
