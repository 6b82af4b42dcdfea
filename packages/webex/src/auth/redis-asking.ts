import { ProviderError, type Scheduler } from "@hybrid/kernel";
import type { RedisClient } from "@hybrid/redis";
import { patiently } from "./patiently.ts";

/** Where the store says what became of Redis. pino fits. */
export interface RedisTokensLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Asks Redis, again while it is away. Rejects with ProviderError that says what to do. */
export type Ask = <Result>(command: () => Promise<Result>) => Promise<Result>;

/** How long a command is tried again while Redis is away: a restart or a failover passes meanwhile. */
const awayMsMax = 5_000;

/** A failure of the store that passes. */
export const unavailable = (message: string): ProviderError =>
  new ProviderError(message, { code: "unavailable", retryable: true });

/** What a failed command says, without the error itself, which holds the command and so the tokens. */
export const awayError = (client: RedisClient, error: unknown): ProviderError => {
  const { reason, advice } = client.troubleOf(error);
  return unavailable(
    `Redis at ${client.address} (REDIS_URL), which keeps the tokens for Webex, does not answer: ` +
      `${reason}; ${advice}`,
  );
};

/** Commands over one connection; once it is closed none is tried again. */
export const askingOf =
  (client: RedisClient, scheduler: Scheduler, isClosed: () => boolean): Ask =>
  async (command) => {
    const passes = (error: unknown): boolean => !isClosed() && !client.troubleOf(error).needsConfiguration;
    try {
      return await patiently({ scheduler, forMs: awayMsMax, passes }, command);
    } catch (error) {
      throw awayError(client, error);
    }
  };
