import { type ActorId, actorIdOf, call, orgOf, post, type Step, stay, tell } from "@hybrid/kernel";
import type {
  Call,
  HandedItem,
  Input,
  InputOf,
  PreparedItem,
  QueuedItem,
  Room,
  State,
} from "./archive-state.ts";
import { contentOf } from "./connector.ts";
import { contentsOf } from "./eraser.ts";
import { type Handing, handLate, handOne, isSame, withCopyEnded } from "./handing.ts";
import { isMeeting } from "./meeting-chat.ts";
import { afterChange, afterLook, afterWord, boundStays, participantsOf } from "./members.ts";
import { backoffMs, numbers } from "./numbers.ts";
import { receiversOf, sameReceivers } from "./receivers.ts";
import { addReport } from "./room-reports.ts";
import { emptyTally } from "./terms.ts";

type RoomStep = Step<State, Input, Call>;
type Effects = RoomStep["effects"];

const newRoom = (roomId: string): Room => ({
  kind: "room",
  roomId,
  stays: [],
  isDescribed: false,
  lookedTo: null,
  terms: {},
  queue: [],
  call: null,
  calls: 0,
  notBefore: 0,
  failures: 0,
  handed: [],
  reports: [],
  reportAt: null,
  hintedAt: 0,
  released: [],
  releasing: null,
});

/** The items that can be rendered together: the next ones, in order, with the same people in the space. */
const nextItems = (room: Room): readonly QueuedItem[] => {
  const [first] = room.queue;
  if (!first) return [];
  const receivers = Math.max(1, receiversOf(room, first.item, first.connector).length);
  const fitting = Math.max(1, Math.min(numbers.prepareMax, Math.floor(numbers.handMax / receivers)));
  const most = room.failures >= 3 ? 1 : fitting;
  const next: QueuedItem[] = [];
  for (const queued of room.queue) {
    if (next.length === most || !sameReceivers(room, first, queued)) break;
    next.push(queued);
  }
  return next;
};

const patience = ({ waitingSince }: QueuedItem, now: number): boolean =>
  waitingSince === null || now - waitingSince < numbers.scanMs;

const withCall = (room: Room, now: number): RoomStep => {
  if (room.call !== null || room.queue.length === 0 || now < room.notBefore) return stay(room);
  const number = room.calls + 1;
  if (!room.isDescribed) {
    const state: Room = { ...room, calls: number, call: { number, kind: "describe" } };
    const { roomId, lookedTo: after } = room;
    return {
      state,
      effects: [call<Call>({ kind: "describeRoom", number, roomId, after, limit: numbers.lookMax })],
    };
  }
  const items = nextItems(room);
  const [first] = items;
  const terms = first && room.terms[first.connector];
  if (!first || !terms) return stay(room);
  const to = participantsOf(room.stays, first.item);
  const order: Call = {
    kind: "prepareItems",
    number,
    roomId: room.roomId,
    to,
    terms,
    items: items.map((queued) => ({ item: queued.item, run: queued.run, isPatient: patience(queued, now) })),
  };
  return { state: { ...room, calls: number, call: { number, kind: "prepare" } }, effects: [call(order)] };
};

const withRelease = (room: Room): { readonly room: Room; readonly effects: Effects } => {
  if (room.releasing !== null || room.released.length === 0) return { room, effects: [] };
  const number = room.calls + 1;
  const contents = room.released.slice(0, 100);
  const order: Call = { kind: "deleteContent", number, contents };
  return { room: { ...room, calls: number, releasing: number }, effects: [call(order)] };
};

/** Done items are kept a while for late joiners, and then their content goes. */
const withOver = (room: Room, now: number): Room => {
  const done = room.handed.filter(({ doneAt }) => doneAt !== null);
  const spare = Math.max(0, done.length - numbers.lateItemsMax);
  const crowded = new Set(done.slice(0, spare));
  const isOver = (handed: HandedItem): boolean =>
    handed.doneAt !== null && (now >= handed.doneAt + numbers.lateMs || crowded.has(handed));
  const over = room.handed.filter(isOver);
  if (over.length === 0) return room;
  return {
    ...room,
    handed: room.handed.filter((handed) => !isOver(handed)),
    released: [...room.released, ...over.map(({ item, run }) => contentOf(item.eventId, run))],
  };
};

const goOn = (room: Room, now: number, before: Effects = []): RoomStep => {
  const released = withRelease(withOver(room, now));
  const next = withCall(released.room, now);
  return { state: next.state, effects: [...before, ...released.effects, ...next.effects] };
};

/** Tells the connectors what is done. */
const report = (room: Room, now: number, self: ActorId): RoomStep => {
  const effects = room.reports.map((each) =>
    post<Input>(actorIdOf(`${orgOf(self)}/c-${each.connector}/log`), { kind: "reported", report: each }),
  );
  return goOn({ ...room, reports: [], reportAt: null }, now, effects);
};

/** Late items go to where their time belongs; an item that is there already does not come twice. */
const onItem = (
  room: Room,
  input: Extract<Input, { readonly kind: "itemCollected" }>,
  now: number,
  self: ActorId,
): RoomStep => {
  const { item, run, connector, terms, roomId } = input;
  const told = { ...room, roomId, terms: { ...room.terms, [connector]: terms } };
  // Nobody is told of as a member of a meeting: who writes in it is there from then on.
  const { room: heard, effects } = isMeeting(roomId)
    ? handLate(told, { ...told, stays: boundStays(afterWord(told.stays, item), numbers.membersMax) }, self)
    : { room: told, effects: [] };
  const isKnown = [...room.queue, ...room.handed].some((each) => isSame(each, item.eventId, run));
  if (isKnown)
    return goOn(
      addReport(heard, { connector, items: 1, tally: emptyTally, failures: [] }, now),
      now,
      effects,
    );
  const queued: QueuedItem = { item, connector, run, waitingSince: null };
  // What is being rendered stays at the head.
  const busy = room.call?.kind === "prepare" ? nextItems(room).length : 0;
  const head = room.queue.slice(0, busy);
  const rest = [...room.queue.slice(busy), queued].sort(
    (a, b) => a.item.at - b.item.at || (a.item.eventId < b.item.eventId ? -1 : 1),
  );
  return goOn({ ...heard, queue: [...head, ...rest] }, now, effects);
};

const onMember = (
  room: Room,
  input: Extract<Input, { readonly kind: "memberChanged" }>,
  now: number,
  self: ActorId,
): RoomStep => {
  const stays = boundStays(afterChange(room.stays, input.change), numbers.membersMax);
  const changed = { ...room, roomId: input.roomId, stays };
  const late = handLate(room, changed, self);
  return goOn(late.room, now, late.effects);
};

/** In order: the first item that waits holds back those behind it. */
const onPrepared = (
  room: Room,
  input: Extract<Input, { readonly kind: "itemsPrepared" }>,
  now: number,
  self: ActorId,
): RoomStep => {
  if (room.call?.number !== input.number) return stay(room);
  let handing: Handing = { room: { ...room, call: null, failures: 0, notBefore: 0 }, effects: [] };
  for (const prepared of input.items) {
    const queued = handing.room.queue.find((each) => isSame(each, prepared.eventId, prepared.run));
    if (!queued) continue;
    if (prepared.outcome === "waiting") {
      const waiting: QueuedItem = { ...queued, waitingSince: queued.waitingSince ?? now };
      const queue = handing.room.queue.map((each) => (each === queued ? waiting : each));
      const notBefore = Math.max(prepared.retryAt ?? 0, now + numbers.reportMs);
      return goOn({ ...handing.room, queue, notBefore }, now, handing.effects);
    }
    handing = handOne(handing, queued, { prepared, now, self });
  }
  return goOn(handing.room, now, handing.effects);
};

/** An item alone that nothing can cure is failed, so that it does not hold back those behind it for ever. */
const onFailed = (
  room: Room,
  input: Extract<Input, { readonly kind: "callFailed" }>,
  now: number,
  self: ActorId,
): RoomStep => {
  if (input.call === "deleteContent") {
    if (room.releasing !== input.number) return stay(room);
    const due = input.failure.retryAt ?? now + numbers.retryMs;
    return stay({ ...room, releasing: null, reportAt: Math.max(room.reportAt ?? 0, due) });
  }
  if (room.call?.number !== input.number) return stay(room);
  const failures = room.failures + 1;
  const notBefore = Math.max(input.failure.retryAt ?? 0, now + backoffMs(failures));
  const failed: Room = { ...room, call: null, failures, notBefore };
  const [first] = nextItems(room);
  const isHopeless =
    !input.failure.retryable && failures >= numbers.hopelessMax && room.call.kind === "prepare";
  if (!isHopeless || !first) return stay(failed);
  const prepared: PreparedItem = {
    eventId: first.item.eventId,
    run: first.run,
    outcome: "failed",
    isPartial: false,
    retryAt: null,
    reason: input.failure.code,
  };
  const handing = handOne({ room: { ...failed, failures: 0, notBefore: 0 }, effects: [] }, first, {
    prepared,
    now,
    self,
  });
  return goOn(handing.room, now, handing.effects);
};

/** Something happened: its connectors read soon. One of many deliveries is enough. */
const onHint = (room: Room, now: number, self: ActorId): RoomStep => {
  if (now < room.hintedAt + numbers.lagMs) return stay(room);
  return {
    state: { ...room, hintedAt: now },
    effects: Object.keys(room.terms).map((name) =>
      post<Input>(actorIdOf(`${orgOf(self)}/c-${name}`), { kind: "hinted" }),
    ),
  };
};

/** One input to a space. */
export const stepRoom = (
  known: Room | null,
  input: InputOf<"room">,
  now: number,
  self: ActorId,
): RoomStep => {
  const room = known ?? newRoom("roomId" in input && typeof input.roomId === "string" ? input.roomId : "");
  switch (input.kind) {
    case "hinted":
      // A space that no connector has met yet is found by the next round.
      return known === null ? stay({ kind: "none" }) : onHint(known, now, self);
    case "itemCollected":
      return onItem(room, input, now, self);
    case "memberChanged":
      return onMember(room, input, now, self);
    case "roomDescribed": {
      if (room.call?.number !== input.number) return stay(room);
      const stays = boundStays(afterLook(room.stays, input.present), numbers.membersMax);
      const lookedTo = input.hasMore ? (input.present.at(-1)?.personId ?? null) : null;
      const looked = { ...room, stays, lookedTo, isDescribed: !input.hasMore };
      return goOn({ ...looked, call: null, failures: 0, notBefore: 0 }, now);
    }
    case "itemsPrepared":
      return onPrepared(room, input, now, self);
    case "copyEnded":
      return goOn(withCopyEnded(room, input, now), now);
    case "contentDeleted": {
      if (room.releasing !== input.number) return stay(room);
      const gone = new Set(input.contents);
      return goOn(
        { ...room, releasing: null, released: room.released.filter((each) => !gone.has(each)) },
        now,
      );
    }
    case "contentsAsked":
      return {
        state: known ?? { kind: "none" },
        effects: [tell<Input>(input.by, { kind: "contentsNamed", contents: contentsOf(room, input.ids) })],
      };
    case "callFailed":
      return onFailed(room, input, now, self);
    case "timerFired":
      return input.name === "report" ? report(room, now, self) : goOn(room, now);
  }
};
