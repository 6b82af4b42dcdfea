import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { instant } from "@hybrid/kernel";
import type { VirtualClock } from "@hybrid/kernel/testing";
import { WorkerGoneError, type WorkerProcess } from "./worker-process.ts";
import type { WorkerActivity } from "./worker-protocol.ts";

/** What the time driver moves and watches. */
export interface DrivenWorld {
  /** The clock of the simulators and of the play. */
  readonly clock: VirtualClock;
  /** Requests under way and ever started in all simulators together. */
  simulators(): { readonly inFlight: number; readonly total: number };
  /** The services' process of the moment; started again when it has ended. */
  worker(): Promise<WorkerProcess>;
  /** Called whenever the world has come to rest, before time moves. */
  rested(): void;
  /**
   * Called at every look, with the requests that were started in the simulators while the services answered.
   */
  watched(activity: WorkerActivity, startedMeanwhile: number): void;
}

/**
 * Looks in a row without any sign of life after which calls under way are taken to wait for virtual time.
 * Each look is at least one turn of the services' event loop, so this does not depend on how busy the machine
 * is.
 */
const stuckAfterLooks = 6;

const everyLook = async (looks: number): Promise<void> => {
  // The first looks follow each other at once, because most rests are short.
  if (looks < 50) await turn();
  else await wait(1);
};

interface Rest {
  readonly nextDueAt: number | null;
}

/** Calls that have no request under way and do not move wait for their backoff or their place in a limit. */
const waitsForTime = (activity: WorkerActivity, quietLooks: number): boolean =>
  !activity.busyBesidesCalls &&
  activity.httpInFlight === 0 &&
  activity.nextDueAt !== null &&
  quietLooks > stuckAfterLooks;

/**
 * Waits until neither the simulators nor the services have anything to do at this virtual moment: twice in
 * a row the same, because a message may be between the two.
 */
const rest = async (world: DrivenWorld, worker: WorkerProcess): Promise<Rest> => {
  let signature = "";
  let quietLooks = 0;
  let agreed = 0;
  for (let looks = 0; ; looks++) {
    const before = world.simulators();
    const activity = await worker.ask({ kind: "activity" });
    const after = world.simulators();
    world.watched(activity, after.total - before.total);
    const { steps, callsInFlight, httpInFlight, nextDueAt } = activity;
    const seen = [after.total, steps, callsInFlight, httpInFlight, nextDueAt].join(" ");
    quietLooks = seen === signature ? quietLooks + 1 : 0;
    const idle =
      before.inFlight === 0 && after.inFlight === 0 && (!activity.busy || waitsForTime(activity, quietLooks));
    agreed = idle && seen === signature ? agreed + 1 : 0;
    signature = seen;
    if (agreed >= 2) return { nextDueAt };
    await everyLook(looks);
  }
};

/** Lets the world run to a virtual moment, from due time to due time; survives the services' sudden end. */
export const runUntil = async (world: DrivenWorld, untilMs: number): Promise<void> => {
  for (;;) {
    const worker = await world.worker();
    try {
      const { nextDueAt } = await rest(world, worker);
      world.rested();
      const ours = world.clock.nextDueAt();
      const next = Math.max(world.clock.now(), Math.min(nextDueAt ?? untilMs, ours ?? untilMs, untilMs));
      await worker.ask({ kind: "advanceTo", at: next });
      world.clock.advanceTo(instant(next));
      if (next >= untilMs && (nextDueAt ?? Number.POSITIVE_INFINITY) > untilMs) {
        await rest(world, worker);
        world.rested();
        return;
      }
    } catch (error) {
      if (!(error instanceof WorkerGoneError)) throw error;
    }
  }
};
