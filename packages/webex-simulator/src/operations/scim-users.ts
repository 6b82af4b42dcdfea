import { z } from "zod";
import { WebexFault } from "../answers.ts";
import { type SimulatedPerson, timesOf } from "../organization.ts";
import type { Parts } from "../parts.ts";
import { type Caller, type Operation, operation } from "./operation.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const cisco = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User";
const readers = ["identity:people_read", "identity:people_rw"];
const countMax = 1_000;

/** The user as SCIM answers it. */
export const scimUserBody = (person: SimulatedPerson, origin: string): Record<string, unknown> => {
  const { created, lastModified } = timesOf(person);
  const optional = {
    nickName: person.nickName,
    title: person.title,
    preferredLanguage: person.language?.replace("-", "_"),
    timezone: person.timeZone,
    externalId: person.externalId,
  };
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise, cisco],
    id: person.uuid,
    userName: person.email,
    userType: "user",
    active: person.loginEnabled !== false,
    displayName: person.displayName,
    name: {
      ...(person.firstName !== undefined && { givenName: person.firstName }),
      ...(person.lastName !== undefined && { familyName: person.lastName }),
    },
    emails: [person.email, ...(person.aliases ?? [])].map((value, index) => ({
      value,
      type: index === 0 ? "work" : "other",
      primary: index === 0,
    })),
    roles: (person.roles ?? []).map((value) => ({ value, type: "cirole", display: value })),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    ...(person.department !== undefined && { [enterprise]: { department: person.department } }),
    [cisco]: { accountStatus: [person.hasSignedIn === false ? "pending" : "active"] },
    meta: {
      resourceType: "User",
      location: `${origin}/identity/scim/${person.orgId}/v2/Users/${person.uuid}`,
      version: `W/"${Date.parse(lastModified)}"`,
      created,
      lastModified,
    },
  };
};

/** The attributes that the documented table lets a filter name; externalId is not among them. */
const attributes: Readonly<Record<string, (person: SimulatedPerson) => readonly string[]>> = {
  id: (person) => [person.uuid],
  username: (person) => [person.email],
  displayname: (person) => [person.displayName],
  nickname: (person) => (person.nickName === undefined ? [] : [person.nickName]),
  "name.givenname": (person) => (person.firstName === undefined ? [] : [person.firstName]),
  "name.familyname": (person) => (person.lastName === undefined ? [] : [person.lastName]),
  "emails.value": (person) => [person.email, ...(person.aliases ?? [])],
};

const comparisons: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  eq: (value, wanted) => value === wanted,
  sw: (value, wanted) => value.startsWith(wanted),
  ew: (value, wanted) => value.endsWith(wanted),
  co: (value, wanted) => value.includes(wanted),
};

type Predicate = (person: SimulatedPerson) => boolean;

const clause = (text: string): Predicate => {
  const match = /^(?<name>[\w.]+)\s+(?<operator>\w+)\s+(?<wanted>"(?:[^"\\]|\\.)*")$/.exec(text.trim());
  const { name = "", operator = "", wanted = '""' } = match?.groups ?? {};
  const values = attributes[name.toLowerCase()];
  const compare = comparisons[operator.toLowerCase()];
  if (!match) throw new WebexFault(400, `The filter '${text}' could not be read.`);
  if (!values) throw new WebexFault(400, `The filter names '${name}', which cannot be filtered by.`);
  if (!compare)
    throw new WebexFault(501, `The operator '${operator}' is not simulated.`, ["SimulatorNotImplemented"]);
  const lower = (JSON.parse(wanted) as string).toLowerCase();
  return (person) => values(person).some((value) => compare(value.toLowerCase(), lower));
};

/** Splits at a word outside of quotation marks. */
const splitAt = (text: string, word: "and" | "or"): readonly string[] =>
  text.split(new RegExp(`\\s+${word}\\s+(?=(?:[^"]*"[^"]*")*[^"]*$)`, "i"));

const predicateOf = (filter: string): Predicate => {
  if (/[()[\]]/.test(filter.replaceAll(/"(?:[^"\\]|\\.)*"/g, "")))
    throw new WebexFault(501, "Groups in a filter are not simulated.", ["SimulatorNotImplemented"]);
  const any = splitAt(filter, "or").map((part) => splitAt(part, "and").map(clause));
  return (person) => any.some((all) => all.every((each) => each(person)));
};

const sortKeys: Readonly<Record<string, (person: SimulatedPerson) => string>> = {
  id: (person) => person.uuid,
  userName: (person) => person.email.toLowerCase(),
  "meta.lastModified": (person) => timesOf(person).lastModified,
};

const listQuery = {
  filter: z.string().min(1).optional(),
  sortBy: z.enum(["id", "userName", "meta.lastModified"]).default("id"),
  sortOrder: z.enum(["ascending", "descending"]).default("ascending"),
  startIndex: z.coerce.number().int().min(1).default(1),
  count: z.coerce.number().int().min(0).default(100),
};

/** SCIM takes the bare UUID of the caller's organisation. */
export const requireOrganization = (caller: Caller, orgId: string | undefined): void => {
  if (caller.orgId !== orgId)
    throw new WebexFault(403, "The access token does not belong to the organization of the address.");
};

/** SCIM 2 users: list with filter, order and paging, and one by its UUID. */
export const scimUserOperations = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/identity/scim/:orgId/v2/Users",
    scopes: readers,
    query: listQuery,
    gaps: ["attributes", "excludedAttributes", "groupUsageTypes", "includeGroupDetails", "returnGroups"],
    handle: ({ caller, params, query, url }) => {
      requireOrganization(caller, params["orgId"]);
      const isWanted = query.filter === undefined ? () => true : predicateOf(query.filter);
      const key = sortKeys[query.sortBy] ?? ((person: SimulatedPerson) => person.uuid);
      const sign = query.sortOrder === "ascending" ? 1 : -1;
      const found = parts.people
        .all()
        .filter((person) => person.orgId === caller.orgId && person.type !== "bot" && isWanted(person))
        .sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
      const start = query.startIndex - 1;
      const page = found.slice(start, start + Math.min(query.count, countMax));
      return {
        body: {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
          totalResults: found.length,
          itemsPerPage: page.length,
          startIndex: query.startIndex,
          Resources: page.map((person) => scimUserBody(person, url.origin)),
        },
      };
    },
  }),
  operation({
    method: "GET",
    path: "/identity/scim/:orgId/v2/Users/:userId",
    scopes: readers,
    handle: ({ caller, params, url }) => {
      requireOrganization(caller, params["orgId"]);
      const found = parts.people.byUuid(params["userId"] ?? "");
      if (found?.orgId !== caller.orgId) throw new WebexFault(404, "The user could not be found.");
      return { body: scimUserBody(found, url.origin) };
    },
  }),
];
