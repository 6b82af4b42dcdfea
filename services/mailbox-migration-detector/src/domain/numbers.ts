import { hours, minutes } from "@hybrid/kernel";

/** Every number of the detector; milliseconds unless the name says otherwise. */
export interface Numbers {
  /** A mailbox on premises is looked at this often, so that the cloud has it within 100 minutes. */
  readonly onPremisesEveryMs: number;
  /** A mailbox in the cloud, and that of a user who stays with a connector, at most this often. */
  readonly cloudEveryMs: number;
  /** What contradicts the known place is looked at again after this; the second finding counts. */
  readonly confirmMs: number;
  /** After an order of an administrator: soon. */
  readonly forcedConfirmMs: number;
  /** A look that failed says nothing; the next one comes after this, doubled to `onPremisesEveryMs`. */
  readonly retryMs: number;
  /** A connector user outside a resource group is looked at within this time of being enabled. */
  readonly takeoverMs: number;
  /** A batch is over when nothing has moved for this long, and is told at most this often. */
  readonly batchGapMs: number;
  readonly batchTellMs: number;
}

/** The numbers as designed. The daily look leaves time to confirm and to hand over within 24 hours. */
export const designNumbers: Numbers = {
  onPremisesEveryMs: minutes(38),
  cloudEveryMs: hours(23),
  confirmMs: minutes(5),
  forcedConfirmMs: minutes(1),
  retryMs: minutes(2),
  takeoverMs: hours(23),
  batchGapMs: hours(6),
  batchTellMs: minutes(5),
};

/** Above these shares of its capacity a cluster is amber, and red. */
export const amberAbove = 0.6;
export const redAbove = 0.9;
