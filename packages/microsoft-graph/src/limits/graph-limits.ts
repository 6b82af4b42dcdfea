import { minutes, seconds } from "@hybrid/kernel";

/** A sustained rate and how many may come at once on top of it. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Requests that Outlook lets one application make to one mailbox at once
 * (https://learn.microsoft.com/graph/throttling-limits).
 */
export const mailboxConcurrencyLimit = 4;

/** Every number this package paces itself by. */
export interface GraphLimits {
  /**
   * How long one call may wait in all for retries and for the limiter, milliseconds; before that, as long
   * once more for the mailbox's turn.
   */
  readonly quickBudgetMs: number;
  /** Attempts within that budget, the first included. */
  readonly quickAttemptsMax: number;
  /** Full jitter: before retry n the wait is random up to `base * 2^n`, at most `max`; milliseconds. */
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  /** How long a scope stays closed after a 429 that names no Retry-After, milliseconds, up to twice that. */
  readonly throttleBackoffMs: number;
  /**
   * Calls that one mailbox gets at once, 1 to 4. Outlook allows an application four, and each service of ours
   * takes one: as many as services share this client, up to those four.
   */
  readonly mailboxConcurrencyMax: number;
  /** Calls that may wait for one mailbox; one more is refused as throttled. */
  readonly mailboxQueueMax: number;
  /** TLS connections to one host. */
  readonly connectionsMax: number;
  /** Tenants whose msal client and token are kept. */
  readonly tenantsMax: number;
  /** Users whose token is kept, where users consent each for the own calendar. */
  readonly delegatedTokensMax: number;
  /** A token is replaced when it expires within this time, milliseconds. */
  readonly tokenRefreshBeforeMs: number;
  /**
   * After Entra has refused our certificate in a tenant, it is not asked there again for this long,
   * milliseconds.
   */
  readonly refusedCertificateMs: number;
  /** Breakers (tenant x API family) that are kept. */
  readonly breakersMax: number;
  /** A breaker opens on no fewer requests than this within its window; at least 10. */
  readonly breakerVolumeMin: number;
  /** It opens when more than this percentage of them failed. */
  readonly breakerErrorPercentage: number;
  readonly breakerWindowMs: number;
  /** How long it stays open before one request may probe. */
  readonly breakerResetMs: number;
  /** All requests of the application. */
  readonly global: Rate;
  /** POST, PATCH and DELETE of subscriptions: the application in all tenants, and in one tenant. */
  readonly subscriptionWritesApp: Rate;
  readonly subscriptionWritesTenant: Rate;
  /** Lists of subscriptions, likewise. */
  readonly subscriptionListsApp: Rate;
  readonly subscriptionListsTenant: Rate;
  /** The identity service (groups and who is in them): writes of the application, then within one tenant. */
  readonly identityWritesApp: Rate;
  readonly identityWritesTenant: Rate;
  readonly identityReadsTenant: Rate;
}

/** A published limit of requests in a window, run at 80 % of its rate, with one second as burst. */
const atMost = (requests: number, windowMs: number): Rate => {
  const perSecond = (0.8 * requests * 1_000) / windowMs;
  return { perSecond, burst: Math.max(1, Math.floor(perSecond)) };
};

/** Microsoft's published limits (https://learn.microsoft.com/graph/throttling-limits, as of September 2026). */
export const defaultGraphLimits: GraphLimits = {
  quickBudgetMs: seconds(2),
  quickAttemptsMax: 3,
  backoffBaseMs: 200,
  backoffMaxMs: seconds(1),
  throttleBackoffMs: seconds(10),
  mailboxConcurrencyMax: 1,
  mailboxQueueMax: 32,
  connectionsMax: 128,
  tenantsMax: 500,
  delegatedTokensMax: 5_000,
  tokenRefreshBeforeMs: minutes(5),
  refusedCertificateMs: minutes(1),
  breakersMax: 1_024,
  breakerVolumeMin: 10,
  breakerErrorPercentage: 50,
  breakerWindowMs: seconds(10),
  breakerResetMs: seconds(30),
  global: atMost(130_000, seconds(10)),
  subscriptionWritesApp: atMost(2_000, seconds(20)),
  subscriptionWritesTenant: atMost(500, seconds(20)),
  subscriptionListsApp: atMost(40, seconds(20)),
  subscriptionListsTenant: atMost(25, seconds(20)),
  identityWritesApp: atMost(35_000, minutes(5)),
  identityWritesTenant: atMost(3_000, seconds(150)),
  // Of the smallest tenants; larger ones are given more.
  identityReadsTenant: atMost(3_500, seconds(10)),
};
