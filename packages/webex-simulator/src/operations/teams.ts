import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import { membershipKey, teamBody, teamMembershipBody } from "../spaces/bodies.ts";
import { actorOf, membershipOf, personOf, teamOf } from "./access.ts";
import { type Operation, operation, pageOf, paging } from "./operation.ts";

const sizeMax = 1_000;
const readers = ["spark:teams_read", "spark-compliance:teams_read", "spark:all"];
const writers = ["spark:teams_write", "spark:all"];
const memberReaders = ["spark:team_memberships_read", "spark-compliance:team_memberships_read", "spark:all"];
const memberWriters = [
  "spark:team_memberships_write",
  "spark-compliance:team_memberships_write",
  "spark:all",
];

/** What a team may be created with and changed to. */
export const TeamBody = z.strictObject({ name: z.string().min(1), description: z.string().optional() });

/** What adds somebody to a team. */
export const TeamMembershipBody = z.strictObject({
  teamId: z.string(),
  personId: z.string().optional(),
  personEmail: z.string().optional(),
  isModerator: z.boolean().optional(),
});

/** What of a team membership may change. */
export const TeamMembershipChange = z.strictObject({ isModerator: z.boolean() });

const requireTeamModerator = (parts: Parts, uuid: string, callerUuid: string, isOfficer: boolean): void => {
  if (isOfficer || parts.spaces.membership(uuid, callerUuid)?.isModerator) return;
  throw new WebexFault(403, "Only a moderator of the team may do this.");
};

const teams = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/teams",
    scopes: readers,
    query: paging(100),
    // Teams of the caller alone, whatever the scope: a compliance officer finds others by id only.
    handle: (call) => {
      const found = [...parts.spaces.teams.values()].filter((team) =>
        parts.spaces.membership(team.uuid, call.caller.uuid),
      );
      const { page, headers } = pageOf(call, found, (team) => team.uuid, sizeMax);
      return { headers, body: { items: page.map(teamBody) } };
    },
  }),
  operation({
    method: "POST",
    path: "/v1/teams",
    scopes: writers,
    body: TeamBody,
    handle: ({ caller, body }) => ({
      body: teamBody(parts.spaces.createTeam(actorOf(caller), body.name, body.description)),
    }),
  }),
  operation({
    method: "GET",
    path: "/v1/teams/:teamId",
    scopes: readers,
    query: { description: z.string().optional() },
    handle: ({ caller, params }) => ({ body: teamBody(teamOf(parts, caller, params["teamId"]).team) }),
  }),
  operation({
    method: "PUT",
    path: "/v1/teams/:teamId",
    scopes: writers,
    body: TeamBody,
    handle: ({ caller, params, body }) => {
      const { team, general } = teamOf(parts, caller, params["teamId"]);
      requireTeamModerator(parts, team.uuid, caller.uuid, false);
      team.description = body.description ?? team.description;
      parts.spaces.updateRoom(caller.uuid, general, { title: body.name });
      return { body: teamBody(team) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/v1/teams/:teamId",
    scopes: writers,
    handle: ({ caller, params }) => {
      const { team } = teamOf(parts, caller, params["teamId"]);
      requireTeamModerator(parts, team.uuid, caller.uuid, false);
      parts.spaces.removeTeam(caller.uuid, team);
      return { status: 204 };
    },
  }),
];

const memberships = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/team/memberships",
    scopes: memberReaders,
    query: { teamId: z.string(), ...paging(100) },
    handle: (call) => {
      const { general } = teamOf(parts, call.caller, call.query.teamId);
      const { page, headers } = pageOf(call, parts.spaces.membersOf(general), membershipKey, sizeMax);
      return { headers, body: { items: page.map(teamMembershipBody) } };
    },
  }),
  operation({
    method: "POST",
    path: "/v1/team/memberships",
    scopes: memberWriters,
    body: TeamMembershipBody,
    handle: ({ caller, body }) => {
      const { general } = teamOf(parts, caller, body.teamId);
      requireTeamModerator(parts, general.uuid, caller.uuid, caller.isOfficer);
      const person = personOf(parts, body);
      return {
        body: teamMembershipBody(
          parts.spaces.addMember(caller.uuid, general, person, {
            isModerator: body.isModerator ?? false,
            isThroughTeam: true,
          }),
        ),
      };
    },
  }),
  operation({
    method: "GET",
    path: "/v1/team/memberships/:membershipId",
    scopes: memberReaders,
    handle: ({ caller, params }) => ({
      body: teamMembershipBody(membershipOf(parts, caller, "TEAM_MEMBERSHIP", params["membershipId"])),
    }),
  }),
];

const membershipChanges = (parts: Parts): Operation[] => [
  operation({
    method: "PUT",
    path: "/v1/team/memberships/:membershipId",
    scopes: memberWriters,
    body: TeamMembershipChange,
    handle: ({ caller, params, body }) => {
      const found = membershipOf(parts, caller, "TEAM_MEMBERSHIP", params["membershipId"]);
      requireTeamModerator(parts, found.room.uuid, caller.uuid, caller.isOfficer);
      parts.spaces.updateMember(caller.uuid, found, body, true);
      return { body: teamMembershipBody(found) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/v1/team/memberships/:membershipId",
    scopes: memberWriters,
    handle: ({ caller, params }) => {
      const found = membershipOf(parts, caller, "TEAM_MEMBERSHIP", params["membershipId"]);
      if (found.person.uuid !== caller.uuid)
        requireTeamModerator(parts, found.room.uuid, caller.uuid, caller.isOfficer);
      parts.spaces.removeMember(caller.uuid, found, true);
      return { status: 204 };
    },
  }),
];

/** Teams and who is in them; the General room has the team's UUID and its members. */
export const teamOperations = (parts: Parts): Operation[] => [
  ...teams(parts),
  ...memberships(parts),
  ...membershipChanges(parts),
];
