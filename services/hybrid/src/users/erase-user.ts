import { randomUUID } from "node:crypto";
import { userStatus } from "@hybrid/contracts";
import { actorIdOf, orgOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import type { OpenedVault } from "../keys/with-keys.ts";
import { recordsOf } from "../users-view.ts";
import {
  type ErasedContents,
  type ErasedPerson,
  type ErasedRecords,
  type RecordWatch,
  watchArchive,
  watchRecords,
} from "./erased-records.ts";
import { noteErasure } from "./erasure-orders.ts";
import { giveOrders } from "./give-orders.ts";
import { newRecords } from "./new-records.ts";
import { userIdOf } from "./people-view.ts";

/** What was done about one person. */
export interface Erasure {
  readonly user: string;
  /** Whether the directory has taken the person out of the service; false: it has not answered in time. */
  readonly removed: boolean;
  /** Whether the subscription at Graph has ended; false: not within the time, it ends with its lifetime. */
  readonly subscriptionEnded: boolean;
  /** By topic: what its service has removed of the person, and what is left. */
  readonly records: Readonly<Record<string, ErasedRecords>>;
  /** What the archive has removed from its own store; null: the organisation has no archive. */
  readonly archive: ErasedContents | null;
  /** Whose keys were deleted, and how many. */
  readonly keys: Readonly<Record<string, number>>;
  /** Records that compaction took out of an embedded log; brokers do it by themselves. */
  readonly cleaned: number;
  /** Nothing is left: every service has answered. */
  readonly complete: boolean;
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

/** The person leaves the service first, so that nobody works for whom others forget. */
const takeOut = async (opened: OpenedVault, { user }: ErasedPerson, waitMs: number) => {
  const order = { org: orgOf(user), userId: userIdOf(user), ifMatch: null };
  const [given] = await giveOrders(opened, "remove", [order], waitMs);
  const removed = given !== undefined && given.outcome !== null;
  return { removed, subscriptionEnded: await waitForEnd(opened, user, waitMs) };
};

/** Every service removes what it keeps of the person, and this tells what was there. */
const removeRecords = async (
  opened: OpenedVault,
  person: ErasedPerson & { readonly tenantId: string },
  {
    orderId,
    waitMs,
    watch,
  }: { readonly orderId: string; readonly waitMs: number; readonly watch: RecordWatch },
): Promise<Pick<Erasure, "records" | "archive">> => {
  const archiving = await watchArchive(opened, orgOf(person.user));
  await noteErasure(opened, person, { stage: "erase", orderId });
  const endsAt = performance.now() + waitMs;
  return { records: await watch.until(endsAt), archive: (await archiving?.until(orderId, endsAt)) ?? null };
};

/**
 * Erases a person: the services take the user out and end the subscription; each removes its records, its
 * actor and what it stores besides; then every key under which anything of the person is sealed is deleted,
 * from the log's file too. Ids, times and codes are left. It is noted in the log before it begins, and may be
 * repeated at any time: what is done already is done again, and finds nothing.
 */
export const eraseUser = async (
  opened: OpenedVault,
  person: ErasedPerson & { readonly tenantId: string },
  waitMs: number,
): Promise<Erasure> => {
  const orderId = randomUUID();
  await noteErasure(opened, person, { stage: "begun", orderId });
  // What goes because the user is taken out counts too.
  const watch = await watchRecords(opened, person);
  const { removed, subscriptionEnded } = await takeOut(opened, person, waitMs);
  const { records, archive } = await removeRecords(opened, person, { orderId, waitMs, watch });
  const keys: Record<string, number> = {};
  const org = orgOf(person.user);
  for (const id of new Set(person.ids)) {
    const owner = actorIdOf(`${org}/u-${id}`);
    keys[owner] = await opened.vault.eraseOwner(owner);
  }
  const isLeft = Object.values(records).some(({ left }) => left > 0) || (archive?.left ?? 0) > 0;
  const complete = removed && subscriptionEnded && !isLeft;
  if (complete) await noteErasure(opened, person, { stage: "done", orderId });
  const cleaned = await opened.log.clean(systemScheduler().now());
  return {
    user: person.user,
    removed,
    subscriptionEnded,
    records,
    archive,
    keys,
    cleaned,
    complete,
  };
};
