import type { EpochMs } from "@hybrid/kernel";
import type { VirtualClock } from "@hybrid/kernel/testing";
import type { RunningService } from "../src/index.ts";

/** Turns of the event loop in a row without anything to do that count as rest. */
const quietTurns = 12;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Watched = Pick<RunningService, "activity">;

/**
 * Resolves when none of the services can do anything more without time passing. With `waitForCalls: false`
 * calls in flight count as rest. Rejects after `turnsMax` turns, so that a loop without end fails its test.
 */
export const settle = async (
  services: readonly Watched[],
  options?: { readonly waitForCalls?: boolean; readonly turnsMax?: number },
): Promise<void> => {
  const { waitForCalls = true, turnsMax = 200_000 } = options ?? {};
  const isBusy = (service: Watched): boolean => {
    const { busy, waitingForCalls } = service.activity();
    return busy && (waitForCalls || !waitingForCalls);
  };
  let quiet = 0;
  for (let turns = 0; quiet < quietTurns; turns++) {
    if (turns > turnsMax) throw new Error(`no rest after ${turnsMax} turns of the event loop`);
    quiet = services.some(isBusy) ? 0 : quiet + 1;
    await turn();
  }
};

/** Lets virtual time pass up to `until`, stopping at every appointment for the services to come to rest. */
export const passTime = async (
  clock: VirtualClock,
  until: EpochMs,
  services: readonly Watched[],
): Promise<void> => {
  await settle(services);
  for (let next = clock.nextDueAt(); next !== null && next <= until; next = clock.nextDueAt()) {
    clock.advanceTo(next);
    await settle(services);
  }
  clock.advanceTo(until);
  await settle(services);
};
