import { type RoomStatus, roomStatus, textDigest } from "@hybrid/contracts";
import {
  type ActorId,
  type CallFailure,
  call,
  type Effect,
  type EpochMs,
  type ErrorCode,
  emit,
  hours,
  instant,
  isWaiting,
  minutes,
  plus,
  retryDueAt,
  type Step,
  settledAt,
  stay,
  unreachable,
} from "@hybrid/kernel";
import { type Booking, bookingsOf, roomWindowAt } from "#domain/bookings";
import type { JoinPolicy } from "#domain/join";
import { findingsOf } from "#domain/room-findings";
import type {
  Device,
  DeviceFacts,
  Room,
  RoomCall,
  RoomFacts,
  RoomInput,
  RoomState,
} from "#domain/room-state";
import { changesQuiet } from "#domain/timing";

type Stepped = Step<RoomState, RoomInput, RoomCall>;
type InputOf<Kind extends RoomInput["kind"]> = Extract<RoomInput, { readonly kind: Kind }>;

/** What a room goes by. */
export interface RoomRules {
  readonly policy: JoinPolicy;
  readonly readEveryMs: number;
}

interface At {
  readonly now: EpochMs;
  readonly self: ActorId;
  readonly rules: RoomRules;
}

/** A device that is offline is tried this often at least. */
const deviceRetryMsMax = minutes(5);
/** A device that gets its meetings from elsewhere is looked at again after this time. */
const otherCalendarMs = hours(1);
/** Devices that cannot be emptied are left alone after this time. */
const leaveWithinMs = hours(24);

const digestOf = (bookings: readonly Booking[]): string => textDigest(JSON.stringify(bookings)).slice(0, 16);

/** Nobody signs in as a room: what it lacks in a tenant of users is the organisation's consent. */
const ofRoom = (code: ErrorCode): ErrorCode =>
  code === "userConsentMissing" ? "organisationConsentMissing" : code;

const newDevice = (facts: DeviceFacts): Device => ({
  ...facts,
  shown: null,
  standing: "waiting",
  code: null,
  retryAt: null,
  failures: 0,
});

/** A device that comes back may have forgotten everything: it is given its meetings again. */
const devicesSeen = (before: readonly Device[], seen: readonly DeviceFacts[]): readonly Device[] =>
  seen.map((facts) => {
    const known = before.find(({ deviceId }) => deviceId === facts.deviceId);
    if (!known) return newDevice(facts);
    const isBack = facts.isConnected && !known.isConnected;
    return { ...known, ...facts, ...(isBack ? { shown: null, retryAt: null, failures: 0 } : {}) };
  });

/** An input of a meeting room. */
export const stepRoom = (state: Room | null, input: RoomInput, at: At): Stepped => {
  if (input.kind === "roomSeen") return told(seen(state, input, at), at);
  if (!state) return stay({ kind: "absent" });
  const answered = { ...state, callInFlight: false };
  switch (input.kind) {
    case "roomGone":
      return told(leaving(state, at.now), at);
    case "calendarChanged": {
      const firstAt = state.changes?.firstAt ?? at.now;
      return told({ ...state, changes: { firstAt, dueAt: settledAt(changesQuiet, { firstAt, ...at }) } }, at);
    }
    case "watchTroubled":
      return told({ ...state, isReadWanted: true, watch: { ...state.watch, dueAt: at.now } }, at);
    case "roomWatched":
      return told({ ...answered, watch: watched(input, at.now) }, at);
    case "roomUnwatched":
      return told({ ...answered, watch: { ...state.watch, subscriptionId: null } }, at);
    case "roomRead":
      return told(whenRead(answered, input, at), at);
    case "bookingsPut":
      return told(whenPut(answered, input, at.now), at);
    case "callFailed":
      return told(whenFailed(answered, input, at), at);
    case "timerFired":
      return told(whenDue(state, input.timer, at), at);
    case "followOrdered":
    case "stopOrdered":
    case "workspacesRead":
      // An organisation's, never a room's.
      return stay(state);
    default:
      return unreachable(input);
  }
};

/** Renewed when seven tenths of the time that Graph granted are over. */
const watched = ({ subscriptionId, expiresAt }: InputOf<"roomWatched">, now: EpochMs): Room["watch"] => ({
  subscriptionId,
  dueAt: plus(now, Math.max(0, expiresAt - now) * 0.7),
  failures: 0,
});

/** What may show something of ours is emptied; other devices are none of our business. */
const leaving = (room: Room, now: EpochMs): Room => {
  const devices = room.devices.filter(
    ({ standing }) => standing !== "otherCalendar" && standing !== "waiting",
  );
  return withBookings({ ...room, devices, changes: null, leavesAt: plus(now, leaveWithinMs) }, []);
};

const newRoom = (tenantId: string, facts: RoomFacts, now: EpochMs): Room => ({
  kind: "room",
  tenantId,
  facts,
  devices: [],
  bookings: [],
  digest: digestOf([]),
  hint: null,
  callInFlight: false,
  watch: { subscriptionId: null, dueAt: now, failures: 0 },
  changes: null,
  isReadWanted: true,
  changedAt: null,
  nextReadAt: now,
  failures: 0,
  unreadable: null,
  leavesAt: null,
  told: null,
});

const seen = (state: Room | null, { tenantId, facts }: InputOf<"roomSeen">, { now }: At): Room => {
  const base = state ?? newRoom(tenantId, facts, now);
  const isSame = base.tenantId === tenantId && base.facts.objectId === facts.objectId;
  // A former mailbox's subscription ends by itself; until then it makes this room be read once too often.
  const watch = isSame ? base.watch : { subscriptionId: null, dueAt: now, failures: 0 };
  const devices = devicesSeen(base.devices, facts.devices);
  const isReadWanted = base.isReadWanted || !isSame || base.leavesAt !== null;
  const room: Room = { ...base, tenantId, facts, devices, watch, isReadWanted, leavesAt: null };
  return facts.objectId === null ? withBookings(room, []) : room;
};

const withBookings = (room: Room, bookings: readonly Booking[]): Room => ({
  ...room,
  bookings,
  digest: digestOf(bookings),
});

const whenRead = (room: Room, { objectId, meetings, hint }: InputOf<"roomRead">, { rules }: At): Room => {
  if (room.facts.objectId !== objectId || room.leavesAt !== null) return room;
  const read = withBookings(room, bookingsOf(meetings, rules.policy));
  // A change that devices need not show has come to its end.
  const changedAt = read.digest === room.digest ? null : room.changedAt;
  return { ...read, hint, failures: 0, unreadable: null, changedAt };
};

const withDevice = (room: Room, deviceId: string, change: Partial<Device>): Room => ({
  ...room,
  devices: room.devices.map((device) => (device.deviceId === deviceId ? { ...device, ...change } : device)),
});

const whenPut = (room: Room, { deviceId, digest, result }: InputOf<"bookingsPut">, now: EpochMs): Room => {
  const other = { shown: null, standing: "otherCalendar", retryAt: plus(now, otherCalendarMs) } as const;
  const shown = { shown: digest, standing: "shown", retryAt: null } as const;
  const change = { ...(result === "put" ? shown : other), code: null, failures: 0 };
  return withDevice({ ...room, changedAt: null }, deviceId, change);
};

const whenFailed = (room: Room, { order, failure }: InputOf<"callFailed">, at: At): Room => {
  switch (order.kind) {
    case "putBookings":
      return putFailed(room, order.deviceId, failure, at);
    case "watchRoom": {
      const failures = room.watch.failures + 1;
      return { ...room, watch: { ...room.watch, failures, dueAt: retryDueAt(failure, { failures, ...at }) } };
    }
    case "unwatchRoom":
      // It ends by itself, within a week.
      return { ...room, watch: { ...room.watch, subscriptionId: null } };
    case "readRoom": {
      const failures = isWaiting(failure) ? room.failures : room.failures + 1;
      const nextReadAt = retryDueAt(failure, { failures, ...at });
      return {
        ...room,
        failures,
        nextReadAt,
        unreadable: isWaiting(failure) ? room.unreadable : ofRoom(failure.code),
      };
    }
    case "readWorkspaces":
      return room;
    default:
      return unreachable(order);
  }
};

const putFailed = (room: Room, deviceId: string, failure: CallFailure, at: At): Room => {
  const device = room.devices.find((each) => each.deviceId === deviceId);
  const failures = (device?.failures ?? 0) + 1;
  const asked = retryDueAt(failure, { failures, ...at });
  const latest = plus(at.now, deviceRetryMsMax);
  const retryAt = !isWaiting(failure) && asked > latest ? latest : asked;
  const isOffline = failure.code === "conflict" || failure.code === "notFound";
  const standing = isOffline ? "offline" : "failed";
  // What it shows is not known: the order may have arrived, although its answer did not.
  // How long a device is away says nothing of how quick a change is.
  return withDevice({ ...room, changedAt: null }, deviceId, {
    shown: null,
    standing,
    code: failure.code,
    retryAt,
    failures,
  });
};

const whenDue = (room: Room, timer: InputOf<"timerFired">["timer"], { now, rules }: At): Room => {
  switch (timer) {
    case "read":
      return { ...room, isReadWanted: true, nextReadAt: plus(now, rules.readEveryMs) };
    case "changes":
      return {
        ...room,
        isReadWanted: true,
        changes: null,
        changedAt: room.changedAt ?? room.changes?.firstAt ?? null,
      };
    case "leave":
      return { ...room, devices: [], watch: { ...room.watch, subscriptionId: null } };
    case "watch":
    case "devices":
    case "rooms":
      return room;
    default:
      return unreachable(timer);
  }
};

const isPending = ({ digest }: Room, { shown }: Device): boolean => shown !== digest;

/** Orders the next call, when there is anything to do and nothing under way; tells where the room stands. */
const told = (room: Room, at: At): Stepped => {
  const order = room.callInFlight ? null : nextOrder(room, at.now);
  const state = order ? ordered(room, order, at) : room;
  const effects: Effect<RoomInput, RoomCall>[] = order ? [call(order)] : [];
  if (state.leavesAt !== null && !state.callInFlight && !hasWork(state)) {
    const gone = { kind: "emit", topic: roomStatus.name, key: at.self, value: null } as const;
    return { state: { kind: "absent" }, effects: [...effects, gone] };
  }
  const status = statusOf(state);
  if (JSON.stringify(status) === JSON.stringify(state.told)) return { state, effects };
  return {
    state: { ...state, told: status },
    effects: [...effects, emit(roomStatus, at.self, { ...status, at: at.now })],
  };
};

/** Whether a room that leaves has something to take back still. */
const hasWork = (room: Room): boolean =>
  room.watch.subscriptionId !== null || room.devices.some((device) => isPending(room, device));

const ordered = (room: Room, order: RoomCall, { now, rules }: At): Room => {
  const state = { ...room, callInFlight: true };
  return order.kind === "readRoom"
    ? { ...state, isReadWanted: false, nextReadAt: plus(now, rules.readEveryMs) }
    : state;
};

const nextOrder = (room: Room, now: EpochMs): RoomCall | null => {
  const { tenantId, watch, digest, bookings } = room;
  const { objectId } = room.facts;
  const mailbox = room.leavesAt === null ? objectId : null;
  if (mailbox !== null && room.isReadWanted)
    return { kind: "readRoom", tenantId, objectId: mailbox, window: roomWindowAt(now) };
  // Before its calendar was read once, nobody knows what a device is to show.
  const isKnown = mailbox === null || room.hint !== null;
  const device =
    isKnown && room.devices.find((each) => isPending(room, each) && (each.retryAt ?? now) <= now);
  const { changedAt } = room;
  if (device) return { kind: "putBookings", deviceId: device.deviceId, digest, bookings, changedAt };
  const { subscriptionId } = watch;
  if (mailbox !== null && watch.dueAt <= now)
    return { kind: "watchRoom", tenantId, objectId: mailbox, subscriptionId };
  if (room.leavesAt !== null && subscriptionId !== null)
    return { kind: "unwatchRoom", tenantId, subscriptionId };
  return null;
};

const statusOf = (room: Room): Omit<RoomStatus, "at"> => ({
  name: room.facts.name,
  mailAddress: room.facts.mailAddress,
  objectId: room.facts.objectId,
  devices: room.devices.map(({ deviceId, name, standing, code, retryAt }) => ({
    deviceId,
    name,
    standing,
    code,
    nextTryAt: retryAt,
  })),
  bookings: room.bookings.length,
  findings: room.hint === null ? [] : findingsOf(room.hint),
  unreadable: room.unreadable,
});

/** When a device of the room is to be tried again; null: none waits. */
export const devicesDueAt = (room: Room): EpochMs | null => {
  const waiting = room.devices.flatMap((device) =>
    isPending(room, device) && device.retryAt !== null ? [device.retryAt] : [],
  );
  return waiting.length === 0 ? null : instant(Math.min(...waiting));
};
