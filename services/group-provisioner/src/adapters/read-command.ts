import type { GroupCommand, GroupCommandValue } from "@hybrid/contracts";
import { actorIdOf, DecodeError, entityOf, unreachable } from "@hybrid/kernel";
import type { Input } from "#domain/inputs";

const ofTeams: ReadonlySet<GroupCommand["kind"]> = new Set(["connect", "disconnect", "retry"]);
const team = /^r-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const commandOf = (order: GroupCommandValue): GroupCommand => {
  const { kind, options, prerequisite, value, name, sealedTexts = null } = order;
  switch (kind) {
    case "configure":
      if (options === null) throw new DecodeError("group-commands: a configure needs the field options");
      return { kind, options };
    case "confirm":
      if (prerequisite === null)
        throw new DecodeError("group-commands: a confirm needs the field prerequisite");
      return { kind, prerequisite, value };
    case "connect":
      // A name that is sealed stays so until the machine has it.
      return { kind, name, ...(sealedTexts === null ? {} : { sealedTexts }) };
    case "authorise":
    case "revoke":
    case "enable":
    case "disable":
    case "check":
    case "disconnect":
    case "retry":
      return { kind };
    default:
      return unreachable(kind);
  }
};

/**
 * The input in a record of `group-commands`. Throws DecodeError when the order lacks a field that it needs,
 * or
 * is keyed by something it cannot be about, so that the record goes to the dead letters.
 */
export const readCommand = (value: GroupCommandValue, key: string): Input => {
  const entity = entityOf(actorIdOf(key));
  const isForTeam = ofTeams.has(value.kind);
  if (isForTeam ? !team.test(entity) : entity !== "o")
    throw new DecodeError(
      `group-commands: a ${value.kind} belongs to <org>/${isForTeam ? "r-<team>" : "o"}, not to "${key}"`,
    );
  return { kind: "ordered", command: commandOf(value) };
};
