import { accountStatusOf, type ScimUser, type TeamMembership } from "@hybrid/webex";
import { objectIdIn, refusalOf } from "#domain/eligibility";
import type { FoundPerson } from "#domain/inputs";
import type { WebexPorts } from "./ports.ts";
import { uuidOf, webexIdOf } from "./webex-ids.ts";

/** Whether somebody has signed in to Webex and may still do so. */
export const isActive = (user: ScimUser): boolean =>
  user.active && !accountStatusOf(user).some((status) => status.toLowerCase() === "pending");

/** Bots have accounts of no organisation and are nobody's colleague. */
const isBot = ({ personEmail }: TeamMembership): boolean => /@webex\.bot$/i.test(personEmail ?? "");

/** Who is in a team, bots and the service's own account left out. */
export const teamPeople = async (
  webex: WebexPorts,
  teamUuid: string,
  signal: AbortSignal,
): Promise<readonly TeamMembership[]> => {
  const own = uuidOf((await webex.getMe(signal)).id);
  const all: TeamMembership[] = [];
  for await (const { items } of webex.listTeamMemberships(
    { teamId: webexIdOf("TEAM", teamUuid), max: 1_000 },
    signal,
  ))
    all.push(...items);
  return all.filter((one) => !isBot(one) && uuidOf(one.personId) !== own);
};

const scimText = (text: string): string => JSON.stringify(text);

/** The users of the organisation that a filter of the form `<attribute> eq <one of values>` finds. */
export const usersBy = async (
  webex: WebexPorts,
  orgUuid: string,
  wanted: { readonly attribute: "id" | "emails.value"; readonly values: readonly string[] },
  signal: AbortSignal,
): Promise<readonly ScimUser[]> => {
  const { attribute, values } = wanted;
  if (values.length === 0) return [];
  const filter = values.map((value) => `${attribute} eq ${scimText(value)}`).join(" or ");
  const users: ScimUser[] = [];
  for await (const { items } of webex.listScimUsers({ orgUuid, filter }, signal)) users.push(...items);
  return users;
};

/** Moderators first, then by id: a look at the next people goes on behind the last one's key. */
const keyOf = ({ isModerator, personId }: TeamMembership): string =>
  `${isModerator ? 0 : 1}${uuidOf(personId) ?? personId}`;

/** The next people of a team, with the Entra account that each is linked to, or why there is none. */
export const readPeople = async (
  webex: WebexPorts,
  look: {
    readonly teamUuid: string;
    readonly webexOrgUuid: string;
    readonly after: string;
    readonly limit: number;
  },
  signal: AbortSignal,
): Promise<{ readonly people: readonly FoundPerson[]; readonly next: string | null }> => {
  const all = (await teamPeople(webex, look.teamUuid, signal))
    .map((membership) => ({ membership, key: keyOf(membership) }))
    .filter(({ key }) => key > look.after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = all.slice(0, look.limit);
  const ids = page.flatMap(({ membership }) => uuidOf(membership.personId) ?? []);
  const users = await usersBy(webex, look.webexOrgUuid, { attribute: "id", values: ids }, signal);
  const people = page.map(({ membership }): FoundPerson => {
    const personUuid = uuidOf(membership.personId) ?? membership.personId;
    const user = users.find(({ id }) => id.toLowerCase() === personUuid);
    const refusal = refusalOf({
      isGuest: null,
      webex: user === undefined ? null : { isActive: isActive(user), externalId: user.externalId ?? null },
      personOrgUuid: uuidOf(membership.personOrgId) ?? null,
      ownOrgUuid: look.webexOrgUuid,
    });
    const objectId = refusal === null ? objectIdIn(user?.externalId) : null;
    return { personUuid, isModerator: membership.isModerator, objectId, refusal };
  });
  return { people, next: all.length > page.length ? (page.at(-1)?.key ?? null) : null };
};
