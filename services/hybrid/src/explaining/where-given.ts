import {
  type MeetingRules,
  meetingRules,
  meetingRulesKey,
  type OrganisationSettings,
  tenantStatus,
  userStatus,
} from "@hybrid/contracts";
import type { Given } from "@hybrid/decorator";
import { actorIdOf, type OrgId, orgOf } from "@hybrid/kernel";
import { fileGiven, orgGiven, refused } from "../given.ts";
import { mustKnowOrg } from "../known.ts";
import { oneOf } from "../users/one-of.ts";
import { presentPeople } from "../users/people-view.ts";
import { recordsOf } from "../users-view.ts";
import { type OpenedLog, withLog } from "../with-log.ts";
import { eventFetched } from "./fetched-event.ts";
import { readGiven } from "./given-event.ts";

/** The flags that say where an event is, and whose rules and settings it is judged by. */
export interface WhereFlags {
  readonly data: string;
  /** A user, whose mailbox Graph is asked for the event; a file when left out. */
  readonly user?: string;
  /** The tenant of a user who is named by object id; else the log knows the user. */
  readonly tenant?: string;
  /** Of the user; of a file whose rules and settings count. */
  readonly org?: string;
  /** A document of rules instead of those of the organisation. */
  readonly rules?: string;
}

/** What was given, with what the log knows of the organisation. */
export interface Found {
  readonly given: Given;
  /** The organisation's document of rules, as text; null: none, or nobody said whose. */
  readonly rules: string | null;
  /** Null: nobody said whose, or the organisation has tenants with different ones. */
  readonly settings: OrganisationSettings | null;
}

/** An organisation's rules as they were published last; null: never. */
export const rulesInForce = async (opened: OpenedLog, org: OrgId): Promise<MeetingRules | null> => {
  // A log of an older release has no such topic.
  if (!(await opened.log.topics()).some(({ name }) => name === meetingRules.name)) return null;
  const wanted = meetingRulesKey(org);
  let latest: MeetingRules | null = null;
  for await (const { key, value } of recordsOf(opened, meetingRules)) if (key === wanted) latest = value;
  return latest;
};

/** The settings that all tenants of an organisation share; null when they differ, or there is none. */
const sharedSettings = async (opened: OpenedLog, org: OrgId): Promise<OrganisationSettings | null> => {
  const byTenant = new Map<string, OrganisationSettings>();
  for await (const { key, value } of recordsOf(opened, tenantStatus))
    if (value !== null && orgOf(actorIdOf(key)) === org) byTenant.set(key, value.settings);
  const [first, ...others] = [...byTenant.values()];
  const same = others.every((settings) => JSON.stringify(settings) === JSON.stringify(first));
  return first !== undefined && same ? first : null;
};

/** The event of a user whom the log knows. */
const eventOfUser = async (eventId: string, user: string, { data, org }: WhereFlags): Promise<Found> => {
  const { row, rules } = await withLog(data, userStatus.name, async (opened) => {
    const found = oneOf(await presentPeople(opened), user, org);
    const inForce = await rulesInForce(opened, orgOf(actorIdOf(found.user)));
    return { row: found, rules: inForce?.document ?? null };
  });
  const event = await eventFetched(eventId, { tenant: row.tenantId, user: row.objectId });
  return { given: { kind: "event", event }, rules, settings: row.status?.settings ?? null };
};

const found = async (fileOrId: string, flags: WhereFlags): Promise<Found> => {
  const { user, tenant, org, data } = flags;
  if (user !== undefined && tenant !== undefined) {
    const event = await eventFetched(fileOrId, { tenant, user });
    return { given: { kind: "event", event }, rules: null, settings: null };
  }
  if (user !== undefined) return eventOfUser(fileOrId, user, flags);
  if (tenant !== undefined) throw refused("--tenant", "give --user too, for an event of a mailbox");
  const given = await readGiven(fileOrId);
  if (org === undefined) return { given, rules: null, settings: null };
  const id = orgGiven(org);
  return await withLog(data, tenantStatus.name, async (opened) => {
    await mustKnowOrg(opened, id);
    const inForce = await rulesInForce(opened, id);
    return { given, rules: inForce?.document ?? null, settings: await sharedSettings(opened, id) };
  });
};

/**
 * What is to be explained: a file, or an event of a mailbox by its id, with the rules and settings that the
 * log has for it. Rules of a file go before those. Throws ConfigError that says what to give instead.
 */
export const whereGiven = async (fileOrId: string, flags: WhereFlags): Promise<Found> => {
  const all = await found(fileOrId, flags);
  return flags.rules === undefined ? all : { ...all, rules: await fileGiven(flags.rules, "--rules") };
};
