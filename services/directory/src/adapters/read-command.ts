import type { AdminCommandValue, ErasureOrder } from "@hybrid/contracts";
import { type ActorId, type Addressed, actorIdOf, DecodeError, entityOf, unreachable } from "@hybrid/kernel";
import { named } from "#domain/actor-names";
import type { Input, TenantCommand, UserCommand } from "#domain/inputs";

const lacks = ({ kind }: AdminCommandValue, field: string): DecodeError =>
  new DecodeError(`admin-commands: a ${kind} needs the field ${field}`);

const misplaced = ({ kind }: AdminCommandValue, form: string, key: string): DecodeError =>
  new DecodeError(`admin-commands: a ${kind} belongs to ${form}, not to "${key}"`);

const aboutUser = (value: AdminCommandValue, key: string, command: UserCommand): Addressed<Input> => {
  const to = actorIdOf(key);
  const { ifMatch, orderId } = value;
  if (named(to)?.kind === "user") return { to, input: { kind: "userCommanded", command, ifMatch, orderId } };
  throw misplaced(value, "<org>/o/user-...", key);
};

const aboutTenant = (value: AdminCommandValue, key: string, command: TenantCommand): Addressed<Input> => {
  const to: ActorId = actorIdOf(key);
  if (!entityOf(to).startsWith("t-")) throw misplaced(value, "<org>/t-...", key);
  return { to, input: { kind: "tenantCommanded", tenantId: entityOf(to).slice("t-".length), command } };
};

/**
 * The input in a record of `admin-commands`. Throws DecodeError when the order lacks a field that it needs,
 * or is keyed by something it cannot be about, so that the record goes to the dead letters and not to a wrong
 * actor.
 */
export const readCommand = (value: AdminCommandValue, key: string): Addressed<Input> => {
  const { kind, person, enabled, settings } = value;
  switch (kind) {
    case "putUser":
      if (person === null) throw lacks(value, "person");
      if (enabled === null) throw lacks(value, "enabled");
      return aboutUser(value, key, { kind, person, enabled });
    case "toggleUser":
      if (enabled === null) throw lacks(value, "enabled");
      return aboutUser(value, key, { kind, enabled });
    case "removeUser":
      return aboutUser(value, key, { kind });
    case "activateTenant":
      if (settings === null) throw lacks(value, "settings");
      return aboutTenant(value, key, { kind, settings });
    case "deactivateTenant":
      return aboutTenant(value, key, { kind });
    default:
      return unreachable(kind);
  }
};

/**
 * The input in a record of `erasure-orders`; undefined for one that only notes how far an erasure has come.
 * Throws DecodeError when it is keyed by anything but a user.
 */
export const readErasureOrder = (
  { stage, orderId, objectId, ids }: ErasureOrder,
  key: string,
): Addressed<Input> | undefined => {
  const to = actorIdOf(key);
  if (named(to)?.kind !== "user")
    throw new DecodeError(`erasure-orders: an order belongs to <org>/o/user-..., not to "${key}"`);
  return stage === "erase" ? { to, input: { kind: "erasureOrdered", orderId, objectId, ids } } : undefined;
};
