import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { ConfigError, hours, minutes, seconds } from "@hybrid/kernel";
import { z } from "zod";
import { designNumbers, type Numbers } from "#domain/numbers";

const wholeMs = (given: { readonly min: number; readonly max: number; readonly default: number }) =>
  z.coerce.number().int().min(given.min).max(given.max).default(given.default);

const httpsUrl = z.url({ protocol: /^https$/, error: "must be an https address" });

const Config = z.object({
  NOTIFICATION_URL: httpsUrl.describe(
    "Where Graph sends change notifications; https, reachable from the internet.",
  ),
  LIFECYCLE_NOTIFICATION_URL: httpsUrl.describe("Where Graph sends lifecycle notifications; https."),
  CLIENT_STATE_KEYS: clientStateKeys.describe(
    "Keys of clientState, newest first: the first one signs, ingest accepts all of them.",
  ),
  USER_STATE_SUBSCRIPTION_LIFETIME_MS: wholeMs({
    min: minutes(45),
    max: designNumbers.subscriptionLifetimeMs,
    default: designNumbers.subscriptionLifetimeMs,
  }).describe(
    "Lifetime asked for, in milliseconds; Graph grants 45 to 10,080 minutes, 15 are left for clocks.",
  ),
  LOG_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_024)
    .default(designNumbers.partitions)
    .describe("Partitions of every topic; shares a tenant's write rate among its walks."),
  USER_STATE_RETRY_AFTER_FAILURE_MS: wholeMs({
    min: minutes(1),
    max: hours(24),
    default: designNumbers.retryAfterFailureMs,
  }).describe("Wait after a failed attempt, in milliseconds."),
  USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS: wholeMs({
    min: minutes(1),
    max: hours(24 * 7),
    default: designNumbers.retryAfterFailuresInARowMs,
  }).describe(
    "Wait after so many failures, in milliseconds; not shorter than USER_STATE_RETRY_AFTER_FAILURE_MS.",
  ),
  USER_STATE_FAILURES_IN_A_ROW: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(designNumbers.failuresInARow)
    .describe("Failures in a row that change from the short to the long wait."),
  USER_STATE_MAILBOX_CONFIRMATION_MS: wholeMs({
    min: seconds(10),
    max: hours(1),
    default: designNumbers.mailboxConfirmationMs,
  }).describe("Wait before a missing mailbox is looked at a second time, in milliseconds."),
  USER_STATE_TAKEOVER_WITHIN_MS: wholeMs({
    min: 0,
    max: hours(24),
    default: designNumbers.takeoverWithinMs,
  }).describe("A connector user outside a resource group is taken over within this, in milliseconds."),
  USER_STATE_TENANT_WRITES_PER_SECOND: z.coerce
    .number()
    .min(0.1)
    .max(1_000)
    .default(designNumbers.tenantWritesPerSecond)
    .describe("Graph's limit for subscription writes of one app in one tenant, per second."),
  USER_STATE_TENANT_WRITE_SHARE: z.coerce
    .number()
    .min(0.01)
    .max(1)
    .default(designNumbers.tenantWriteShare)
    .describe("Share of that limit that is used, 0.01 to 1."),
});

/** What the service is configured with. */
export interface UserStateConfig {
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string;
  /** Signs clientState. */
  readonly clientStateKey: Uint8Array;
  readonly numbers: Numbers;
}

/** Reads the configuration. Throws ConfigError that names every fault at once. */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): UserStateConfig => {
  const ordered = Config.refine(
    (c) => c.USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS >= c.USER_STATE_RETRY_AFTER_FAILURE_MS,
    {
      path: ["USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS"],
      message: "must not be shorter than USER_STATE_RETRY_AFTER_FAILURE_MS",
    },
  );
  const read = ordered.safeParse(env);
  if (!read.success)
    throw new ConfigError(
      "configuration of user-state",
      read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    );
  const given = read.data;
  const [clientStateKey = new Uint8Array()] = given.CLIENT_STATE_KEYS;
  return Object.freeze({
    notificationUrl: given.NOTIFICATION_URL,
    lifecycleNotificationUrl: given.LIFECYCLE_NOTIFICATION_URL,
    clientStateKey,
    numbers: Object.freeze({
      ...designNumbers,
      subscriptionLifetimeMs: given.USER_STATE_SUBSCRIPTION_LIFETIME_MS,
      partitions: given.LOG_PARTITIONS,
      retryAfterFailureMs: given.USER_STATE_RETRY_AFTER_FAILURE_MS,
      retryAfterFailuresInARowMs: given.USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS,
      failuresInARow: given.USER_STATE_FAILURES_IN_A_ROW,
      mailboxConfirmationMs: given.USER_STATE_MAILBOX_CONFIRMATION_MS,
      takeoverWithinMs: given.USER_STATE_TAKEOVER_WITHIN_MS,
      tenantWritesPerSecond: given.USER_STATE_TENANT_WRITES_PER_SECOND,
      tenantWriteShare: given.USER_STATE_TENANT_WRITE_SHARE,
    }),
  });
};
