import {
  type ConnectorAssignment,
  connectorAssignments,
  type MailboxMigration,
  mailboxMigrations,
  mailboxSignals,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, emit, orgOf, post } from "@hybrid/kernel";
import type { Input, MailboxKind, Moment, Order } from "./inputs.ts";
import { isFloating, isPinned, isWanted } from "./place.ts";
import type { Assignment, User } from "./state.ts";

interface Settled {
  readonly user: User;
  readonly orders: readonly Order[];
}

const organisationOf = (self: ActorId): ActorId => actorIdOf(`${orgOf(self)}/o`);

const groupOf = ({ entry }: User): string | null => entry?.connector?.resourceGroup ?? null;

/** A connector serves what Exchange keeps on premises, and in a resource group also what is in the cloud. */
const mailboxOf = ({ place, entry }: User): MailboxKind =>
  place === "cloud" || (place === "unknown" && isPinned(entry)) ? "office365" : "exchange";

/** Whether a connector is to serve the user. */
const wantsConnector = ({ entry, place }: User): boolean =>
  isWanted(entry) &&
  (isPinned(entry) || place === "onPremises" || (place === "unknown" && isFloating(entry)));

/** The cloud has let the user go, and does nothing before the release. */
const cloudHasLetGo = ({ cloud }: User): boolean =>
  cloud?.to === "notActivated" && cloud.reason === "onConnector";

const told = (
  user: User,
  stage: ConnectorAssignment["stage"],
  { cluster, mailbox, reason }: Pick<ConnectorAssignment, "cluster" | "mailbox" | "reason">,
  { now, self }: Moment,
): Order =>
  emit(connectorAssignments, self, {
    stage,
    cluster,
    mailbox,
    resourceGroup: groupOf(user),
    reason,
    at: now,
  });

const reasonOf = (user: User): string => {
  if (isPinned(user.entry)) return "resourceGroup";
  return user.place === "onPremises" ? "mailboxOnPremises" : "awaitingTakeover";
};

/** Asks the organisation for a cluster, or whether the present one still is the right one. */
export const asked = (user: User, { self }: Moment): Order => {
  const { assignment } = user;
  const isAssigned = assignment.stage === "reserved" || assignment.stage === "serving";
  const present = isAssigned ? { cluster: assignment.cluster, mailbox: assignment.mailbox } : null;
  const mailbox = mailboxOf(user);
  return post<Input>(organisationOf(self), {
    kind: "clusterWanted",
    user: self,
    resourceGroup: groupOf(user),
    mailbox,
    present,
  });
};

/** Tells a reservation once more. */
export const reservedAgain = (user: User, moment: Moment): readonly Order[] => {
  const { assignment } = user;
  if (assignment.stage !== "reserved") return [];
  const { cluster, mailbox } = assignment;
  return [told(user, "reserved", { cluster, mailbox, reason: reasonOf(user) }, moment)];
};

/** Gives a place in a cluster back. */
export const left = (
  assignment: { readonly cluster: string; readonly mailbox: MailboxKind },
  { self }: Moment,
): Order =>
  post<Input>(organisationOf(self), {
    kind: "clusterLeft",
    cluster: assignment.cluster,
    mailbox: assignment.mailbox,
  });

const whyReleased = ({ entry, place }: User): string => {
  if (!isWanted(entry)) return "notWanted";
  return place === "cloud" ? "mailboxInCloud" : "mailboxUnknown";
};

const released = (user: User, moment: Moment): Settled => {
  const { assignment } = user;
  const rested: User = { ...user, assignment: { stage: "none" } };
  if (assignment.stage === "none") return { user, orders: [] };
  // What the cloud said before the release says nothing about what it does afterwards.
  if (assignment.stage === "asked") return { user: rested, orders: [] };
  const reason = whyReleased(user);
  if (assignment.stage === "unassigned") {
    const nothing = { cluster: null, mailbox: "exchange", reason } as const;
    return { user: rested, orders: [told(user, "released", nothing, moment)] };
  }
  const { cluster, mailbox } = assignment;
  // Whether there is consent has nothing to do with the release.
  const isRevoked = user.cloud?.reason === "consentRevoked";
  return {
    user: { ...rested, cloud: isRevoked ? user.cloud : null },
    orders: [told(user, "released", { cluster, mailbox, reason }, moment), left(assignment, moment)],
  };
};

/** One step of the handover, as far as the facts allow. */
const assigned = (user: User, moment: Moment): Settled => {
  const { assignment } = user;
  if (!wantsConnector(user)) return released(user, moment);
  // The cloud still serves: it must find out for itself first, which the signal makes it do.
  const isServedByCloud = user.cloud?.to === "active" && !isPinned(user.entry);
  if (assignment.stage === "none") {
    if (isServedByCloud) return { user, orders: [] };
    return { user: { ...user, assignment: { stage: "asked" } }, orders: [asked(user, moment)] };
  }
  if (assignment.stage === "reserved" && cloudHasLetGo(user)) {
    const { cluster, mailbox } = assignment;
    return {
      user: { ...user, assignment: { ...assignment, stage: "serving" } },
      orders: [told(user, "serving", { cluster, mailbox, reason: reasonOf(user) }, moment)],
    };
  }
  return { user, orders: [] };
};

/** A chosen cluster is reserved until the cloud has let go. One that is not wanted any more goes back. */
export const onChosen = (
  user: User,
  { cluster, mailbox }: { readonly cluster: string; readonly mailbox: MailboxKind },
  moment: Moment,
): Settled => {
  const { assignment } = user;
  if (assignment.stage === "none") return { user, orders: [left({ cluster, mailbox }, moment)] };
  // Another cluster takes over a user whom the cloud does not serve anyway: nothing is to be waited for.
  const stage = assignment.stage === "serving" ? "serving" : "reserved";
  return {
    user: { ...user, assignment: { stage, cluster, mailbox } },
    orders: [
      ...placeGivenBack(assignment, moment),
      told(user, stage, { cluster, mailbox, reason: reasonOf(user) }, moment),
    ],
  };
};

/** Every place that was given is given back once, whatever the organisation has answered meanwhile. */
const placeGivenBack = (assignment: Assignment, moment: Moment): readonly Order[] =>
  assignment.stage === "reserved" || assignment.stage === "serving" ? [left(assignment, moment)] : [];

/** No cluster has room: told, and asked for again with the next look. */
export const onRefused = (user: User, reason: string, moment: Moment): Settled => {
  const { assignment } = user;
  if (assignment.stage === "none") return { user, orders: [] };
  if (assignment.stage === "unassigned" && assignment.reason === reason) return { user, orders: [] };
  const nothing = { cluster: null, mailbox: mailboxOf(user), reason };
  return {
    user: { ...user, assignment: { stage: "unassigned", reason } },
    orders: [...placeGivenBack(assignment, moment), told(user, "unassigned", nothing, moment)],
  };
};

const hasConnector = ({ stage }: Assignment): boolean => stage === "reserved" || stage === "serving";

/** The move that a change of place is; null when nobody has to hand anybody over. */
const begun = (before: User, user: User, { now }: Moment): User => {
  if (before.place === user.place || user.entry === null || isPinned(user.entry)) return user;
  const isTakeover = before.place === "unknown" && user.place === "cloud" && hasConnector(user.assignment);
  if ((before.place === "unknown" && !isTakeover) || user.place === "unknown") return user;
  const direction = user.place === "cloud" ? "toCloud" : "toOnPremises";
  return { ...user, move: { direction, noticedAt: now } };
};

const isComplete = ({ move, assignment, cloud }: User): boolean =>
  move?.direction === "toCloud" ? cloud?.to === "active" : assignment.stage === "serving";

/** Why nobody waits for the end of a move any more; null: it goes on. */
const endedBy = ({ entry, place }: User): string | null => {
  if (!isWanted(entry)) return "notWanted";
  if (isPinned(entry)) return "resourceGroup";
  return place === "unknown" ? "mailboxUnknown" : null;
};

const waitsFor = ({ move, assignment }: User): string => {
  if (assignment.stage === "unassigned") return assignment.reason;
  return move?.direction === "toCloud" ? "cloudToTakeOver" : "connectorToTakeOver";
};

const moveTold = (
  user: User,
  { completedAt, waits }: { readonly completedAt: number | null; readonly waits: string | null },
  { now, self }: Moment,
): readonly Order[] => {
  if (user.move === null) return [];
  const migration: MailboxMigration = { ...user.move, completedAt, waitsFor: waits, at: now };
  return [emit(mailboxMigrations, self, migration)];
};

const movedOrder = (user: User, stage: "noticed" | "completed", { self }: Moment): readonly Order[] =>
  user.move === null
    ? []
    : [post<Input>(organisationOf(self), { kind: "moved", direction: user.move.direction, stage })];

/**
 * Brings assignment and cloud in line with where the mailbox is: the side that serves lets go first, and only
 * then the other side begins. `before` is the user as the last step left it.
 */
export const handOver = (before: User, given: User, moment: Moment): Settled => {
  const begins = begun(before, given, moment);
  const isNew = begins.move !== null && begins.move !== before.move;
  const placed = assigned(begins, moment);
  const { user } = placed;
  const signal =
    before.place === user.place || user.place === "unknown"
      ? []
      : [emit(mailboxSignals, moment.self, { location: user.place, observedAt: moment.now })];
  if (user.move === null) return { user, orders: [...placed.orders, ...signal] };
  const end = endedBy(user);
  if (end !== null) {
    const ended = moveTold(user, { completedAt: null, waits: end }, moment);
    return { user: { ...user, move: null }, orders: [...placed.orders, ...signal, ...ended] };
  }
  const noticed = isNew ? movedOrder(user, "noticed", moment) : [];
  if (isComplete(user)) {
    const done = moveTold(user, { completedAt: moment.now, waits: null }, moment);
    const orders = [
      ...placed.orders,
      ...signal,
      ...noticed,
      ...done,
      ...movedOrder(user, "completed", moment),
    ];
    return { user: { ...user, move: null }, orders };
  }
  const isNews = isNew || waitsFor(before) !== waitsFor(user);
  const waiting = isNews ? moveTold(user, { completedAt: null, waits: waitsFor(user) }, moment) : [];
  return { user, orders: [...placed.orders, ...signal, ...noticed, ...waiting] };
};
