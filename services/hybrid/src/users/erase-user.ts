import { userStatus } from "@hybrid/contracts";
import { type ActorId, actorIdOf, orgOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import type { OpenedVault } from "../keys/with-keys.ts";
import { recordsOf } from "../users-view.ts";
import { giveOrders } from "./give-orders.ts";
import { namesOf } from "./names-of.ts";
import { newRecords } from "./new-records.ts";
import { type PersonRow, userIdOf } from "./people-view.ts";

/** What was done about one person. */
export interface Erasure {
  readonly user: string;
  /** Whether the directory has taken the person out of the service; false: it has not answered in time. */
  readonly removed: boolean;
  /** Whether the subscription at Graph has ended; false: not within the time, it ends with its lifetime. */
  readonly subscriptionEnded: boolean;
  /** Whose keys were deleted, and how many. */
  readonly keys: Readonly<Record<string, number>>;
  /** Records that compaction took out of an embedded log; brokers do it by themselves. */
  readonly cleaned: number;
}

const isRemoved = async (opened: OpenedVault, user: string): Promise<boolean> => {
  let removed = true;
  for await (const { key, value } of recordsOf(opened, userStatus))
    if (key === user) removed = value === null || value.to === "removed";
  return removed;
};

/** Waits until user-state has parted with the user, whose subscription is deleted then. */
const waitForEnd = async (opened: OpenedVault, user: string, waitMs: number): Promise<boolean> => {
  const partitions = Array.from({ length: opened.partitions }, (_, n) => n);
  const statuses = await newRecords(opened.log, userStatus, partitions);
  if (await isRemoved(opened, user)) return true;
  return statuses.until(
    waitMs,
    ({ key, value }) => key === user && (value === null || value.to === "removed"),
  );
};

/**
 * Erases a person: the services take the user out and end the subscription, then every key under which
 * anything of the person is sealed is deleted, from the log's file too. Ids, times and codes are left.
 * `archived`: the person's names in the archive.
 */
export const eraseUser = async (
  opened: OpenedVault,
  { row, archived }: { readonly row: PersonRow; readonly archived: readonly ActorId[] },
  waitMs: number,
): Promise<Erasure> => {
  const { user } = row;
  const org = orgOf(actorIdOf(user));
  const order = { org, userId: userIdOf(user), ifMatch: null };
  const [given] = await giveOrders(opened, "remove", [order], waitMs);
  const subscriptionEnded = await waitForEnd(opened, user, waitMs);
  const keys: Record<string, number> = {};
  for (const owner of new Set([...namesOf(row).owners, ...archived]))
    keys[owner] = await opened.vault.eraseOwner(owner);
  const cleaned = await opened.log.clean(systemScheduler().now());
  return { user, removed: given !== undefined && given.outcome !== null, subscriptionEnded, keys, cleaned };
};
