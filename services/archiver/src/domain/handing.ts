import type { ArchivedItem } from "@hybrid/contracts";
import { type ActorId, actorIdOf, orgOf, post, type Step } from "@hybrid/kernel";
import type {
  Call,
  Copy,
  HandedItem,
  Input,
  PreparedItem,
  QueuedItem,
  Room,
  State,
} from "./archive-state.ts";
import { contentOf } from "./connector.ts";
import type { Participant } from "./members.ts";
import { receiversOf } from "./receivers.ts";
import { addReport } from "./room-reports.ts";
import { countCopy, emptyTally, type FailedCopy, type Item, type Tally } from "./terms.ts";

type Effects = Step<State, Input, Call>["effects"];

/** A space after it handed something to mailboxes. */
export interface Handing {
  readonly room: Room;
  readonly effects: Effects;
}

/** Whether it is this version, in this fan-out. */
export const isSame = (
  one: { readonly item: Item; readonly run: string },
  eventId: string,
  run: string,
): boolean => one.item.eventId === eventId && one.run === run;

/** Which groups a person must be in one of: none where the connector names the person, or no groups. */
const groupsFor = (room: Room, connector: string, email: string): Pick<Copy, "groups"> => {
  const { people = [], groups = [] } = room.terms[connector] ?? {};
  return groups.length === 0 || people.includes(email.toLowerCase()) ? {} : { groups };
};

const copyFor =
  (
    room: Room,
    given: {
      readonly item: Item;
      readonly connector: string;
      readonly run: string;
      readonly isPartial: boolean;
    },
    self: ActorId,
  ) =>
  ({ personId, email }: Participant) => {
    const { item, connector, run, isPartial } = given;
    const { tenants = [], catchAll = null } = room.terms[connector] ?? {};
    const copy: Copy = {
      content: contentOf(item.eventId, run),
      eventId: item.eventId,
      run,
      connector,
      room: self,
      at: item.at,
      isPartial,
      personId,
      catchAll,
      ...groupsFor(room, connector, email),
    };
    return post<Input>(actorIdOf(`${orgOf(self)}/u-${personId}`), {
      kind: "copyWanted",
      email,
      tenants,
      copy,
    });
  };

/** Somebody whose joining is told late gets what was said since. */
export const handLate = (room: Room, changed: Room, self: ActorId): Handing => {
  const late = room.handed.flatMap((handed) => {
    const had = new Set(receiversOf(room, handed.item, handed.connector).map(({ personId }) => personId));
    const missed = receiversOf(changed, handed.item, handed.connector).filter(
      ({ personId }) => !had.has(personId),
    );
    return missed.map((person) => ({ handed, person }));
  });
  const again = (handed: HandedItem): HandedItem => {
    const more = late.filter((each) => each.handed === handed).length;
    return more === 0 ? handed : { ...handed, waiting: handed.waiting + more, doneAt: null };
  };
  const effects = late.map(({ handed, person }) => copyFor(changed, handed, self)(person));
  return { room: { ...changed, handed: room.handed.map(again) }, effects };
};

/** What the log is told of an item that is done. */
const doneOf = ({ item, run, copies = 0, failed = 0 }: HandedItem): ArchivedItem => ({
  itemId: item.eventId,
  run,
  saidAt: item.at,
  copies,
  failed,
});

const failedAll = (
  receivers: readonly Participant[],
  item: Item,
  reason: string,
): { readonly tally: Tally; readonly failures: readonly FailedCopy[] } => ({
  tally: { ...emptyTally, source: 1, available: receivers.length, failed: receivers.length },
  failures: [{ itemId: item.eventId, sourceUserId: item.personId, userPrincipalName: null, reason }],
});

/** Hands one rendered item to the mailboxes of all who were there. */
export const handOne = (
  from: Handing,
  queued: QueuedItem,
  given: { readonly prepared: PreparedItem; readonly now: number; readonly self: ActorId },
): Handing => {
  const { prepared, now, self } = given;
  const { item, connector, run } = queued;
  const { isPartial } = prepared;
  const receivers = receiversOf(from.room, item, connector);
  const queue = from.room.queue.filter((each) => each !== queued);
  const isFailed = prepared.outcome === "failed";
  const isOver = isFailed || receivers.length === 0;
  const lost = isFailed ? receivers.length : 0;
  const handed: HandedItem = {
    item,
    connector,
    run,
    waiting: isOver ? 0 : receivers.length,
    isPartial,
    doneAt: isOver ? now : null,
    copies: lost,
    failed: lost,
    isTold: isOver,
  };
  const next: Room = { ...from.room, queue, handed: [...from.room.handed, handed] };
  if (!isOver)
    return { room: next, effects: [...from.effects, ...receivers.map(copyFor(next, handed, self))] };
  const ended = isFailed
    ? failedAll(receivers, item, prepared.reason ?? "unexpected")
    : { tally: { ...emptyTally, source: 1 }, failures: [] };
  const report = { connector, items: 1, ...ended, done: [doneOf(handed)] };
  return { room: addReport(next, report, now), effects: from.effects };
};

/** The space after one more copy of an item has its outcome. */
export const withCopyEnded = (
  room: Room,
  input: Extract<Input, { readonly kind: "copyEnded" }>,
  now: number,
): Room => {
  const { connector, eventId, run, outcome, failure } = input;
  const handed = room.handed.find((each) => isSame(each, eventId, run));
  const tally = countCopy(emptyTally, outcome);
  const failures = failure ? [failure] : [];
  if (!handed) return addReport(room, { connector, items: 0, tally, failures }, now);
  const waiting = handed.waiting - 1;
  const isDone = waiting === 0;
  const isFirst = isDone && handed.isTold !== true;
  const after: HandedItem = {
    ...handed,
    waiting,
    doneAt: isDone ? now : null,
    copies: (handed.copies ?? 0) + tally.available,
    failed: (handed.failed ?? 0) + tally.failed,
    isTold: handed.isTold === true || isDone,
  };
  const next = { ...room, handed: room.handed.map((each) => (each === handed ? after : each)) };
  const added = {
    connector,
    items: isFirst ? 1 : 0,
    tally: isFirst ? { ...tally, source: 1 } : tally,
    failures,
    done: isDone ? [doneOf(after)] : [],
  };
  return addReport(next, added, now);
};
