import {
  adminOutcomes,
  type PersonDetails,
  type UserDirectoryEntry,
  userDirectory,
  userErasures,
} from "@hybrid/contracts";
import {
  type ActorId,
  type Effect,
  type EpochMs,
  emit,
  orgOf,
  type Step,
  stay,
  tell,
  userActor,
} from "@hybrid/kernel";
import { actorOf, ownId } from "./actor-names.ts";
import type { Call, Input, Told, UserCommand } from "./inputs.ts";
import type { LinkedPerson } from "./link.ts";
import { initial, type State, type User } from "./state.ts";

type DirectoryStep = Step<State, Input, Call>;
type Effects = readonly Effect<Input, Call>[];
type Order = Extract<Input, { readonly kind: "userCommanded" }>;

/** Who and when. */
interface Moment {
  readonly self: ActorId;
  readonly now: EpochMs;
}

const nobody: User = {
  kind: "user",
  wanted: false,
  dismissed: false,
  listed: null,
  person: null,
  entry: null,
};

const versionless = (entry: UserDirectoryEntry): string =>
  JSON.stringify({ ...entry, version: 0, attemptGeneration: 0 });

const entryOf = (
  { person, wanted, entry: before }: User & { readonly person: LinkedPerson },
  asks: boolean,
): UserDirectoryEntry => {
  const { tenantId, objectId, mailAddress, connector, webex, obstacles } = person;
  const enabled = wanted && obstacles.length === 0;
  const enables = asks || (enabled && before?.enabled !== true);
  return {
    version: (before?.version ?? 0) + 1,
    removed: false,
    enabled,
    attemptGeneration: (before?.attemptGeneration ?? 0) + (enables ? 1 : 0),
    tenantId,
    objectId,
    mailAddress,
    connector,
    wanted,
    obstacles,
    webex,
  };
};

/** Nothing speaks for the user any more, and nothing has to be remembered against. */
const isOver = ({ person, listed, erased = false }: User): boolean =>
  person === null && listed === null && !erased;

/** Publishes what is new of the user, and nothing when nothing is; `asks`: a new try is asked for anyway. */
const publish = (user: User, { self }: Moment, asks = false): DirectoryStep => {
  const key = userActor(orgOf(self), ownId(self));
  const { person, entry: before } = user;
  if (person === null || user.dismissed) {
    const over = isOver(user);
    if (before === null) return stay(over ? initial : user);
    const last = { ...before, removed: true, enabled: false, version: before.version + 1 };
    return { state: over ? initial : { ...user, entry: null }, effects: [emit(userDirectory, key, last)] };
  }
  const entry = entryOf({ ...user, person }, asks);
  if (before && !asks && versionless(before) === versionless(entry)) return stay(user);
  return { state: { ...user, entry }, effects: [emit(userDirectory, key, entry)] };
};

/** Tells the objects what the list says now, the one that it no longer names first. */
const listClaims = (before: PersonDetails | null, listed: PersonDetails | null, self: ActorId): Effects => {
  const userId = ownId(self);
  const to = (objectId: string, claim: PersonDetails | null) =>
    tell<Input>(actorOf(self, "object", objectId), {
      kind: "listSaid",
      userId,
      claim: claim && {
        userId,
        tenantId: claim.tenantId,
        mailAddress: claim.mailAddress,
        connector: claim.connector,
      },
    });
  if (JSON.stringify(before) === JSON.stringify(listed)) return [];
  return [
    ...(before && before.objectId !== listed?.objectId ? [to(before.objectId, null)] : []),
    ...(listed ? [to(listed.objectId, listed)] : []),
  ];
};

const put = (
  user: User,
  { person, enabled }: Extract<UserCommand, { readonly kind: "putUser" }>,
  moment: Moment,
): DirectoryStep => {
  const { erased: _, ...known } = user;
  const told = publish({ ...known, wanted: enabled, dismissed: false, listed: person }, moment);
  return { state: told.state, effects: [...told.effects, ...listClaims(user.listed, person, moment.self)] };
};

/** A toggle counts even when it says what was true already: an administrator asks for a new try with it. */
const toggle = (user: User, enabled: boolean, moment: Moment): DirectoryStep => {
  // Nobody is made by a toggle: about who is not there is nothing to change.
  if (user.person === null) return stay(isOver(user) ? initial : user);
  if (!enabled && (!user.wanted || user.dismissed)) return stay(user);
  const { erased: _, ...known } = user;
  return publish({ ...known, wanted: enabled, dismissed: false }, moment, true);
};

/** The last record. Whom a source still names stays known, so that it is not taken for somebody new. */
const remove = (user: User, moment: Moment): DirectoryStep => {
  const told = publish({ ...user, wanted: false, dismissed: true, listed: null }, moment);
  return { state: told.state, effects: [...told.effects, ...listClaims(user.listed, null, moment.self)] };
};

/**
 * The user is erased: what sources said of the person is forgotten, records go, and every service is told.
 * Only that the id was erased is remembered, so that a source that still names it brings nobody back.
 */
export const onErasureOrdered = (
  before: User | null,
  { orderId, objectId, ids }: Extract<Input, { readonly kind: "erasureOrdered" }>,
  moment: Moment,
): DirectoryStep => {
  const { self, now } = moment;
  const removed = remove(before ?? nobody, moment);
  const key = userActor(orgOf(self), ownId(self));
  const people = ids.map((id) => tell<Input>(actorOf(self, "webex", id), { kind: "personGone" }));
  const forgotten = tell<Input>(actorOf(self, "object", objectId), { kind: "forgotten" });
  return {
    state: { ...nobody, dismissed: true, erased: true },
    effects: [
      ...removed.effects,
      { kind: "emit", topic: userDirectory.name, key, value: null },
      ...people,
      forgotten,
      emit(userErasures, key, { orderId, objectId, ids, at: now }),
    ],
  };
};

const commanded = (user: User, command: UserCommand, moment: Moment): DirectoryStep => {
  if (command.kind === "putUser") return put(user, command, moment);
  return command.kind === "toggleUser" ? toggle(user, command.enabled, moment) : remove(user, moment);
};

const outcome = (
  { orderId }: Order,
  said: {
    readonly outcome: "applied" | "unchanged" | "versionConflict" | "unknownUser";
    readonly version: number;
  },
  { self, now }: Moment,
): Effects => (orderId === null ? [] : [emit(adminOutcomes, self, { orderId, ...said, at: now })]);

/** An order about a user. One that was given for another version of the user changes nothing. */
export const onUserCommanded = (before: User | null, order: Order, moment: Moment): DirectoryStep => {
  const user = before ?? nobody;
  const version = user.entry?.version ?? 0;
  if (order.ifMatch !== null && order.ifMatch !== version) {
    const effects = outcome(order, { outcome: "versionConflict", version }, moment);
    return { state: before ?? initial, effects };
  }
  const step = commanded(user, order.command, moment);
  const isUnknown = order.command.kind !== "putUser" && user.person === null && user.listed === null;
  const after = step.state.kind === "user" ? (step.state.entry?.version ?? 0) : 0;
  const changed = step.effects.length > 0;
  const said = isUnknown ? "unknownUser" : changed ? "applied" : "unchanged";
  return {
    ...step,
    effects: [...step.effects, ...outcome(order, { outcome: said, version: after }, moment)],
  };
};

/** What the sources together say of the user's object, or of one that was the user's. */
export const onDecided = (
  before: User | null,
  { objectId, person }: Extract<Told, { readonly kind: "decided" }>,
  moment: Moment,
): DirectoryStep => {
  const user = before ?? nobody;
  // The list names another object by now, which decides about the user.
  if (user.listed !== null && user.listed.objectId !== objectId) return stay(before ?? initial);
  if (person === null && user.person !== null && user.person.objectId !== objectId) return stay(user);
  return publish({ ...user, person }, moment);
};
