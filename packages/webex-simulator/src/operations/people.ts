import { z } from "zod";
import { WebexFault } from "../answers.ts";
import {
  AddressTaken,
  idOfName,
  machineBody,
  type NewPerson,
  personBody,
  type SimulatedPerson,
} from "../organization.ts";
import type { Parts } from "../parts.ts";
import { uuidOfId } from "../webex-id.ts";
import { type Caller, type Operation, operation, pageOf, paging } from "./operation.ts";

/** A page is never longer; a larger `max` is clipped without a word, as the real service does. */
const pageSizeMax = 1_000;
const idsMax = 85;

const flag = z.enum(["true", "false"]);
const address = z.string().regex(/^[^@\s]+@[^@\s]+$/, "is no mail address");

const listQuery = {
  email: z.string().min(3).optional(),
  displayName: z.string().min(1).optional(),
  id: z
    .string()
    .transform((text) => text.split(","))
    .refine((ids) => ids.length <= idsMax, `accepts at most ${idsMax} ids`)
    .optional(),
  orgId: z.string().optional(),
  roles: z.string().optional(),
  callingData: flag.optional(),
  locationId: z.string().optional(),
  excludeStatus: flag.optional(),
  before: z.string().optional(),
  ...paging(100),
};

/** What a person may be created with and changed to. */
export const PersonBody = z.strictObject({
  emails: z.array(address).min(1),
  displayName: z.string().min(1),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  nickName: z.string().optional(),
  title: z.string().optional(),
  department: z.string().optional(),
  orgId: z.string().optional(),
  roles: z.array(z.string()).optional(),
  licenses: z.array(z.string()).optional(),
  siteUrls: z.array(z.string()).optional(),
  loginEnabled: z.boolean().optional(),
});

const withoutPresence = (body: Record<string, unknown>): Record<string, unknown> => {
  const { status: _status, lastActivity: _lastActivity, ...rest } = body;
  return rest;
};

const matches = (
  person: SimulatedPerson,
  query: z.infer<z.ZodObject<typeof listQuery>>,
  uuids: ReadonlySet<string> | undefined,
): boolean =>
  (query.displayName === undefined ||
    person.displayName.toLowerCase().startsWith(query.displayName.toLowerCase())) &&
  (uuids === undefined || uuids.has(person.uuid)) &&
  (query.roles === undefined ||
    query.roles.split(",").every((id) => person.roles?.some((name) => idOfName("ROLE", name) === id)));

const requireAdmin = (caller: Caller): void => {
  if (!caller.isAdmin)
    throw new WebexFault(403, "Only an administrator of the organization may change people.");
};

/** Ids of roles and licences back to names: the names that the organisation has given somebody before. */
const namesOf = (
  parts: Parts,
  kind: "ROLE" | "LICENSE",
  ids: readonly string[] | undefined,
): string[] | undefined =>
  ids?.map((id) => {
    const known = parts.people
      .all()
      .flatMap((person) => (kind === "ROLE" ? person.roles : person.licenses) ?? []);
    const name = known.find((candidate) => idOfName(kind, candidate) === id);
    if (name === undefined) throw new WebexFault(400, `The ${kind.toLowerCase()} ${id} is not known.`);
    return name;
  });

const given = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;

const changeOf = (parts: Parts, body: z.infer<typeof PersonBody>): Partial<NewPerson> => {
  const [email = "", ...aliases] = body.emails;
  return given({
    email,
    aliases,
    displayName: body.displayName,
    firstName: body.firstName,
    lastName: body.lastName,
    nickName: body.nickName,
    title: body.title,
    department: body.department,
    roles: namesOf(parts, "ROLE", body.roles),
    licenses: namesOf(parts, "LICENSE", body.licenses),
    sites: body.siteUrls?.map((site) => site.replace(/#attendee$/, "")),
    loginEnabled: body.loginEnabled,
    modifiedAt: parts.clock.now(),
  }) as Partial<NewPerson>;
};

const refusingTaken = (run: () => SimulatedPerson): SimulatedPerson => {
  try {
    return run();
  } catch (error) {
    if (error instanceof AddressTaken) throw new WebexFault(409, "The email address is already in use.");
    throw error;
  }
};

/** What Webex keeps of a person and the simulator does not. */
const personGaps = [
  "addresses",
  "avatar",
  "extension",
  "locationId",
  "manager",
  "managerId",
  "phoneNumbers",
] as const;

/** A new person has neither a nickname nor a blocked login. */
const NewPersonBody = PersonBody.omit({ nickName: true, loginEnabled: true });

const readers = ["spark:people_read", "spark-admin:people_read", "spark:all"];
const writers = ["spark-admin:people_write"];

const reads = (parts: Parts, personOf: (caller: Caller, id: string) => SimulatedPerson): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/people",
    scopes: readers,
    query: listQuery,
    handle: (call) => {
      const { query, caller } = call;
      const byEmail = query.email === undefined ? undefined : parts.people.byEmail(caller.orgId, query.email);
      const everybody = query.email === undefined ? parts.people.all() : byEmail ? [byEmail] : [];
      const uuids = query.id && new Set(query.id.map((id) => uuidOfId("PEOPLE", id)));
      const found = everybody.filter(
        (person) => person.orgId === caller.orgId && matches(person, query, uuids),
      );
      const { page, headers } = pageOf(call, found, (person) => person.id, pageSizeMax);
      const hidesPresence = query.id !== undefined || query.excludeStatus === "true";
      const items = page.map((person) =>
        hidesPresence ? withoutPresence(personBody(person)) : personBody(person),
      );
      const foundUuids = new Set(found.map(({ uuid }) => uuid));
      const notFoundIds = query.id?.filter((id) => !foundUuids.has(uuidOfId("PEOPLE", id)));
      return { headers, body: { items, ...(notFoundIds && { notFoundIds }) } };
    },
  }),
  operation({
    method: "GET",
    path: "/v1/people/me",
    scopes: readers,
    query: { callingData: flag.optional() },
    handle: ({ caller }) => ({
      body: caller.person ? personBody(caller.person) : machineBody(caller.orgId, caller.token.token),
    }),
  }),
  operation({
    method: "GET",
    path: "/v1/people/:personId",
    scopes: readers,
    query: { callingData: flag.optional() },
    handle: ({ caller, params }) => ({ body: personBody(personOf(caller, params["personId"] ?? "")) }),
  }),
];

/** The People API; a token sees the people of its own organisation only, an administrator changes them. */
export const peopleOperations = (parts: Parts): Operation[] => {
  const personOf = (caller: Caller, id: string): SimulatedPerson => {
    const found = parts.people.byUuid(uuidOfId("PEOPLE", id));
    if (found?.orgId !== caller.orgId) throw new WebexFault(404, "The requested person could not be found.");
    return found;
  };
  return [
    ...reads(parts, personOf),
    operation({
      method: "POST",
      path: "/v1/people",
      scopes: writers,
      query: { callingData: flag.optional(), minResponse: flag.optional() },
      body: NewPersonBody,
      gaps: personGaps,
      handle: ({ caller, body }) => {
        requireAdmin(caller);
        const now = parts.clock.now();
        const made = refusingTaken(() =>
          parts.people.add({
            sites: [],
            ...changeOf(parts, body),
            orgId: caller.orgId,
            email: body.emails[0] ?? "",
            displayName: body.displayName,
            hasSignedIn: false,
            createdAt: now,
          }),
        );
        return { body: personBody(made) };
      },
    }),
    operation({
      method: "PUT",
      path: "/v1/people/:personId",
      scopes: writers,
      query: { callingData: flag.optional(), minResponse: flag.optional(), showAllTypes: flag.optional() },
      body: PersonBody,
      gaps: personGaps,
      handle: ({ caller, body, params }) => {
        requireAdmin(caller);
        const { uuid } = personOf(caller, params["personId"] ?? "");
        return {
          body: personBody(refusingTaken(() => parts.people.update(uuid, changeOf(parts, body)))),
        };
      },
    }),
    operation({
      method: "DELETE",
      path: "/v1/people/:personId",
      scopes: writers,
      handle: ({ caller, params }) => {
        requireAdmin(caller);
        parts.people.remove(personOf(caller, params["personId"] ?? "").uuid);
        return { status: 204 };
      },
    }),
  ];
};
