export { delegatedPermissions } from "./auth/delegated-token-source.ts";
export type { Delegation, Delegations } from "./auth/delegation-port.ts";
export type { RedeemCode, SignedInPerson } from "./auth/redeem-code.ts";
export {
  openRedisSharedTokens,
  type RedisSharedTokens,
  type RedisSharedTokensOptions,
  type TokenSeal,
} from "./auth/redis-shared-tokens.ts";
export type { SharedToken, SharedTokens, TokenOwner } from "./auth/shared-tokens.ts";
export type { TokenRequest } from "./auth/token-cache.ts";
export type { AutomaticReplies, GraphDateTime } from "./calls/automatic-replies.ts";
export { batchRequestsMax } from "./calls/batch.ts";
export type { CreateEvent } from "./calls/create-event.ts";
export type { CreateMailMessage, MailAddress, MailFile } from "./calls/create-mail-message.ts";
export type { CreatedSubscription, CreateSubscription } from "./calls/create-subscription.ts";
export type { DeleteSubscription } from "./calls/delete-subscription.ts";
export type { EventCall } from "./calls/event-call.ts";
export type { DeltaStart, EventDelta } from "./calls/event-delta.ts";
export type { MailFolderPlace } from "./calls/find-mail-folder.ts";
export type { FindMailMessages, FoundMailMessage, ListMailMessages } from "./calls/find-mail-messages.ts";
export type { FindUserByAddress, FoundUser } from "./calls/find-user-by-address.ts";
export type { EventSnapshot, GetEvent } from "./calls/get-event.ts";
export type { MailboxSettings } from "./calls/get-mailbox-settings.ts";
export type { AddedGroupMembers, AddGroupMembers } from "./calls/groups/add-group-members.ts";
export type { CreatedFolder, CreateFolder } from "./calls/groups/create-folder.ts";
export type { CreatedGroup, CreateGroup } from "./calls/groups/create-group.ts";
export type { FindGroup } from "./calls/groups/find-group.ts";
export type { GroupDrive } from "./calls/groups/get-group-drive.ts";
export type { Tenant } from "./calls/groups/get-tenant.ts";
export type { GroupCall, TenantCall } from "./calls/groups/group-call.ts";
export type { GroupCalls } from "./calls/groups/group-calls.ts";
export type { GroupDelta, GroupDeltaItem, GroupDeltaPage } from "./calls/groups/group-delta.ts";
export type { GroupSnapshot } from "./calls/groups/group-models.ts";
export type { GroupOwner } from "./calls/groups/group-owner.ts";
export type { GroupPerson, ListGroupPeople } from "./calls/groups/list-group-people.ts";
export type { RemoveGroupMember } from "./calls/groups/remove-group-member.ts";
export type { NameFault, ValidateGroupNames } from "./calls/groups/validate-group-names.ts";
export type { ListDomains } from "./calls/list-domains.ts";
export type { ListOutOfOfficeEvents, OutOfOfficeEvent } from "./calls/list-out-of-office-events.ts";
export {
  type AddMailAttachment,
  type FoundMailAttachment,
  type MailMessageCall,
  uploadFromBytes,
} from "./calls/mail-attachments.ts";
export type { CancelMeeting } from "./calls/meetings/cancel-meeting.ts";
export type { ChangeMeeting } from "./calls/meetings/change-meeting.ts";
export type { CreateMeeting } from "./calls/meetings/create-meeting.ts";
export {
  type BusyTime,
  type GetSchedule,
  type Schedule,
  schedulePeriodMsMax,
  schedulesMax,
} from "./calls/meetings/get-schedule.ts";
export type { Invitee, MeetingRecurrence, MeetingTime, MeetingWords } from "./calls/meetings/meeting-body.ts";
export type { MeetingCalls } from "./calls/meetings/meeting-calls.ts";
export type { MeetingResponse, RespondToMeeting } from "./calls/meetings/respond-to-meeting.ts";
export type { ProbedMailbox } from "./calls/probe-mailbox.ts";
export {
  type ReadAutomaticReplies,
  type RepliesReading,
} from "./calls/read-automatic-replies.ts";
export { type RenewSubscription, subscriptionLifetimeMsMax } from "./calls/renew-subscription.ts";
export type { UpdateEvent } from "./calls/update-event.ts";
export type { DeltaUser, UserDelta, UserDeltaPage } from "./calls/user-delta.ts";
export type { UserCall } from "./calls/user-path.ts";
export { type Cloud, type CloudHosts, cloudHosts } from "./clouds.ts";
export type {
  AdminConsentRequest,
  ConsentCalls,
  DirectoryRolesRequest,
  GrantedPermissionsRequest,
  SignInRequest,
} from "./consent/consent-calls.ts";
export { graphMessageOf } from "./errors/graph-fault.ts";
export { createGcraLimiter, type RateBucket, type RateDecision, type RateLimiter } from "./limits/gcra.ts";
export {
  defaultGraphLimits,
  type GraphLimits,
  mailboxConcurrencyLimit,
  type Rate,
} from "./limits/graph-limits.ts";
export type { LimiterState } from "./limits/local-fraction.ts";
export {
  createRedisLimiter,
  type RedisLimiter,
  type RedisLimiterLogger,
  type RedisLimiterOptions,
} from "./limits/redis-limiter.ts";
export { createMicrosoftGraph, type MicrosoftGraph } from "./microsoft-graph.ts";
export {
  type EventDeltaItems,
  type EventDeltaPage,
  type GraphEvent,
  graphEventSchema,
  type RemovedEvent,
} from "./models.ts";
export type {
  GraphCertificate,
  GraphCredential,
  GraphLogger,
  GraphMetrics,
  GraphRequestReport,
  HttpsProxy,
  MicrosoftGraphOptions,
} from "./options.ts";
