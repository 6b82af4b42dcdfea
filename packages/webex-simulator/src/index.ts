export type { Booking } from "./devices/bookings.ts";
export type { SimulatedDevice, SimulatedWorkspace } from "./devices/device.ts";
export type { NewDevice, NewWorkspace } from "./devices/estate.ts";
export type { ScriptedAnswer, WebexFaults } from "./faults.ts";
export type { SimulatedConsent, SimulatedGrant, SimulatedServiceApp } from "./grants.ts";
export type { MeetingChats, MeetingMessage } from "./meetings/meeting-chats.ts";
export type { Invitee, MeetingFaults, SimulatedMeeting } from "./meetings/meetings.ts";
export type { NewPerson, PersonalRoomSettings, SimulatedPerson } from "./organization.ts";
export type { PresenceEvent, Presences, SimulatedPresence } from "./presence/presences.ts";
export type { RateLimit } from "./rate-limit.ts";
export {
  startWebexSimulator,
  type WebexSimulator,
  type WebexSimulatorOptions,
} from "./server.ts";
export type { SimulatedIntegration } from "./sign-in.ts";
export type { FeedFaults } from "./spaces/event-feed.ts";
export type { LinkedFolder } from "./spaces/linked-folders.ts";
export type { FileState, Membership, Message, NewMessage, Room, StoredFile, Team } from "./spaces/space.ts";
export type { Spaces } from "./spaces/spaces.ts";
export type { SimulatedToken } from "./token.ts";
export { webexIdText } from "./webex-id.ts";
export type { DeliveryFaults } from "./webhooks/delivery.ts";
