import {
  type CalendarHealth,
  calendarHealth,
  type TopicContract,
  type UserStatus,
  userStatus,
} from "@hybrid/contracts";
import { type Log, pagesOf } from "@hybrid/log";

/** Every record of a topic, oldest first within each partition; for topics that fit a person's patience. */
export async function* recordsOf<Value>(
  log: Log,
  topic: TopicContract<Value>,
  partitions: number,
): AsyncGenerator<{ readonly key: string; readonly value: Value | null }> {
  for (let partition = 0; partition < partitions; partition++)
    for await (const page of pagesOf(log, { topic: topic.name, partition }))
      for (const { key, value } of page)
        if (key !== null) yield { key, value: value === null ? null : topic.decode(value) };
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
  log: Log,
  partitions: number,
): Promise<ReadonlyMap<string, UserRow["calendarUnreadable"]>> => {
  const latest = new Map<string, UserRow["calendarUnreadable"]>();
  if (!(await log.topics()).some(({ name }) => name === calendarHealth.name)) return latest;
  for await (const { key, value } of recordsOf(log, calendarHealth, partitions))
    latest.set(key, value && unreadableOf(value));
  return latest;
};

/** The present state of every user, in id order; removed ones are left out. */
export const presentUsers = async (log: Log, partitions: number): Promise<readonly UserRow[]> => {
  const unreadable = await unreadableCalendars(log, partitions);
  const latest = new Map<string, UserRow>();
  for await (const { key, value } of recordsOf(log, userStatus, partitions)) {
    if (value === null || value.to === "removed") latest.delete(key);
    else latest.set(key, { user: key, ...value, calendarUnreadable: unreadable.get(key) ?? null });
  }
  return [...latest.values()].sort((a, b) => (a.user < b.user ? -1 : 1));
};
