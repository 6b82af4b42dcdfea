import type { Clock } from "@hybrid/kernel";
import * as shared from "@hybrid/provider-http";
import { MailboxOnlyError } from "../errors/mailbox-only-error.ts";
import type { GraphLogger } from "../options.ts";
import type { GraphLimits } from "./graph-limits.ts";

/** The parts of Graph that fail independently of one another. */
export type ApiFamily =
  | "subscriptions"
  | "events"
  | "mailboxSettings"
  | "groups"
  | "drives"
  | "mail"
  | "directory"
  | "token";

/** Which breaker, and what to call the request in errors. */
export interface BreakerPlace {
  readonly tenantId: string;
  readonly family: ApiFamily;
  readonly what: string;
}

/** One breaker per tenant and API family. */
export interface Breakers {
  /**
   * Runs `action` unless the breaker is open. Throws ProviderError breakerOpen with the time left until it
   * lets a probe through, or what `action` throws.
   */
  run<Result>(at: BreakerPlace, action: () => Promise<Result>): Promise<Result>;
  /** Shuts every breaker down. */
  close(): void;
}

/** Answers that say something about the service, not about the request or one mailbox. */
const saysServiceFails = (error: unknown): boolean =>
  shared.saysServiceFails(error) && !(error instanceof MailboxOnlyError);

/** Breakers on `clock`, bounded in number by `limits`. */
export const createBreakers = (clock: Clock, limits: GraphLimits, logger?: GraphLogger): Breakers => {
  const breakers = shared.createBreakers({ clock, limits, counts: saysServiceFails, logger });
  return {
    run: async ({ tenantId, family, what }, action) => {
      const key = `${tenantId} ${family}`;
      const subject = `${family} of tenant ${tenantId}`;
      return await breakers.run({ key, subject, fields: { tenantId, family }, what }, action);
    },
    close: () => breakers.close(),
  };
};
