import {
  type CalendarHealth,
  calendarHealth,
  type TopicContract,
  type UserStatus,
  userStatus,
} from "@hybrid/contracts";
import { pagesOf } from "@hybrid/log";
import { closedOpener } from "./keys/opener.ts";
import type { OpenedLog } from "./with-log.ts";

/**
 * Every record of a topic, oldest first within each partition, with what is sealed open as far as it can be;
 * for topics that fit a person's patience.
 */
export async function* recordsOf<Value>(
  { log, partitions, opener = closedOpener() }: OpenedLog,
  topic: TopicContract<Value>,
): AsyncGenerator<{ readonly key: string; readonly value: Value | null }> {
  // What every partition has a copy of is read from the first.
  const count = topic.partitioning === "broadcast" ? 1 : partitions;
  for (let partition = 0; partition < count; partition++)
    for await (const page of pagesOf(log, { topic: topic.name, partition })) {
      const records = page.flatMap(({ key, value }) =>
        key === null ? [] : [{ key, value: value === null ? null : topic.decode(value) }],
      );
      yield* await opener.open(records);
    }
}

/** A user's present state with the user's address. */
export interface UserRow extends UserStatus {
  readonly user: string;
  /** Since when the user's calendar cannot be read although the user is Active, and why; null: it can. */
  readonly calendarUnreadable: { readonly since: number; readonly code: string } | null;
}

const unreadableOf = ({ unreadableSince: since, code }: CalendarHealth): UserRow["calendarUnreadable"] =>
  since === null ? null : { since, code: code ?? "unexpected" };

/** The calendars that cannot be read; none in a log of before that was told. */
const unreadableCalendars = async (
  opened: OpenedLog,
): Promise<ReadonlyMap<string, UserRow["calendarUnreadable"]>> => {
  const latest = new Map<string, UserRow["calendarUnreadable"]>();
  if (!(await opened.log.topics()).some(({ name }) => name === calendarHealth.name)) return latest;
  for await (const { key, value } of recordsOf(opened, calendarHealth))
    latest.set(key, value && unreadableOf(value));
  return latest;
};

/** The present state of every user, in id order; removed ones are left out. */
export const presentUsers = async (opened: OpenedLog): Promise<readonly UserRow[]> => {
  const unreadable = await unreadableCalendars(opened);
  const latest = new Map<string, UserRow>();
  for await (const { key, value } of recordsOf(opened, userStatus)) {
    if (value === null || value.to === "removed") latest.delete(key);
    else latest.set(key, { user: key, ...value, calendarUnreadable: unreadable.get(key) ?? null });
  }
  return [...latest.values()].sort((a, b) => (a.user < b.user ? -1 : 1));
};
