import { randomUUID } from "node:crypto";
import { type AdminOutcome, adminOutcomes, userOrderKey } from "@hybrid/contracts";
import { removeUserCommand, toggleUserCommand } from "@hybrid/directory";
import { type OrgId, partitionOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import type { OpenedLog } from "../with-log.ts";
import { newRecords } from "./new-records.ts";

/** What an administrator orders of a user. */
export type UserOrder = "enable" | "disable" | "remove";

/** A user who is meant, and the version that the order is given for; null: whatever it is. */
export interface Ordered {
  readonly org: OrgId;
  readonly userId: string;
  readonly ifMatch: number | null;
}

/** An order and what became of it; null: the directory has not answered in time. */
export interface GivenOrder extends Ordered {
  readonly outcome: AdminOutcome["outcome"] | null;
  readonly version: number | null;
}

/** Records of one append. */
const recordsPerAppend = 500;

/**
 * Writes orders down and waits for their outcomes, at most `waitMs`. The orders are durable when it resolves,
 * whether or not they were answered.
 */
export const giveOrders = async (
  { log, partitions }: OpenedLog,
  order: UserOrder,
  users: readonly Ordered[],
  waitMs: number,
): Promise<readonly GivenOrder[]> => {
  const clock = systemScheduler();
  const waiting = new Map<string, Ordered>();
  const records = users.map((each) => {
    const orderId = randomUUID();
    waiting.set(orderId, each);
    const writing = { org: each.org, log, partitions, clock, ifMatch: each.ifMatch, orderId };
    return order === "remove"
      ? removeUserCommand(each.userId, writing)
      : toggleUserCommand(each.userId, order === "enable", writing);
  });
  const partitionsOf = [
    ...new Set(users.map(({ org, userId }) => partitionOf(userOrderKey(org, userId), partitions))),
  ];
  const outcomes = await newRecords(log, adminOutcomes, partitionsOf);
  for (let at = 0; at < records.length; at += recordsPerAppend)
    await log.append(records.slice(at, at + recordsPerAppend));
  const answers = new Map<Ordered, AdminOutcome>();
  await outcomes.until(waitMs, ({ value }) => {
    const about = value === null ? undefined : waiting.get(value.orderId);
    if (value !== null && about !== undefined) answers.set(about, value);
    return answers.size === users.length;
  });
  return users.map((each) => {
    const answer = answers.get(each);
    return { ...each, outcome: answer?.outcome ?? null, version: answer?.version ?? null };
  });
};
