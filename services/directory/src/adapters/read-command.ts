import type { AdminCommandValue } from "@hybrid/contracts";
import { type ActorId, type Addressed, actorIdOf, DecodeError, entityOf, unreachable } from "@hybrid/kernel";
import type { Input, TenantCommand, UserCommand } from "#domain/state";

const lacks = ({ kind }: AdminCommandValue, field: string): DecodeError =>
  new DecodeError(`admin-commands: a ${kind} needs the field ${field}`);

const actorOf = ({ kind }: AdminCommandValue, key: string, entity: "u-" | "t-"): ActorId => {
  const to = actorIdOf(key);
  if (entityOf(to).startsWith(entity)) return to;
  throw new DecodeError(`admin-commands: a ${kind} belongs to <org>/${entity}..., not to "${key}"`);
};

const aboutUser = (value: AdminCommandValue, key: string, command: UserCommand): Addressed<Input> => ({
  to: actorOf(value, key, "u-"),
  input: { kind: "userCommanded", command },
});

const aboutTenant = (value: AdminCommandValue, key: string, command: TenantCommand): Addressed<Input> => {
  const to = actorOf(value, key, "t-");
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
