import { type ErasureOrder, erasureOrders, userOrderKey } from "@hybrid/contracts";
import { type ActorId, actorIdOf, ConfigError, orgOf, partitionOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { orgGiven } from "../given.ts";
import { recordsOf } from "../users-view.ts";
import type { OpenedLog } from "../with-log.ts";
import type { ErasedPerson } from "./erased-records.ts";
import { userIdOf } from "./people-view.ts";

/** An erasure that was ordered within the last days. */
export interface KnownErasure extends ErasedPerson {
  readonly tenantId: string;
  readonly stage: ErasureOrder["stage"];
}

const prefix = "/o/user-";

/** Notes how far an erasure has come, or orders it. Durable when it resolves. */
export const noteErasure = async (
  { log, partitions }: OpenedLog,
  { user, tenantId, objectId, ids }: ErasedPerson & { readonly tenantId: string },
  { stage, orderId }: Pick<ErasureOrder, "stage" | "orderId">,
): Promise<void> => {
  const key = userOrderKey(orgOf(user), userIdOf(user));
  const at = systemScheduler().now();
  const value = erasureOrders.encode({ stage, orderId, tenantId, objectId, ids, at });
  await log.append([
    { topic: erasureOrders.name, partition: partitionOf(key, partitions), key, value, timestamp: at },
  ]);
};

/**
 * The erasure of whom a text names by id, in any case: what is left to find when the person's records are
 * gone. Undefined when there is none; throws ConfigError when several organisations have such an id.
 */
export const knownErasure = async (
  opened: OpenedLog,
  text: string,
  orgText?: string,
): Promise<KnownErasure | undefined> => {
  if (!(await opened.log.topics()).some(({ name }) => name === erasureOrders.name)) return undefined;
  const org = orgText === undefined ? undefined : orgGiven(orgText);
  const found = new Map<ActorId, KnownErasure>();
  for await (const { key, value } of recordsOf(opened, erasureOrders)) {
    if (value === null) continue;
    const ofOrg = orgOf(actorIdOf(key));
    const userId = key.slice(ofOrg.length + prefix.length);
    const user = actorIdOf(`${ofOrg}/u-${userId}`);
    const names = [user, userId, value.objectId].map((name) => name.toLowerCase());
    if ((org !== undefined && org !== ofOrg) || !names.includes(text.toLowerCase())) continue;
    const { stage, tenantId, objectId, ids } = value;
    found.set(user, { user, stage, tenantId, objectId, ids });
  }
  if (found.size > 1)
    throw new ConfigError("the user is not found", [
      `"${text}" names ${found.size} erased users (${[...found.keys()].join(", ")}); add --org`,
    ]);
  return [...found.values()][0];
};
