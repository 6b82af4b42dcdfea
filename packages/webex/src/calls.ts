import { createMessage } from "./calls/create-message.ts";
import { createWebhook } from "./calls/create-webhook.ts";
import { deleteWebhook } from "./calls/delete-webhook.ts";
import { executeCommand } from "./calls/execute-command.ts";
import { findPerson } from "./calls/find-person.ts";
import { getContent } from "./calls/get-content.ts";
import { getDevice } from "./calls/get-device.ts";
import { getMe } from "./calls/get-me.ts";
import { getMembership } from "./calls/get-membership.ts";
import { getMessage } from "./calls/get-message.ts";
import { getPerson } from "./calls/get-person.ts";
import { getRoom } from "./calls/get-room.ts";
import { getTeam } from "./calls/get-team.ts";
import { getWorkspace } from "./calls/get-workspace.ts";
import { listDevices } from "./calls/list-devices.ts";
import { listEvents } from "./calls/list-events.ts";
import { listMemberships } from "./calls/list-memberships.ts";
import { listMessages } from "./calls/list-messages.ts";
import { listPeople } from "./calls/list-people.ts";
import { listRooms } from "./calls/list-rooms.ts";
import { listScimUsers } from "./calls/list-scim-users.ts";
import { listSites } from "./calls/list-sites.ts";
import { listTeamMemberships } from "./calls/list-team-memberships.ts";
import { listTeams } from "./calls/list-teams.ts";
import { listWebhooks } from "./calls/list-webhooks.ts";
import { listWorkspaces } from "./calls/list-workspaces.ts";
import { getPersonalRoom } from "./calls/personal-room.ts";
import { queryStatus } from "./calls/query-status.ts";
import { updateWebhook } from "./calls/update-webhook.ts";
import type { Exchange } from "./http/exchange.ts";

const calls = {
  createMessage,
  createWebhook,
  deleteWebhook,
  executeCommand,
  findPerson,
  getContent,
  getDevice,
  getMe,
  getMembership,
  getMessage,
  getPerson,
  getPersonalRoom,
  getRoom,
  getTeam,
  getWorkspace,
  listDevices,
  listEvents,
  listMemberships,
  listMessages,
  listPeople,
  listRooms,
  listScimUsers,
  listSites,
  listTeamMemberships,
  listTeams,
  listWebhooks,
  listWorkspaces,
  queryStatus,
  updateWebhook,
};

type Calls = typeof calls;
type Bound<Call> = Call extends (exchange: Exchange, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Every call of this package; each is described in the file of its name. */
export type WebexCalls = { readonly [Name in keyof Calls]: Bound<Calls[Name]> };

/** The calls, sent by `exchange`. */
export const bindCalls = (exchange: Exchange): WebexCalls =>
  Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      (...rest: readonly unknown[]) => (call as (...all: readonly unknown[]) => unknown)(exchange, ...rest),
    ]),
  ) as unknown as WebexCalls;
