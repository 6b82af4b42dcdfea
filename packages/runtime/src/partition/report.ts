import type { ActorId } from "@hybrid/kernel";
import { traceOf } from "../errors.ts";
import type { ServiceFrame } from "../frame.ts";
import type { Batch } from "../step/batch.ts";
import type { PoisonError } from "../step/poison.ts";

/** What a report needs and the batch does not hold. */
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
    const cause = poison.poisonCause;
    if (cause !== "dropped") metrics.stepsFailed.inc({ service, cause });
    if (fate === "dead") metrics.deadLetters.inc({ service, cause });
    logger.error(
      { service, partition: figures.partition, actor, origin, cause, ...traceOf(poison.cause ?? poison) },
      fate === "dead" ? `dead-lettered: ${poison.message}` : `actor parked: ${poison.message}`,
    );
  }
};

/** Unreadable actors of a partition that are named in the log; a faulty release may meet every one. */
const unreadableNamedMax = 20;

/** Actors that this release cannot read, gathered while a partition is restored. */
export class UnreadableActors {
  readonly #named: { readonly actor: ActorId; readonly fault: PoisonError }[] = [];
  #count = 0;

  add(actor: ActorId, fault: PoisonError): void {
    this.#count += 1;
    if (this.#named.length < unreadableNamedMax) this.#named.push({ actor, fault });
  }

  /** Counts and logs them; says nothing when there are none. */
  report({ service, metrics, logger }: ServiceFrame, partition: number): void {
    if (this.#count === 0) return;
    metrics.stepsFailed.inc({ service, cause: "unreadable" }, this.#count);
    for (const { actor, fault } of this.#named)
      logger.error(
        { service, partition, actor, cause: fault.poisonCause, ...traceOf(fault.cause ?? fault) },
        `actor held back: ${fault.message}`,
      );
    const others = this.#count - this.#named.length;
    if (others > 0)
      logger.error(
        { service, partition, others },
        `${others} more actors are held back for the same kind of reason`,
      );
  }
}
