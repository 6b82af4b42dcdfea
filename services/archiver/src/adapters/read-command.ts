import type { ArchiveCommand } from "@hybrid/contracts";
import { DecodeError } from "@hybrid/kernel";
import type { ConnectorCommand } from "#domain/archive-state";

/** Who gives the role that a connector needs. */
export const roleGiver =
  "who sets ARCHIVE_ADMINISTRATORS of the archiver gives the archive role, as an administrator of " +
  "Exchange gives Mailbox Import Export";

/** Why somebody may not make a connector; null when they may. `archivists` null: nobody is named at all. */
export const refusalFor = (by: string, archivists: readonly string[] | null): string | null => {
  if (archivists?.includes(by.toLowerCase())) return null;
  return `${by || "nobody"} does not hold the archive role: ${roleGiver}`;
};

const wanted = <Value>(value: Value | null, name: string): Value => {
  if (value !== null) return value;
  throw new DecodeError(`archive-commands: an order of this kind needs "${name}"`);
};

/**
 * The order of a record. Throws DecodeError for one that lacks something, and for one that makes a connector
 * in the name of somebody without the archive role.
 */
export const readArchiveCommand = (
  value: ArchiveCommand,
  archivists: readonly string[] | null,
): ConnectorCommand => {
  switch (value.kind) {
    case "create": {
      const refusal = refusalFor(value.by, archivists);
      if (refusal !== null) throw new DecodeError(`archive-commands: ${refusal}`);
      return {
        kind: "create",
        by: value.by,
        terms: wanted(value.terms, "terms"),
        pollEveryMs: wanted(value.pollEveryMs, "pollEveryMs"),
        startsAt: wanted(value.from, "from"),
      };
    }
    case "rerun":
      return { kind: "rerun", from: wanted(value.from, "from"), to: wanted(value.to, "to") };
    case "pause":
    case "resume":
      return { kind: value.kind };
  }
};
