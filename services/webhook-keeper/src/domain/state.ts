import type { WebexHint } from "@hybrid/contracts";
import type { CallFailure, EpochMs } from "@hybrid/kernel";

/** What is remembered of a webhook between two looks, by its name. */
export type HookMemory = Readonly<
  Record<string, { readonly goodAt: EpochMs | null; readonly inactiveSince: EpochMs | null }>
>;

/** Where the reading of the feed goes on: behind this event. */
export interface FeedPlace {
  readonly at: EpochMs;
  readonly eventId: string;
}

/** A stretch of time in which a webhook may have missed something. */
export interface Stretch {
  readonly resource: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly place: FeedPlace | null;
}

/** An organisation. */
export interface State {
  /** Its active tenants, in order; its webhooks are kept while there is one. */
  readonly tenants: readonly string[];
  readonly memory: HookMemory;
  /** Counts looks; an outcome of another one is stale. */
  readonly look: number;
  readonly isLooking: boolean;
  readonly lookAt: EpochMs | null;
  readonly failures: number;
  /** What is still to be read, first come first read. */
  readonly missed: readonly Stretch[];
  readonly isReading: boolean;
}

/** An organisation nobody has heard of. */
export const initial: State = {
  tenants: [],
  memory: {},
  look: 0,
  isLooking: false,
  lookAt: null,
  failures: 0,
  missed: [],
  isReading: false,
};

/** What can happen. */
export type Input =
  | { readonly kind: "tenantDecided"; readonly tenantId: string; readonly isActive: boolean }
  | { readonly kind: "lookDue" }
  | {
      readonly kind: "webhooksKept";
      readonly look: number;
      readonly memory: HookMemory;
      readonly waiting: readonly string[];
      readonly repaired: readonly { readonly resource: string; readonly missedSince: EpochMs | null }[];
    }
  | { readonly kind: "lookFailed"; readonly look: number; readonly failure: CallFailure }
  | {
      readonly kind: "missedRead";
      readonly hints: readonly { readonly roomUuid: string | null; readonly hint: WebexHint }[];
      /** Null at the end of the stretch. */
      readonly place: FeedPlace | null;
    }
  | { readonly kind: "readingFailed"; readonly failure: CallFailure };

/** What is ordered. */
export type Call =
  | {
      readonly kind: "keepWebhooks";
      readonly look: number;
      readonly isWanted: boolean;
      readonly memory: HookMemory;
    }
  | { readonly kind: "readMissed"; readonly stretch: Stretch };
