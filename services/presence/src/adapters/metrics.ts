import { Counter, Histogram, type Registry } from "prom-client";

/** What the service counts besides what every service does. */
export interface PresenceMetrics {
  /** `ok`, or the code of a failure; the number of mailboxes. */
  onRead(outcome: string, mailboxes: number): void;
  onBatch(mailboxes: number): void;
  /** `shown`, `cleared`, `ownStatus` or `noToken`. */
  onWebex(outcome: string): void;
}

/** Registers the counters. */
export const presenceMetrics = (registry: Registry): PresenceMetrics => {
  const registers = [registry];
  const read = new Counter({
    name: "hybrid_presence_mailboxes_read_total",
    help: "Mailboxes whose automatic replies were read, by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const batches = new Histogram({
    name: "hybrid_presence_batch_mailboxes",
    help: "Mailboxes in one batch.",
    buckets: [1, 2, 5, 10, 15, 20],
    registers,
  });
  const webex = new Counter({
    name: "hybrid_presence_webex_total",
    help: "Statuses that were to be shown or cleared at Webex, by what became of it.",
    labelNames: ["outcome"],
    registers,
  });
  return {
    onRead: (outcome, mailboxes) => read.inc({ outcome }, mailboxes),
    onBatch: (mailboxes) => batches.observe(mailboxes),
    onWebex: (outcome) => webex.inc({ outcome }),
  };
};
