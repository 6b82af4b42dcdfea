import type { GroupPerson } from "@hybrid/microsoft-graph";
import type { ScimUser, TeamMembership } from "@hybrid/webex";
import { objectIdIn, refusalOf } from "#domain/eligibility";
import type { Call, Input, Refusal, Refused } from "#domain/inputs";
import { knownOf, leftSince, nobodyKnown } from "#domain/known-people";
import { designNumbers } from "#domain/numbers";
import { unless } from "./failed-with.ts";
import type { Clouds } from "./ports.ts";
import { isActive, teamPeople, usersBy } from "./team-people.ts";
import { uuidOf, webexIdOf } from "./webex-ids.ts";

type Order<Kind extends Call["kind"]> = Extract<Call, { readonly kind: Kind }>;
type Follow = Order<"admit" | "expel" | "moderate">;

/** Ids in one outcome. */
const changesMax = 400;
const missingMax = 200;
const extrasMax = 50;

/** What changed in a group since the last look. The first look only finds where the next one starts. */
export const readDelta = async (
  { graph }: Clouds,
  { number, tenantId, groupId, link }: Order<"readDelta">,
  signal: AbortSignal,
): Promise<Input> => {
  const start = link === null ? { groupIds: [groupId] } : { link };
  const told = { admit: new Set<string>(), expel: new Set<string>() };
  const owners = { promote: new Set<string>(), demote: new Set<string>() };
  let [isGone, next]: [boolean, string | null] = [false, null];
  const move = (ids: readonly string[], to: Set<string>, from: Set<string>): void => {
    for (const id of ids) {
      from.delete(id);
      to.add(id);
    }
  };
  for await (const { items, deltaLink } of graph.groups.delta({ tenantId, signal, ...start })) {
    for (const item of items.filter((each) => each.groupId === groupId)) {
      isGone = item.isGone;
      move(item.membersAdded, told.admit, told.expel);
      move(item.membersRemoved, told.expel, told.admit);
      move(item.ownersAdded, owners.promote, owners.demote);
      move(item.ownersRemoved, owners.demote, owners.promote);
    }
    next = deltaLink;
  }
  const count = told.admit.size + told.expel.size + owners.promote.size + owners.demote.size;
  const isTooMuch = link !== null && count > changesMax;
  const list = (ids: ReadonlySet<string>): readonly string[] =>
    link === null || isGone ? [] : [...ids].slice(0, isTooMuch ? changesMax / 4 : changesMax);
  return {
    kind: "deltaRead",
    number,
    link: next,
    isGone,
    isTooMuch,
    admit: list(told.admit),
    expel: list(told.expel),
    promote: list(owners.promote),
    demote: list(owners.demote),
  };
};

/** The people in a group by object id, or null when it is gone. */
const groupPeople = async (
  { graph }: Clouds,
  { tenantId, groupId }: { readonly tenantId: string; readonly groupId: string },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, GroupPerson> | null> => {
  const read = async (): Promise<ReadonlyMap<string, GroupPerson>> => {
    const people = new Map<string, GroupPerson>();
    const pages = graph.groups.listPeople({ tenantId, groupId, what: "members", signal });
    for await (const page of pages) for (const person of page) people.set(person.objectId, person);
    return people;
  };
  return await unless(["notFound"], null, read());
};

/** The Webex user who is linked to an object id, or why there is none. */
const linkedUser = (
  users: readonly ScimUser[],
  objectId: string,
  mailAddress: string | null,
): ScimUser | Refusal => {
  const linked = users.find((user) => objectIdIn(user.externalId) === objectId);
  if (linked !== undefined) return linked;
  const mail = mailAddress?.toLowerCase();
  const sameMail = users.find((user) => user.emails.some(({ value }) => value.toLowerCase() === mail));
  if (sameMail === undefined) return "notInWebex";
  return objectIdIn(sameMail.externalId) === null ? "noExternalId" : "otherExternalId";
};

const usersOf = async (
  { webex }: Clouds,
  orgUuid: string,
  people: readonly GroupPerson[],
  signal: AbortSignal,
): Promise<readonly ScimUser[]> =>
  await usersBy(
    webex,
    orgUuid,
    { attribute: "emails.value", values: people.flatMap(({ mailAddress }) => mailAddress ?? []) },
    signal,
  );

/** Takes people of the group into the team: colleagues with a linked and active account, nobody else. */
export const admit = async (clouds: Clouds, order: Follow, signal: AbortSignal): Promise<Input> => {
  const { number, teamUuid, webexOrgUuid, objectIds } = order;
  const inGroup = await groupPeople(clouds, order, signal);
  if (inGroup === null) return { kind: "groupMissing", number };
  const people = objectIds.flatMap((id) => inGroup.get(id) ?? []);
  const users = await usersOf(clouds, webexOrgUuid, people, signal);
  const done = objectIds.filter((id) => !inGroup.has(id));
  const refused: Refused[] = [];
  for (const { objectId, mailAddress, isGuest } of people) {
    const user = linkedUser(users, objectId, mailAddress);
    const webex =
      typeof user === "string" ? null : { isActive: isActive(user), externalId: user.externalId ?? null };
    const reason =
      refusalOf({ isGuest, webex, personOrgUuid: null, ownOrgUuid: webexOrgUuid }) ??
      (typeof user === "string" ? user : null);
    if (reason !== null || typeof user === "string") {
      const told = reason === "notInWebex" && typeof user === "string" ? user : reason;
      refused.push({ person: objectId, reason: told ?? "notInWebex" });
      continue;
    }
    const membership = { teamId: webexIdOf("TEAM", teamUuid), personId: webexIdOf("PEOPLE", user.id) };
    const joined = await unless(
      ["notFound"],
      "missing" as const,
      unless(["conflict"], null, clouds.webex.createTeamMembership(membership, signal)),
    );
    if (joined === "missing") return { kind: "teamMissing", number };
    done.push(objectId);
  }
  return { kind: "followed", number, call: "admit", done, refused };
};

/** Whose membership of the team belongs to an object id; undefined when nobody's does. */
const membershipOf = async (
  clouds: Clouds,
  { tenantId, webexOrgUuid }: Follow,
  { team, objectId }: { readonly team: readonly TeamMembership[]; readonly objectId: string },
  signal: AbortSignal,
): Promise<TeamMembership | undefined> => {
  const person = await clouds.graph.groups.getPerson({ tenantId, objectId, signal });
  const byMail = person === null ? [] : await usersOf(clouds, webexOrgUuid, [person], signal);
  const linked = byMail.find((user) => objectIdIn(user.externalId) === objectId);
  if (linked !== undefined) return team.find(({ personId }) => uuidOf(personId) === linked.id.toLowerCase());
  // The account is gone, or has another address by now: those who are in the team are looked at.
  for (let at = 0; at < team.length; at += 15) {
    const ids = team.slice(at, at + 15).flatMap(({ personId }) => uuidOf(personId) ?? []);
    const users = await usersBy(clouds.webex, webexOrgUuid, { attribute: "id", values: ids }, signal);
    const found = users.find((user) => objectIdIn(user.externalId) === objectId);
    if (found) return team.find(({ personId }) => uuidOf(personId) === found.id.toLowerCase());
  }
  return undefined;
};

const isLastModerator = (team: readonly TeamMembership[], { id }: TeamMembership): boolean => {
  const moderators = team.filter(({ isModerator }) => isModerator);
  return moderators.length === 1 && moderators[0]?.id === id;
};

/** Changes what people of the group are in the team; the team's last moderator stays one. */
const change = async (
  clouds: Clouds,
  order: Follow,
  how: { readonly apply: (membership: TeamMembership) => Promise<unknown>; readonly endsModerator: boolean },
  signal: AbortSignal,
): Promise<Input> => {
  const { apply, endsModerator } = how;
  const { number, teamUuid, objectIds, kind } = order;
  const done: string[] = [];
  const refused: Refused[] = [];
  for (const objectId of objectIds) {
    // Read again for each: the one before may have been a moderator.
    const team = await unless(["notFound"], null, teamPeople(clouds.webex, teamUuid, signal));
    if (team === null) return { kind: "teamMissing", number };
    const membership = await membershipOf(clouds, order, { team, objectId }, signal);
    if (membership !== undefined && endsModerator && isLastModerator(team, membership)) {
      refused.push({ person: objectId, reason: "lastModerator" });
      continue;
    }
    if (membership !== undefined) await unless(["notFound"], null, apply(membership));
    done.push(objectId);
  }
  return { kind: "followed", number, call: kind, done, refused };
};

/** Takes people out of the team, and so out of all of its spaces. */
export const expel = async (clouds: Clouds, order: Follow, signal: AbortSignal): Promise<Input> =>
  await change(
    clouds,
    order,
    { apply: ({ id }) => clouds.webex.deleteTeamMembership(id, signal), endsModerator: true },
    signal,
  );

/** Makes owners of the group moderators of the team, and others no longer ones. */
export const moderate = async (clouds: Clouds, order: Follow, signal: AbortSignal): Promise<Input> => {
  const { isModerator } = order;
  const set = async (membership: TeamMembership): Promise<void> => {
    if (membership.isModerator === isModerator) return;
    await clouds.webex.updateTeamMembership({ membershipId: membership.id, isModerator }, signal);
  };
  return await change(clouds, order, { apply: set, endsModerator: !isModerator }, signal);
};

/** Compares who is in the group and in the team, by address; who is missing is looked at closely later. */
export const reconcile = async (
  clouds: Clouds,
  { number, teamUuid, tenantId, groupId, after, known = nobodyKnown }: Order<"reconcile">,
  signal: AbortSignal,
): Promise<Input> => {
  const inGroup = await groupPeople(clouds, { tenantId, groupId }, signal);
  if (inGroup === null) return { kind: "groupMissing", number };
  const team = await unless(["notFound"], null, teamPeople(clouds.webex, teamUuid, signal));
  if (team === null) return { kind: "teamMissing", number };
  const addressOf = (text: string | null | undefined): string => (text ?? "").toLowerCase();
  const inTeam = new Set(team.map(({ personEmail }) => addressOf(personEmail)));
  const groupAddresses = new Set([...inGroup.values()].map(({ mailAddress }) => addressOf(mailAddress)));
  const left = [...inGroup.values()]
    .filter(({ objectId, mailAddress }) => objectId > after && !inTeam.has(addressOf(mailAddress)))
    .map(({ objectId }) => objectId)
    .sort();
  const missing = left.slice(0, missingMax);
  const extras =
    after === ""
      ? team
          .filter(({ personEmail }) => !groupAddresses.has(addressOf(personEmail)))
          .slice(0, extrasMax)
          .map(({ personId }) => ({ person: uuidOf(personId) ?? personId, reason: "notInGroup" as const }))
      : [];
  const next = left.length > missing.length ? (missing.at(-1) ?? null) : null;
  return {
    kind: "reconciled",
    number,
    missing,
    extras,
    next,
    left: leftSince(known, inGroup.keys()),
    present: knownOf([...inGroup.keys()], designNumbers.knownMax),
  };
};
