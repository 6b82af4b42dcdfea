import { later, type PastSealing } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import type { ServiceFrame } from "../frame.ts";
import { PastCommits, type PastPlace } from "./past-commits.ts";
import { pastRecords, resealedRecords } from "./past-records.ts";
import { pastActors, resealedActors, togetherMax } from "./past-states.ts";
import type { Restored } from "./restore.ts";
import { breathe } from "./wake.ts";

/** What goes with a partition while what has been is sealed. */
export interface PastWork extends Omit<PastPlace, "at"> {
  readonly log: Log;
  /** False: end early; the next owner goes on. */
  readonly goOn: () => boolean;
  /** Hears what is done at present. */
  readonly tell: (what: string) => void;
}

type What = "states" | "records";

/** Says how much is still in clear; nothing is said of a partition where nothing is. */
const tellLeft = ({ service, metrics }: ServiceFrame, partition: number, what: What, count: number): void => {
  const labels = { service, partition, what };
  if (count > 0) metrics.clearLeft.set(labels, count);
  else metrics.clearLeft.remove(labels);
};

/** The partition is another one's from now on. */
export const forgetLeft = (frame: ServiceFrame, partition: number): void => {
  for (const what of ["states", "records"] as const) tellLeft(frame, partition, what, 0);
};

const sealStates = async (
  work: PastWork,
  past: PastSealing,
  {
    restored,
    commits,
    at,
  }: { readonly restored: Restored; readonly commits: PastCommits; readonly at: number },
): Promise<Pick<Restored, "machineVersion"> & { readonly unreadable: number }> => {
  const { frame, owned, goOn, tell } = work;
  const { store } = restored;
  const actors = await pastActors(frame, past, store);
  const left = (count: number): void => tellLeft(frame, owned.partition, "states", count);
  left(actors.length);
  const machineVersion = actors.length > 0 ? frame.topology.stateVersion : restored.machineVersion;
  commits.say({ machineVersion });
  let unreadable = 0;
  for (let from = 0; from < actors.length && goOn(); from += togetherMax) {
    tell(`sealing states that an earlier release has left in clear: ${from} of ${actors.length} are done`);
    const slice = await resealedActors({ frame, store, at }, past, actors.slice(from, from + togetherMax));
    unreadable += slice.unreadable;
    for (const { slot, id, value } of slice.records) {
      await commits.keep({ key: id, value });
      if (value === null) {
        restored.due.clear(slot);
        store.delete(id);
      } else store.replace(slot, value);
    }
    await commits.flush();
    left(Math.max(0, actors.length - from - togetherMax) + unreadable);
    await breathe();
  }
  return { unreadable, machineVersion };
};

const sealRecords = async (
  work: PastWork,
  past: PastSealing,
  { commits, at }: { readonly commits: PastCommits; readonly at: Restored["at"] },
): Promise<void> => {
  const { frame, owned, goOn, tell } = work;
  const left = (count: number): void => tellLeft(frame, owned.partition, "records", count);
  for await (const records of pastRecords(work, past, owned.partition)) {
    const { topic, offsets } = records;
    let done = 0;
    for await (const page of resealedRecords(work, past, records)) {
      tell(`sealing records of ${topic.name}: ${done} of ${offsets.size} are done`);
      left(offsets.size - done);
      for (const record of page) await commits.emit({ ...record, timestamp: at });
      await commits.flush();
      done += page.length;
      if (!goOn()) return;
    }
  }
  left(0);
};

/**
 * Seals what earlier releases have left in clear, before a partition runs: states with calls and parked
 * inputs, and the latest records of topics that keep them. It is done once for each version of sealing. What
 * is interrupted goes on where it was, because what is sealed is passed over. What this release cannot read
 * stays unchanged, and the next owner tries again. To be called once the partition's time is right.
 */
export const sealPast = async (work: PastWork, restored: Restored): Promise<Restored> => {
  const { frame, owned, goOn } = work;
  const { past } = frame.topology;
  if (!past) return restored;
  const { position } = owned;
  // A partition of which nobody has written anything has nothing in clear.
  if (!position) return { ...restored, sealVersion: past.version };
  if (restored.sealVersion === past.version) return restored;
  const at = later(frame.scheduler.now(), restored.at);
  const commits = new PastCommits({ ...work, at }, { ...position, seqMax: restored.seqMax });
  const { unreadable, machineVersion } = await sealStates(work, past, { restored, commits, at });
  await sealRecords(work, past, { commits, at });
  if (!goOn()) return restored;
  const sealVersion = unreadable === 0 ? past.version : undefined;
  if (sealVersion !== undefined) commits.say({ sealVersion });
  await commits.flush();
  const { service } = frame;
  frame.logger.info(
    { service, partition: owned.partition, unreadable },
    unreadable === 0
      ? "nothing of an earlier release is left in clear"
      : `${unreadable} actors that this release cannot read may have texts in clear`,
  );
  return { ...restored, at, sealVersion, machineVersion };
};
