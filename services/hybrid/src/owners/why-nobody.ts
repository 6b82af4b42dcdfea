import type { DescribedGroup } from "@hybrid/log";

/** Why a partition is silent. */
export const silence =
  "its worker was not named by --health or is dead; a dead one keeps its place until its session ends, or " +
  "until it is started again with the same KAFKA_INSTANCE_ID";

/** Why nobody works on a partition, as far as the group itself tells. */
export const whyNobody = (
  { state, waiting }: DescribedGroup,
  isOwned: boolean,
  partition: number,
): string | null => {
  const lacking = waiting.find((each) => each.partition === partition);
  if (lacking)
    return (
      `its states are of version ${lacking.needs}, the newest worker knows ${lacking.newest}: ` +
      "start a worker of the newer release"
    );
  if (state === "PreparingRebalance" || state === "CompletingRebalance")
    return "the group waits for all its members to join; a dead one until its session ends";
  if (isOwned) return null;
  return state === "Stable" ? "its last owner still gives it back" : "the group has no worker";
};
