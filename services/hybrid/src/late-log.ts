import { type Log, LogUnavailableError } from "@hybrid/log";

/** What a part of the process may do with the log before there is one. */
export type LateLog = Pick<Log, "append" | "topics"> & {
  /** Why there is no log yet, in words for a person; null when it has come. */
  missing(): string | null;
  /** Tells why it has not come yet. */
  readonly waits: (reason: string) => void;
  /** From now on everything goes to this log. */
  arrives(log: Log): void;
};

/** A log that comes later: until then every use rejects with LogUnavailableError, as if it were down. */
export const createLateLog = (): LateLog => {
  let log: Log | undefined;
  let reason = "the log is being opened";
  const there = (): Log => {
    if (log === undefined) throw new LogUnavailableError(reason);
    return log;
  };
  return {
    append: async (records) => there().append(records),
    topics: async () => there().topics(),
    missing: () => (log === undefined ? reason : null),
    waits: (why) => {
      reason = why;
    },
    arrives: (opened) => {
      log = opened;
    },
  };
};
