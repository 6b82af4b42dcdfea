import {
  type PeopleFinding,
  peopleFindings,
  type UserDirectoryEntry,
  type UserState,
  userDirectory,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, entityOf, orgOf } from "@hybrid/kernel";
import { presentUsers, recordsOf, type UserRow } from "../users-view.ts";
import type { OpenedLog } from "../with-log.ts";

/** A user as an administrator sees one: what the directory knows, and what became of it. */
export interface PersonRow {
  /** `<org>/u-<user>` */
  readonly user: string;
  readonly state: UserState;
  /** Why the user is in Error or Not activated; null when there is nothing to explain. */
  readonly reason: string | null;
  readonly mailAddress: string;
  readonly tenantId: string;
  readonly objectId: string;
  readonly entry: UserDirectoryEntry | null;
  readonly status: UserRow | null;
}

/** Who is wanted but kept back is told why; user-state alone would call the user disabled. */
const rowOf = (user: string, entry: UserDirectoryEntry | null, status: UserRow | null): PersonRow => {
  const about = entry ?? status;
  const isKeptBack = entry !== null && entry.wanted && entry.obstacles.length > 0;
  const state = isKeptBack ? "notActivated" : (status?.to ?? (entry?.enabled ? "notActivated" : "disabled"));
  const reason = isKeptBack ? entry.obstacles.join(", ") : (status?.reason ?? null);
  return {
    user,
    state,
    reason: reason ?? (status === null && entry?.enabled ? "pending" : null),
    mailAddress: about?.mailAddress ?? "",
    tenantId: about?.tenantId ?? "",
    objectId: about?.objectId ?? "",
    entry,
    status,
  };
};

const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

/** Why the user is in Error or Not activated; of an Active one, since when the calendar cannot be read. */
export const remarkOf = (
  reason: string | null,
  status: Pick<UserRow, "to" | "calendarUnreadable"> | null,
): string => {
  const calendar = status?.to === "active" ? status.calendarUnreadable : null;
  return calendar
    ? `calendar not readable since ${minute(calendar.since)} (${calendar.code})`
    : (reason ?? "");
};

/** Every user of the log, in id order; removed ones are left out. */
export const presentPeople = async (opened: OpenedLog): Promise<readonly PersonRow[]> => {
  const entries = new Map<string, UserDirectoryEntry | null>();
  for await (const { key, value } of recordsOf(opened, userDirectory))
    entries.set(key, value === null || value.removed ? null : value);
  const statuses = new Map((await presentUsers(opened)).map((row) => [row.user, row]));
  // Whom the directory has removed user-state may have to part with still.
  const users = new Set([...entries].flatMap(([user, entry]) => (entry ? [user] : [])));
  for (const user of statuses.keys()) if (!entries.has(user)) users.add(user);
  return [...users].sort().map((user) => rowOf(user, entries.get(user) ?? null, statuses.get(user) ?? null));
};

/** A finding and the key that names what it is about. */
export interface FindingRow extends PeopleFinding {
  /** `<org>/o/object-...`, `<org>/o/webex-...` or `<org>/o/workspace-...` */
  readonly about: string;
}

/** What is wrong at present with what the sources say; none in a log of before that was told. */
export const presentFindings = async (opened: OpenedLog): Promise<readonly FindingRow[]> => {
  if (!(await opened.log.topics()).some(({ name }) => name === peopleFindings.name)) return [];
  const latest = new Map<string, FindingRow>();
  for await (const { key, value } of recordsOf(opened, peopleFindings))
    if (value === null) latest.delete(key);
    else latest.set(key, { about: key, ...value });
  return [...latest.values()].sort((a, b) => (a.about < b.about ? -1 : 1));
};

/** Which users are meant. */
export interface PeopleFilter {
  readonly org?: string;
  readonly state?: UserState;
  readonly tenant?: string;
  /** Part of an address, in any case. */
  readonly address?: string;
  /** An error code or an obstacle. */
  readonly reason?: string;
  readonly resourceGroup?: string;
}

/** Codes of what is wrong, in small letters. */
const reasonsOf = ({ reason, status }: PersonRow): readonly string[] =>
  remarkOf(reason, status)
    .toLowerCase()
    .split(/[ ,()]+/);

/** Whether a user is meant. */
export const isMeant = (row: PersonRow, filter: PeopleFilter): boolean => {
  const { org, state, tenant, address, reason, resourceGroup } = filter;
  return (
    (org === undefined || orgOf(actorIdOf(row.user)) === org) &&
    (state === undefined || row.state === state) &&
    (tenant === undefined || row.tenantId === tenant) &&
    (address === undefined || row.mailAddress.toLowerCase().includes(address.toLowerCase())) &&
    (reason === undefined || reasonsOf(row).includes(reason.toLowerCase())) &&
    (resourceGroup === undefined || row.entry?.connector?.resourceGroup === resourceGroup)
  );
};

/** The part of an id by which orders name the user. */
export const userIdOf = (user: ActorId | string): string => entityOf(actorIdOf(user)).slice("u-".length);
