import { type Clock, hours, ProviderError } from "@hybrid/kernel";
import { accountStatusOf, type Person, parseWebexId, type ScimUser, type WebexClient } from "@hybrid/webex";
import type { Call, PageRead, WorkspaceFacts } from "#domain/inputs";
import type { WebexClaim } from "#domain/link";

/** What this service needs of Webex; all of it rejects with ProviderError. */
export type WebexSource = Pick<
  WebexClient,
  "getMe" | "getScimUsersPage" | "listPeople" | "listLicenses" | "listWorkspaces"
>;

/** Users of a page: the People API takes at most 85 ids at once. */
const pageSize = 80;

/** Workspaces of a page; they fit an outcome. */
const workspacesOfPage = 300;

const charactersMax = 320;

const unexpected = (message: string): ProviderError =>
  new ProviderError(message, { code: "unexpected", retryable: false });

const isTrue = (flag: boolean | "true" | "false" | undefined): boolean => flag === true || flag === "true";
const isFalse = (flag: boolean | "true" | "false" | undefined): boolean => flag === false || flag === "false";

/** The id that the People API takes; it compares UUIDs only. */
const personIdOf = (uuid: string): string =>
  Buffer.from(`ciscospark://us/PEOPLE/${uuid}`).toString("base64url");

const claimOf = (
  user: ScimUser,
  person: Person | undefined,
  messagingIds: ReadonlySet<string> | null,
): WebexClaim => {
  const status = accountStatusOf(user);
  const primary = user.emails.find((email) => email.primary)?.value ?? user.userName;
  const externalId = user.externalId?.trim();
  const licenses = person?.licenses;
  return {
    personId: user.id.toLowerCase(),
    mailAddress: primary.slice(0, charactersMax),
    externalId: externalId ? externalId.slice(0, charactersMax) : null,
    active: person ? !isTrue(person.invitePending) : status.length === 0 || status.includes("active"),
    loginAllowed: user.active && !isFalse(person?.loginEnabled),
    messaging:
      messagingIds === null || licenses === undefined ? null : licenses.some((id) => messagingIds.has(id)),
  };
};

/** The licences that allow messaging, asked for once an hour; null when the organisation shows none. */
const messagingLicenses = (webex: WebexSource, clock: Clock) => {
  let known: { readonly until: number; readonly ids: ReadonlySet<string> | null } = { until: 0, ids: null };
  return async (signal: AbortSignal): Promise<ReadonlySet<string> | null> => {
    if (clock.now() < known.until) return known.ids;
    const [all, ids] = [new Set<string>(), new Set<string>()];
    for await (const page of webex.listLicenses({}, signal))
      for (const { id, name } of page.items) {
        all.add(id);
        if (/messag/i.test(name)) ids.add(id);
      }
    known = { until: clock.now() + hours(1), ids: all.size === 0 ? null : ids };
    return known.ids;
  };
};

const organisationOf = async (webex: WebexSource, signal: AbortSignal): Promise<string> => {
  const me = await webex.getMe(signal);
  const org = me.orgId === undefined ? undefined : parseWebexId(me.orgId);
  if (org) return org.uuid;
  throw unexpected("Webex does not say to which organisation the access token belongs");
};

/** What only the People API knows, by UUID. */
const peopleOf = async (
  webex: WebexSource,
  uuids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Person>> => {
  const found = new Map<string, Person>();
  if (uuids.length === 0) return found;
  const filter = { id: uuids.map(personIdOf).join(","), max: uuids.length };
  for await (const page of webex.listPeople(filter, signal))
    for (const person of page.items) {
      const uuid = parseWebexId(person.id)?.uuid;
      if (uuid !== undefined) found.set(uuid, person);
    }
  return found;
};

const newestFirst = { sortBy: "meta.lastModified", sortOrder: "descending" } as const;

const changesOf = (users: readonly ScimUser[]): readonly number[] =>
  users.map(({ meta }) => Date.parse(meta?.lastModified ?? "")).filter((at) => !Number.isNaN(at));

/** The next workspaces that have a Microsoft calendar, in order of their ids. */
const readWorkspaces = async (
  webex: WebexSource,
  after: string | null,
  signal: AbortSignal,
): Promise<PageRead> => {
  const found = new Map<string, WorkspaceFacts>();
  for await (const page of webex.listWorkspaces({ calendar: "microsoft" }, signal))
    for (const { id, calendar } of page.items) {
      const workspaceId = parseWebexId(id)?.uuid;
      const mailAddress = calendar?.emailAddress?.slice(0, charactersMax);
      if (workspaceId !== undefined && mailAddress) found.set(workspaceId, { workspaceId, mailAddress });
    }
  const left = [...found.values()]
    .filter(({ workspaceId }) => after === null || workspaceId > after)
    .sort((a, b) => (a.workspaceId < b.workspaceId ? -1 : 1));
  const workspaces = left.slice(0, workspacesOfPage);
  const next = left.length > workspaces.length ? (workspaces.at(-1)?.workspaceId ?? null) : null;
  return { kind: "workspacesRead", workspaces, next };
};

/** Reads people and workspaces of the organisation of one access token. */
export const createWebexReader = (webex: WebexSource, clock: Clock) => {
  const messaging = messagingLicenses(webex, clock);
  return {
    /** One page of people by SCIM 2, with what only the People API knows of them. */
    readPeople: async (
      { cursor, order }: Extract<Call, { readonly kind: "readWebexPeople" }>,
      signal: AbortSignal,
    ): Promise<PageRead> => {
      const orgUuid = await organisationOf(webex, signal);
      const startIndex = cursor === null ? 1 : Number(cursor);
      const sorting = order === "id" ? ({ sortBy: "id" } as const) : newestFirst;
      const page = await webex.getScimUsersPage({ orgUuid, startIndex, count: pageSize, ...sorting }, signal);
      const ids = await messaging(signal);
      const uuids = page.items.map(({ id }) => id.toLowerCase());
      const people = await peopleOf(webex, uuids, signal);
      const changes = changesOf(page.items);
      return {
        kind: "webexPageRead",
        people: page.items.map((user) => claimOf(user, people.get(user.id.toLowerCase()), ids)),
        unusable: page.unusable.length,
        next: page.nextIndex === null ? null : String(page.nextIndex),
        newest: changes.length === 0 ? null : Math.max(...changes),
        oldest: changes.length === 0 ? null : Math.min(...changes),
      };
    },

    readWorkspaces: ({ after }: Extract<Call, { readonly kind: "readWorkspaces" }>, signal: AbortSignal) =>
      readWorkspaces(webex, after, signal),
  };
};
