import type { Batch } from "./batch.ts";
import { traceOf } from "./errors.ts";
import type { ServiceFrame } from "./frame.ts";

/** What a batch took besides what it tells itself. */
export interface BatchFigures {
  readonly partition: number;
  readonly records: readonly { readonly topic: string }[];
}

/**
 * Counts a committed batch and logs every input that was dead-lettered or parked its actor: ids, cause and
 * place, no content.
 */
export const reportBatch = (frame: ServiceFrame, batch: Batch, figures: BatchFigures): void => {
  const { service, metrics, logger } = frame;
  metrics.steps.inc({ service }, batch.steps);
  metrics.batchInputs.observe({ service }, batch.steps + batch.failures.length);
  if (batch.timersFired > 0) metrics.timersFired.inc({ service }, batch.timersFired);
  if (batch.outcomesDropped > 0) metrics.outcomesDropped.inc({ service }, batch.outcomesDropped);
  const byTopic = new Map<string, number>();
  for (const { topic } of figures.records) byTopic.set(topic, (byTopic.get(topic) ?? 0) + 1);
  for (const [topic, count] of byTopic) metrics.records.inc({ service, topic }, count);
  for (const { actor, origin, poison, fate } of batch.failures) {
    const cause = poison.poison;
    if (cause !== "dropped") metrics.stepsFailed.inc({ service, cause });
    if (fate === "dead") metrics.deadLetters.inc({ service, cause });
    logger.error(
      { service, partition: figures.partition, actor, origin, cause, ...traceOf(poison.cause ?? poison) },
      fate === "dead" ? `dead-lettered: ${poison.message}` : `actor parked: ${poison.message}`,
    );
  }
};
