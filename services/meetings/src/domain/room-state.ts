import type { DeviceStanding, Meeting, RoomStatus } from "@hybrid/contracts";
import type { CallFailure, EpochMs } from "@hybrid/kernel";
import type { Booking } from "#domain/bookings";
import type { MailboxHint } from "#domain/room-findings";

/** A device as Webex lists it. */
export interface DeviceFacts {
  readonly deviceId: string;
  readonly name: string;
  readonly isConnected: boolean;
}

/** A workspace with a Microsoft calendar, as Webex and Entra tell of it. */
export interface RoomFacts {
  /** The workspace's UUID. */
  readonly workspaceId: string;
  readonly name: string;
  readonly mailAddress: string;
  /** Null: the tenant has no such mailbox. */
  readonly objectId: string | null;
  readonly devices: readonly DeviceFacts[];
}

/** A device of a room, and what it shows. */
export interface Device extends DeviceFacts {
  /** Digest of the bookings that it was given last; null: nobody knows what it shows. */
  readonly shown: string | null;
  readonly standing: DeviceStanding;
  readonly code: string | null;
  /** Not to be tried earlier. */
  readonly retryAt: EpochMs | null;
  readonly failures: number;
}

/** The rooms of an organisation: read from Webex again and again. `<org>/o` */
export interface Organisation {
  readonly kind: "organisation";
  readonly tenantId: string;
  /** Tells outcomes of this reading from late ones of an earlier one. */
  readonly round: number;
  readonly found: readonly string[];
  /** The rooms of the last whole round. */
  readonly rooms: readonly string[];
  readonly nextAt: EpochMs;
  readonly failures: number;
}

/** A meeting room. `<org>/w-<workspace>` */
export interface Room {
  readonly kind: "room";
  readonly tenantId: string;
  readonly facts: RoomFacts;
  readonly devices: readonly Device[];
  readonly bookings: readonly Booking[];
  readonly digest: string;
  readonly hint: MailboxHint | null;
  readonly callInFlight: boolean;
  /** The subscription to its calendar, and when it is to be made or renewed. */
  readonly watch: {
    readonly subscriptionId: string | null;
    readonly dueAt: EpochMs;
    readonly failures: number;
  };
  /** Changes that wait for more to come. */
  readonly changes: { readonly firstAt: EpochMs; readonly dueAt: EpochMs } | null;
  readonly isReadWanted: boolean;
  /** When the first change was told that no device shows yet; null: none was. */
  readonly changedAt: EpochMs | null;
  readonly nextReadAt: EpochMs;
  readonly failures: number;
  readonly unreadable: string | null;
  /** It is no room of ours any more: its devices are emptied, and it ends then, or at this time. */
  readonly leavesAt: EpochMs | null;
  /** What was told last, but for its time. */
  readonly told: Omit<RoomStatus, "at"> | null;
}

/** What an actor of rooms knows. */
export type RoomState = { readonly kind: "absent" } | Organisation | Room;

/** Facts in the past tense. */
export type RoomInput =
  | { readonly kind: "followOrdered"; readonly tenantId: string }
  | { readonly kind: "stopOrdered" }
  | {
      readonly kind: "workspacesRead";
      readonly round: number;
      readonly rooms: readonly RoomFacts[];
      readonly next: string | null;
    }
  | { readonly kind: "roomSeen"; readonly tenantId: string; readonly facts: RoomFacts }
  | { readonly kind: "roomGone" }
  | { readonly kind: "calendarChanged" }
  /** The subscription was removed, must be renewed, or has missed something. */
  | { readonly kind: "watchTroubled" }
  | { readonly kind: "roomWatched"; readonly subscriptionId: string; readonly expiresAt: EpochMs }
  | { readonly kind: "roomUnwatched" }
  | {
      readonly kind: "roomRead";
      readonly objectId: string;
      readonly meetings: readonly Meeting[];
      readonly hint: MailboxHint;
    }
  | {
      readonly kind: "bookingsPut";
      readonly deviceId: string;
      readonly digest: string;
      readonly result: "put" | "otherCalendar";
    }
  | { readonly kind: "timerFired"; readonly timer: RoomTimer }
  | { readonly kind: "callFailed"; readonly order: RoomCall; readonly failure: CallFailure };

/** Names of timers. */
export type RoomTimer = "rooms" | "read" | "changes" | "watch" | "devices" | "leave";

/** Orders to the outside world. */
export type RoomCall =
  | {
      readonly kind: "readWorkspaces";
      readonly tenantId: string;
      readonly round: number;
      readonly after: string | null;
    }
  | {
      readonly kind: "readRoom";
      readonly tenantId: string;
      readonly objectId: string;
      readonly window: { readonly startAt: EpochMs; readonly endAt: EpochMs };
    }
  | {
      readonly kind: "watchRoom";
      readonly tenantId: string;
      readonly objectId: string;
      /** The one to renew; null: none is known. */
      readonly subscriptionId: string | null;
    }
  | { readonly kind: "unwatchRoom"; readonly tenantId: string; readonly subscriptionId: string }
  | {
      readonly kind: "putBookings";
      readonly deviceId: string;
      readonly digest: string;
      readonly bookings: readonly Booking[];
      /** When the change was told because of which it is put; null: because of none. */
      readonly changedAt: EpochMs | null;
    };
