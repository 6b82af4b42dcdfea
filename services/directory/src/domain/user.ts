import { type PersonDetails, type UserDirectoryEntry, userDirectory } from "@hybrid/contracts";
import { type ActorId, emit, type Step, stay, unreachable } from "@hybrid/kernel";
import { type Call, type Input, initial, type State, type User, type UserCommand } from "./state.ts";

type DirectoryStep = Step<State, Input, Call>;

const publish = (entry: UserDirectoryEntry, self: ActorId): DirectoryStep => ({
  state: entry.removed ? initial : { kind: "user", entry },
  effects: [emit(userDirectory, self, entry)],
});

const sameConnector = (a: PersonDetails["connector"], b: PersonDetails["connector"]): boolean =>
  a === null || b === null ? a === b : a.resourceGroup === b.resourceGroup;

const samePerson = (entry: UserDirectoryEntry, person: PersonDetails): boolean =>
  entry.objectId === person.objectId &&
  entry.tenantId === person.tenantId &&
  entry.mailAddress === person.mailAddress &&
  sameConnector(entry.connector, person.connector);

const put = (user: User | null, person: PersonDetails, enabled: boolean, self: ActorId): DirectoryStep => {
  const before = user?.entry;
  if (before && before.enabled === enabled && samePerson(before, person)) return stay(user);
  const enables = enabled && before?.enabled !== true;
  const { objectId, tenantId, mailAddress, connector } = person;
  return publish(
    {
      version: (before?.version ?? 0) + 1,
      removed: false,
      enabled,
      attemptGeneration: (before?.attemptGeneration ?? 0) + (enables ? 1 : 0),
      tenantId,
      objectId,
      mailAddress,
      connector,
    },
    self,
  );
};

/** A toggle counts even when it says what was true already: an administrator asks for a new try with it. */
const toggle = (user: User | null, enabled: boolean, self: ActorId): DirectoryStep => {
  // Control Hub offers the toggle for users that exist only; about nobody there is no entry to change.
  if (user === null) return stay(initial);
  const { entry } = user;
  if (!enabled && !entry.enabled) return stay(user);
  const { version, attemptGeneration } = entry;
  return publish({ ...entry, enabled, version: version + 1, attemptGeneration: attemptGeneration + 1 }, self);
};

/** The last record; the actor ends with it, so a user who comes back starts with version 1. */
const remove = (user: User | null, self: ActorId): DirectoryStep => {
  if (user === null) return stay(initial);
  return publish({ ...user.entry, removed: true, enabled: false, version: user.entry.version + 1 }, self);
};

/** One order about a user; published is what changed, and nothing when nothing did. */
export const stepUser = (user: User | null, command: UserCommand, self: ActorId): DirectoryStep => {
  switch (command.kind) {
    case "putUser":
      return put(user, command.person, command.enabled, self);
    case "toggleUser":
      return toggle(user, command.enabled, self);
    case "removeUser":
      return remove(user, self);
    default:
      return unreachable(command);
  }
};
