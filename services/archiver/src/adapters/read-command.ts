import { type ArchiveCommand, archivistDigest } from "@hybrid/contracts";
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

/** The same of an order, which says in clear what the address of its giver comes to, and no more. */
const refusalOf = (
  { by, byDigest = null }: ArchiveCommand,
  archivists: readonly string[] | null,
): string | null => {
  if (byDigest === null) return refusalFor(by, archivists);
  if (archivists?.some((each) => archivistDigest(each) === byDigest)) return null;
  return `who gives the order does not hold the archive role: ${roleGiver}`;
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
      const refusal = refusalOf(value, archivists);
      if (refusal !== null) throw new DecodeError(`archive-commands: ${refusal}`);
      return {
        kind: "create",
        by: value.by,
        // What is sealed of it is opened with the order, before the machine has it.
        ...(value.sealedTexts && { sealedTexts: value.sealedTexts }),
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
