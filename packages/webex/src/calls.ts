import { createLinkedFolder } from "./calls/create-linked-folder.ts";
import { createMeeting } from "./calls/create-meeting.ts";
import { createMembership } from "./calls/create-membership.ts";
import { createMessage } from "./calls/create-message.ts";
import { createPresenceEvent } from "./calls/create-presence-event.ts";
import { createRoom } from "./calls/create-room.ts";
import { createScimUser } from "./calls/create-scim-user.ts";
import { createTeam } from "./calls/create-team.ts";
import { createTeamMembership } from "./calls/create-team-membership.ts";
import { createWebhook } from "./calls/create-webhook.ts";
import { deleteLinkedFolder } from "./calls/delete-linked-folder.ts";
import { deleteMeeting } from "./calls/delete-meeting.ts";
import { deleteMembership } from "./calls/delete-membership.ts";
import { deleteMessage } from "./calls/delete-message.ts";
import { deleteRoom } from "./calls/delete-room.ts";
import { deleteScimUser } from "./calls/delete-scim-user.ts";
import { deleteTeam } from "./calls/delete-team.ts";
import { deleteTeamMembership } from "./calls/delete-team-membership.ts";
import { deleteWebhook } from "./calls/delete-webhook.ts";
import { executeCommand } from "./calls/execute-command.ts";
import { findPerson } from "./calls/find-person.ts";
import { getContent } from "./calls/get-content.ts";
import { getDevice } from "./calls/get-device.ts";
import { getEvent } from "./calls/get-event.ts";
import { getLinkedFolder } from "./calls/get-linked-folder.ts";
import { getMe } from "./calls/get-me.ts";
import { getMeeting } from "./calls/get-meeting.ts";
import { getMembership } from "./calls/get-membership.ts";
import { getMessage } from "./calls/get-message.ts";
import { getPerson } from "./calls/get-person.ts";
import { getPresence } from "./calls/get-presence.ts";
import { getRoom } from "./calls/get-room.ts";
import { getScimUsersPage } from "./calls/get-scim-users-page.ts";
import { getTeam } from "./calls/get-team.ts";
import { getWorkspace } from "./calls/get-workspace.ts";
import { listDevices } from "./calls/list-devices.ts";
import { listEvents } from "./calls/list-events.ts";
import { listLicenses } from "./calls/list-licenses.ts";
import { listLinkedFolders } from "./calls/list-linked-folders.ts";
import { listMeetings } from "./calls/list-meetings.ts";
import { listMemberships } from "./calls/list-memberships.ts";
import { listMessages } from "./calls/list-messages.ts";
import { listPeople } from "./calls/list-people.ts";
import { listRooms } from "./calls/list-rooms.ts";
import { listScimGroupMembers } from "./calls/list-scim-group-members.ts";
import { listScimGroups } from "./calls/list-scim-groups.ts";
import { listScimUsers } from "./calls/list-scim-users.ts";
import { listSites } from "./calls/list-sites.ts";
import { listTeamMemberships } from "./calls/list-team-memberships.ts";
import { listTeams } from "./calls/list-teams.ts";
import { listWebhooks } from "./calls/list-webhooks.ts";
import { listWorkspaces } from "./calls/list-workspaces.ts";
import { patchScimUser } from "./calls/patch-scim-user.ts";
import { getPersonalRoom } from "./calls/personal-room.ts";
import { queryStatus } from "./calls/query-status.ts";
import { updateLinkedFolder } from "./calls/update-linked-folder.ts";
import { updateMeeting } from "./calls/update-meeting.ts";
import { updateMembership } from "./calls/update-membership.ts";
import { updateMessage } from "./calls/update-message.ts";
import { updateRoom } from "./calls/update-room.ts";
import { updateTeam } from "./calls/update-team.ts";
import { updateTeamMembership } from "./calls/update-team-membership.ts";
import { updateWebhook } from "./calls/update-webhook.ts";
import type { Exchange } from "./http/exchange.ts";

const calls = {
  createLinkedFolder,
  createMeeting,
  createMembership,
  createMessage,
  createPresenceEvent,
  createRoom,
  createScimUser,
  createTeam,
  createTeamMembership,
  createWebhook,
  deleteLinkedFolder,
  deleteMeeting,
  deleteMembership,
  deleteMessage,
  deleteRoom,
  deleteScimUser,
  deleteTeam,
  deleteTeamMembership,
  deleteWebhook,
  executeCommand,
  findPerson,
  getContent,
  getDevice,
  getEvent,
  getLinkedFolder,
  getMe,
  getMeeting,
  getMembership,
  getMessage,
  getPerson,
  getPersonalRoom,
  getPresence,
  getRoom,
  getScimUsersPage,
  getTeam,
  getWorkspace,
  listDevices,
  listEvents,
  listLinkedFolders,
  listMeetings,
  listLicenses,
  listMemberships,
  listMessages,
  listPeople,
  listRooms,
  listScimGroupMembers,
  listScimGroups,
  listScimUsers,
  listSites,
  listTeamMemberships,
  listTeams,
  listWebhooks,
  listWorkspaces,
  patchScimUser,
  queryStatus,
  updateLinkedFolder,
  updateMeeting,
  updateMembership,
  updateMessage,
  updateRoom,
  updateTeam,
  updateTeamMembership,
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
