import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { hours, minutes, seconds } from "@hybrid/kernel";
import {
  decimal,
  duration,
  logPartitions,
  settingsOrThrow,
  url,
  type Variables,
  whole,
} from "@hybrid/settings";
import { designNumbers, type Numbers } from "#domain/numbers";

const httpsUrl = (meaning: string) => url({ meaning, protocols: ["https"] });

/** The settings of the service. */
export const userStateSettings = {
  NOTIFICATION_URL: httpsUrl(
    "Where Graph sends change notifications, open to the internet; `hybrid up` makes it from PUBLIC_URL.",
  ),
  LIFECYCLE_NOTIFICATION_URL: httpsUrl(
    "Where Graph sends lifecycle notifications; `hybrid up` makes it from PUBLIC_URL.",
  ),
  CLIENT_STATE_KEYS: clientStateKeys,
  USER_STATE_SUBSCRIPTION_LIFETIME_MS: duration({
    min: minutes(45),
    max: designNumbers.subscriptionLifetimeMs,
    meaning: "Lifetime asked for; Graph grants 45 to 10,080 minutes, 15 are left for clocks.",
  }).orElse(designNumbers.subscriptionLifetimeMs),
  LOG_PARTITIONS: logPartitions.orElse(designNumbers.partitions),
  USER_STATE_RETRY_AFTER_FAILURE_MS: duration({
    min: minutes(1),
    max: hours(24),
    meaning: "Wait after a failed attempt.",
  }).orElse(designNumbers.retryAfterFailureMs),
  USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS: duration({
    min: minutes(1),
    max: hours(24 * 7),
    meaning:
      "Wait after USER_STATE_FAILURES_IN_A_ROW failures; not shorter than USER_STATE_RETRY_AFTER_FAILURE_MS.",
  }).orElse(designNumbers.retryAfterFailuresInARowMs),
  USER_STATE_FAILURES_IN_A_ROW: whole({
    min: 1,
    max: 100,
    meaning: "Failures in a row that change from the short to the long wait.",
  }).orElse(designNumbers.failuresInARow),
  USER_STATE_MAILBOX_CONFIRMATION_MS: duration({
    min: seconds(10),
    max: hours(1),
    meaning: "Wait before a missing mailbox is looked at a second time.",
  }).orElse(designNumbers.mailboxConfirmationMs),
  USER_STATE_TAKEOVER_WITHIN_MS: duration({
    min: 0,
    max: hours(24),
    meaning: "A connector user outside a resource group is taken over within this time.",
  }).orElse(designNumbers.takeoverWithinMs),
  USER_STATE_TENANT_WRITES_PER_SECOND: decimal({
    min: 0.1,
    max: 1_000,
    unit: "per second",
    meaning: "Graph's limit for subscription writes of one app in one tenant.",
  }).orElse(designNumbers.tenantWritesPerSecond),
  USER_STATE_TENANT_WRITE_SHARE: decimal({
    min: 0.01,
    max: 1,
    meaning: "Share of that limit that is used.",
  }).orElse(designNumbers.tenantWriteShare),
};

/** What the service is configured with. */
export interface UserStateConfig {
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string;
  /** Signs clientState. */
  readonly clientStateKey: Uint8Array;
  readonly numbers: Numbers;
}

/** Reads the configuration. Throws ConfigError that names every fault at once. */
export const readConfig = (env: Variables): UserStateConfig => {
  const given = settingsOrThrow(
    "user-state cannot start with this configuration",
    userStateSettings,
    env,
    (values, faults) => {
      if (values.USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS < values.USER_STATE_RETRY_AFTER_FAILURE_MS)
        faults.add(
          "USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS",
          "must not be shorter than USER_STATE_RETRY_AFTER_FAILURE_MS",
        );
    },
  );
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
