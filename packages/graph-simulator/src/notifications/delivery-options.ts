/** The three lifecycle events of Outlook subscriptions. */
export type LifecycleEvent = "reauthorizationRequired" | "subscriptionRemoved" | "missed";

/** How notifications are delivered; every field has Graph's documented behaviour as its default. */
export interface DeliveryOptions {
  /** Delay between a change and its notification on the simulator's clock, milliseconds: `[200, 3000]`. */
  readonly delayMs?: readonly [number, number];
  /** Real time an endpoint has for the first attempt and for a retry, milliseconds: `[3000, 10000]`. */
  readonly deadlinesMs?: readonly [number, number];
  /** Real time an endpoint has to answer the validation request, milliseconds: 10,000. */
  readonly validationDeadlineMs?: number;
  /** First retry after this many milliseconds on the clock, doubled each time: 10,000. */
  readonly firstRetryMs?: number;
  /** Notifications undelivered this long after the first attempt are lost, milliseconds: 4 hours. */
  readonly giveUpAfterMs?: number;
  /** Notifications in one POST at most: 100. */
  readonly batchMax?: number;
  /** How many notifications one change yields, drawn by weight: `[0.6, 0.3, 0.1]` for one, two and three. */
  readonly duplicateWeights?: readonly number[];
  /** When set, every subscription gets `reauthorizationRequired` this often on the clock, milliseconds. */
  readonly reauthorizationEveryMs?: number;
}
