export { type AuthorizationRequest, authorizationUrl, exchangeCode } from "./auth/authorization.ts";
export type { RedisTokensLogger } from "./auth/redis-asking.ts";
export { openRedisTokens, type RedisTokens, type RedisTokensOptions } from "./auth/redis-tokens.ts";
export { type RefreshRequest, refreshCall } from "./auth/refresh-token.ts";
export {
  createRefreshingToken,
  type RefreshingTokenOptions,
  type StoredTokens,
  type TokenStore,
} from "./auth/refreshing-token.ts";
export { type ServiceApp, serviceAppToken } from "./auth/service-app-token.ts";
export type { Issued } from "./auth/token-answer.ts";
export type { TokenEndpointOptions } from "./auth/token-endpoint.ts";
export { openTokenFile, type TokenFile } from "./auth/token-file.ts";
export type { NewLinkedFolder } from "./calls/create-linked-folder.ts";
export type { CreateMeeting, MeetingInvitee, MeetingOptions } from "./calls/create-meeting.ts";
export type { CreateMembership } from "./calls/create-membership.ts";
export { type AdaptiveCard, adaptiveCardType, type CreateMessage } from "./calls/create-message.ts";
export type { CreatePresenceEvent } from "./calls/create-presence-event.ts";
export type { CreateRoom } from "./calls/create-room.ts";
export type { CreateScimUser } from "./calls/create-scim-user.ts";
export type { CreateTeam } from "./calls/create-team.ts";
export type { CreateTeamMembership } from "./calls/create-team-membership.ts";
export type { CreateWebhook } from "./calls/create-webhook.ts";
export type { DeleteMeeting } from "./calls/delete-meeting.ts";
export type { CommandResult, ExecuteCommand } from "./calls/execute-command.ts";
export type { WebexPerson } from "./calls/find-person.ts";
export type { Content, GetContent } from "./calls/get-content.ts";
export type { PresenceSubject } from "./calls/get-presence.ts";
export type { ScimUsersPage, ScimUsersPageRequest } from "./calls/get-scim-users-page.ts";
export type { DeviceFilter } from "./calls/list-devices.ts";
export type { EventFilter } from "./calls/list-events.ts";
export { License } from "./calls/list-licenses.ts";
export type { MeetingFilter } from "./calls/list-meetings.ts";
export type { MembershipFilter } from "./calls/list-memberships.ts";
export type { MessageFilter } from "./calls/list-messages.ts";
export type { PeopleFilter } from "./calls/list-people.ts";
export type { RoomFilter } from "./calls/list-rooms.ts";
export type { ScimGroupFilter } from "./calls/list-scim-group-members.ts";
export type { ScimUserFilter } from "./calls/list-scim-users.ts";
export type { WebexSite } from "./calls/list-sites.ts";
export type { TeamMembershipFilter } from "./calls/list-team-memberships.ts";
export type { TeamFilter } from "./calls/list-teams.ts";
export type { WebhookFilter } from "./calls/list-webhooks.ts";
export type { WorkspaceFilter } from "./calls/list-workspaces.ts";
export type { PatchScimUser } from "./calls/patch-scim-user.ts";
export type { PersonalRoom, PersonalRoomRequest } from "./calls/personal-room.ts";
export type { QueryStatus, StatusResult } from "./calls/query-status.ts";
export type { UpdateMeeting } from "./calls/update-meeting.ts";
export type { UpdateMembership } from "./calls/update-membership.ts";
export type { UpdateMessage } from "./calls/update-message.ts";
export type { UpdateRoom } from "./calls/update-room.ts";
export type { UpdateTeam } from "./calls/update-team.ts";
export type { UpdateTeamMembership } from "./calls/update-team-membership.ts";
export type { UpdateWebhook } from "./calls/update-webhook.ts";
export {
  createWebexClient,
  openWebexDispatcher,
  type WebexClient,
  type WebexClientOptions,
} from "./client.ts";
export type { WebexMetrics, WebexRequestReport } from "./http/exchange.ts";
export type { Page } from "./http/pages.ts";
export { defaultWebexLimits, type WebexLimits } from "./http/webex-limits.ts";
export { parseWebexId, sameWebexId, type WebexId } from "./ids/webex-id.ts";
export { WebexEvent } from "./models/event.ts";
export { LinkedFolder } from "./models/linked-folder.ts";
export { Meeting } from "./models/meeting.ts";
export { Membership, TeamMembership } from "./models/membership.ts";
export { Message } from "./models/message.ts";
export { Person } from "./models/person.ts";
export { PresenceComposition } from "./models/presence.ts";
export { isGeneralRoom, Room } from "./models/room.ts";
export { ScimGroup, ScimMember } from "./models/scim-group.ts";
export { accountStatusOf, ScimUser } from "./models/scim-user.ts";
export { Team } from "./models/team.ts";
export { Webhook } from "./models/webhook.ts";
export { Device, Workspace } from "./models/workspace.ts";
export { readDelivery, WebhookDelivery } from "./webhooks/delivery.ts";
export { type KeptWebhooks, keepWebhooks, type WebhookCalls } from "./webhooks/keep-webhooks.ts";
export { lateByMsMax, type MissedTime, missedEvents } from "./webhooks/missed-events.ts";
export {
  enableAfterMs,
  planWebhooks,
  type WantedWebhook,
  type WebhookLook,
  type WebhookMemory,
  type WebhookPlan,
  type WebhookStep,
} from "./webhooks/plan-webhooks.ts";
export { spaceOf, textOfItem } from "./webhooks/space-of.ts";
export { type SignedDelivery, verifySignature } from "./webhooks/verify-signature.ts";
