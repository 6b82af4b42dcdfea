import { hours, minutes, seconds } from "@hybrid/kernel";

/**
 * Every number of the user state machine. Times are milliseconds unless the name says otherwise.
 */
export interface Numbers {
  /** After a failed attempt, the next one comes this much later. */
  readonly retryAfterFailureMs: number;
  /** After {@link failuresInARow}, the next one comes this much later, and again, every time. */
  readonly retryAfterFailuresInARowMs: number;
  /** Failures in a row that change from the short to the long wait. */
  readonly failuresInARow: number;
  /** After a refusal that an hour would not mend (out of scope, unknown user, quota): daily. */
  readonly dailyRetryMs: number;
  /**
   * Either wait is longer by up to this share, by key, so that a crowd that failed together does not return
   * together.
   */
  readonly retrySpreadShare: number;

  /** A renewal falls due between these shares of the lifetime that Graph granted, by key. */
  readonly renewalShareMin: number;
  readonly renewalShareMax: number;
  /**
   * A renewal that fails transiently is repeated after this wait, which doubles up to the longest, until
   * expiry.
   */
  readonly renewalRetryMinMs: number;
  readonly renewalRetryMaxMs: number;
  /** `reauthorizationRequired` within this time of the latest renewal asks for nothing more. */
  readonly reauthorizationCoalescingMs: number;

  /** Throttled without a Retry-After: this wait, which doubles up to the longest. */
  readonly throttledRetryMinMs: number;
  readonly throttledRetryMaxMs: number;
  /** With a Retry-After: later than it by up to this, by key. */
  readonly throttledSpreadMs: number;

  /** A missing mailbox is looked at again after this; only the second observation counts. */
  readonly mailboxConfirmationMs: number;

  /** After a user has connected the own calendar, how long until all that calls Graph has read of it. */
  readonly consentSettlesMs: number;

  /** A deletion that fails is repeated after this wait, which doubles up to the longest, until expiry. */
  readonly deletionRetryMinMs: number;
  readonly deletionRetryMaxMs: number;
  /** Tries to delete the old subscription before a new one is made; then the old one is left to expire. */
  readonly deletionTriesBeforeReplacing: number;

  /** A connector user outside a resource group is taken over within this time of enabling, spread by key. */
  readonly takeoverWithinMs: number;

  /**
   * Graph's limit for subscription writes of one app in one tenant, per second ("Subscription service
   * limits").
   */
  readonly tenantWritesPerSecond: number;
  /** The share of that limit which is used. */
  readonly tenantWriteShare: number;
  /** Partitions of every topic: each one's tenant actor gives its own users their part of the rate. */
  readonly partitions: number;
  /** A walk tells as many users at once as it may within this time. */
  readonly walkPeriodMs: number;
  /** But never more than this: the ids of one page must fit into one outcome (64 KiB). */
  readonly walkUsersMax: number;
  /**
   * Pause between pages of {@link walkUsersMax} when a walk orders no writes (a suspension), and before a
   * listing that failed is repeated.
   */
  readonly walkPauseMs: number;

  /**
   * The lifetime asked for: Graph's longest for calendars (10,080 minutes) less 15 minutes for clocks that
   * differ.
   */
  readonly subscriptionLifetimeMs: number;
}

/** The numbers of docs/DESIGN.md, "User states"; `config.ts` says which ones an operator may change. */
export const designNumbers: Numbers = {
  retryAfterFailureMs: minutes(60),
  retryAfterFailuresInARowMs: hours(24),
  failuresInARow: 3,
  dailyRetryMs: hours(24),
  retrySpreadShare: 0.01,

  renewalShareMin: 0.7,
  renewalShareMax: 0.9,
  renewalRetryMinMs: minutes(5),
  renewalRetryMaxMs: hours(1),
  reauthorizationCoalescingMs: minutes(10),

  throttledRetryMinMs: minutes(1),
  throttledRetryMaxMs: minutes(15),
  throttledSpreadMs: seconds(30),

  mailboxConfirmationMs: minutes(5),

  consentSettlesMs: seconds(5),

  deletionRetryMinMs: minutes(1),
  deletionRetryMaxMs: hours(1),
  deletionTriesBeforeReplacing: 3,

  takeoverWithinMs: hours(24),

  tenantWritesPerSecond: 25,
  tenantWriteShare: 0.8,
  partitions: 48,
  walkPeriodMs: seconds(5),
  walkUsersMax: 300,
  walkPauseMs: seconds(1),

  subscriptionLifetimeMs: minutes(10_065),
};

/** `shortest`, doubled `times` times, at most `longest`. */
export const doubled = (shortest: number, times: number, longest: number): number =>
  Math.min(longest, shortest * 2 ** times);

/** Time between two writes that one partition may order in a tenant: all together keep to the rate. */
export const writeSpacingMs = (numbers: Numbers): number =>
  (numbers.partitions * 1_000) / (numbers.tenantWritesPerSecond * numbers.tenantWriteShare);

/** Users of one page of a tenant's walk. */
export const walkPageMax = (numbers: Numbers): number =>
  Math.min(numbers.walkUsersMax, Math.max(1, Math.floor(numbers.walkPeriodMs / writeSpacingMs(numbers))));
