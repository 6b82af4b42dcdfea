import { migrationBatches } from "@hybrid/contracts";
import { type EpochMs, emit, plus } from "@hybrid/kernel";
import type { Moment, Order } from "./inputs.ts";
import type { Batch, Move, Organisation } from "./state.ts";

const directions = ["toCloud", "toOnPremises"] as const;

/** The batches with one more move. The first move of a batch is told at once, further ones together. */
export const withMove = (
  organisation: Organisation,
  { direction, stage }: { readonly direction: Move["direction"]; readonly stage: "noticed" | "completed" },
  { now, numbers }: Moment,
): Organisation => {
  const known = organisation.batches[direction];
  const number = known?.number ?? organisation.batchesSoFar + 1;
  const batch: Batch = {
    number,
    startedAt: known?.startedAt ?? now,
    latestAt: now,
    noticed: (known?.noticed ?? 0) + (stage === "noticed" ? 1 : 0),
    completed: (known?.completed ?? 0) + (stage === "completed" ? 1 : 0),
    tellAt: known === undefined ? now : (known.tellAt ?? plus(now, numbers.batchTellMs)),
  };
  return {
    ...organisation,
    batches: { ...organisation.batches, [direction]: batch },
    batchesSoFar: Math.max(organisation.batchesSoFar, number),
  };
};

const dueOf = ({ tellAt, latestAt }: Batch, { numbers }: Moment): EpochMs =>
  tellAt ?? plus(latestAt, numbers.batchGapMs);

/** Tells what is due, and closes what is over. */
export const tellBatches = (
  given: Organisation,
  moment: Moment,
): { readonly organisation: Organisation; readonly orders: readonly Order[] } => {
  const { now, self, numbers } = moment;
  let organisation = given;
  const orders: Order[] = [];
  for (const direction of directions) {
    const batch = organisation.batches[direction];
    if (batch === undefined || dueOf(batch, moment) > now) continue;
    const { number, startedAt, latestAt, noticed, completed } = batch;
    const closed = batch.tellAt === null && now >= latestAt + numbers.batchGapMs;
    orders.push(
      emit(migrationBatches, self, {
        batch: number,
        direction,
        startedAt,
        latestAt,
        noticed,
        completed,
        closed,
        at: now,
      }),
    );
    const { [direction]: _told, ...others } = organisation.batches;
    const batches = closed ? others : { ...others, [direction]: { ...batch, tellAt: null } };
    organisation = { ...organisation, batches };
  }
  return { organisation, orders };
};
