import { checkpointTopic, journalTopic } from "@hybrid/contracts";
import { type ActorId, partitionOf } from "@hybrid/kernel";
import { topology } from "./ledger.ts";
import { partitions, type Workbench } from "./workbench.ts";

/** Puts other bytes in the place of an actor's checkpoint record, as damage or another release would. */
export const overwriteCheckpoint = async (
  { log, clock }: Pick<Workbench, "log" | "clock">,
  actor: ActorId,
  value: Uint8Array,
): Promise<void> => {
  const home = partitionOf(actor, partitions);
  const assigned = Promise.withResolvers<void>();
  const membership = await log.join(
    {
      service: "ledger",
      sources: topology.sources.map((source) => source.topic.name),
      journal: journalTopic("ledger").name,
      checkpoint: checkpointTopic("ledger").name,
      partitions,
    },
    {
      assigned: (partition) => partition === home && assigned.resolve(),
      revoked: () => Promise.resolve(),
    },
  );
  await assigned.promise;
  const owned = await membership.fence(home);
  const position = owned.position ?? { sources: {}, at: clock.now() };
  await owned.commit({ journal: [], outputs: [], checkpoint: [{ key: actor, value }], position });
  await membership.leave();
};
