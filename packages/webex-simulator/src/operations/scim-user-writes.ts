import { z } from "zod";
import { checked, WebexFault } from "../answers.ts";
import { AddressTaken, type NewPerson, type SimulatedPerson } from "../organization.ts";
import type { Parts } from "../parts.ts";
import { type Caller, type Operation, operation } from "./operation.ts";
import { changesOf, PatchBody } from "./scim-patch.ts";
import { requireOrganization, scimUserBody } from "./scim-users.ts";

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const writers = ["identity:people_rw"];
const usersPath = "/identity/scim/:orgId/v2/Users";

const mail = z.string().regex(/^[^@\s]+@[^@\s]+$/, "is no mail address");

/** A user to be made. */
export const ScimUserBody = z.strictObject({
  schemas: z.array(z.string()).refine((names) => names.includes(core), `must hold ${core}`),
  userName: mail,
  userType: z.literal("user"),
  title: z.string().optional(),
  active: z.boolean().default(true),
  preferredLanguage: z.string().optional(),
  timezone: z.string().optional(),
  externalId: z.string().optional(),
  displayName: z.string().min(1).optional(),
  nickName: z.string().optional(),
  name: z.looseObject({ givenName: z.string().optional(), familyName: z.string().optional() }).optional(),
  emails: z.array(z.looseObject({ value: mail, primary: z.boolean().optional() })).optional(),
  [enterprise]: z.looseObject({ department: z.string().optional() }).optional(),
});

const gaps = [
  "addresses",
  "locale",
  "phoneNumbers",
  "photos",
  "profileUrl",
  "roles",
  "urn:scim:schemas:extension:cisco:webexidentity:2.0:User",
];

const given = (person: Readonly<Record<string, unknown>>): Partial<NewPerson> =>
  Object.fromEntries(Object.entries(person).filter(([, value]) => value !== undefined));

const refusingTaken = (run: () => SimulatedPerson): SimulatedPerson => {
  try {
    return run();
  } catch (error) {
    if (error instanceof AddressTaken) throw new WebexFault(409, "The userName is already in use.");
    throw error;
  }
};

/** What a change by SCIM may name, and which property of a person that is. */
const changeable: Readonly<Record<string, readonly [keyof NewPerson, z.ZodType]>> = {
  username: ["email", mail],
  displayname: ["displayName", z.string().min(1)],
  nickname: ["nickName", z.string().optional()],
  title: ["title", z.string().optional()],
  timezone: ["timeZone", z.string().optional()],
  preferredlanguage: ["language", z.string().optional()],
  externalid: ["externalId", z.string().optional()],
  active: ["loginEnabled", z.boolean()],
  "name.givenname": ["firstName", z.string().optional()],
  "name.familyname": ["lastName", z.string().optional()],
};

const personChange = (body: z.infer<typeof PatchBody>): Partial<NewPerson> =>
  Object.fromEntries(
    changesOf(body).map(([path, value]) => {
      const [property, schema] = changeable[path.toLowerCase()] ?? [];
      if (property === undefined || schema === undefined)
        throw new WebexFault(501, `A change of '${path}' is not simulated.`, ["SimulatorNotImplemented"]);
      return [property, checked(schema, value)];
    }),
  );

const userOf = (parts: Parts, caller: Caller, params: Readonly<Record<string, string>>): SimulatedPerson => {
  requireOrganization(caller, params["orgId"]);
  if (!caller.isAdmin) throw new WebexFault(403, "Only an administrator may change users.");
  const found = parts.people.byUuid(params["userId"] ?? "");
  if (found?.orgId !== caller.orgId) throw new WebexFault(404, "The user could not be found.");
  return found;
};

const creation = (parts: Parts): Operation =>
  operation({
    method: "POST",
    path: usersPath,
    scopes: writers,
    body: ScimUserBody,
    gaps,
    handle: ({ caller, params, body, url }) => {
      requireOrganization(caller, params["orgId"]);
      if (!caller.isAdmin) throw new WebexFault(403, "Only an administrator may change users.");
      const aliases = (body.emails ?? [])
        .map(({ value }) => value)
        .filter((value) => value !== body.userName);
      const names = [body.name?.givenName, body.name?.familyName].filter((name) => name !== undefined);
      const made = refusingTaken(() =>
        parts.people.add({
          ...given({
            title: body.title,
            timeZone: body.timezone,
            language: body.preferredLanguage,
            externalId: body.externalId,
            nickName: body.nickName,
            firstName: body.name?.givenName,
            lastName: body.name?.familyName,
            department: body[enterprise]?.department,
          }),
          orgId: caller.orgId,
          email: body.userName,
          aliases,
          displayName: body.displayName ?? (names.join(" ") || body.userName),
          sites: [],
          hasSignedIn: false,
          loginEnabled: body.active,
          createdAt: parts.clock.now(),
        }),
      );
      return { status: 201, body: scimUserBody(made, url.origin) };
    },
  });

/** SCIM 2 users: made, changed and removed by administrators and service apps. */
export const scimUserWrites = (parts: Parts): Operation[] => [
  creation(parts),
  operation({
    method: "PATCH",
    path: `${usersPath}/:userId`,
    scopes: writers,
    body: PatchBody,
    handle: ({ caller, params, body, url }) => {
      const { uuid } = userOf(parts, caller, params);
      const change = { ...personChange(body), modifiedAt: parts.clock.now() };
      const changed = refusingTaken(() => parts.people.update(uuid, change));
      return { body: scimUserBody(changed, url.origin) };
    },
  }),
  operation({
    method: "DELETE",
    path: `${usersPath}/:userId`,
    scopes: writers,
    handle: ({ caller, params }) => {
      parts.people.remove(userOf(parts, caller, params).uuid);
      return { status: 204 };
    },
  }),
];
