import { clusterIn, type MigrationCommandValue } from "@hybrid/contracts";
import {
  type ActorId,
  type Addressed,
  actorIdOf,
  DecodeError,
  entityOf,
  orgOf,
  unreachable,
} from "@hybrid/kernel";
import type { Input } from "#domain/inputs";

/**
 * The input in a record of `migration-commands`, and whom it is for: an organisation keeps its own clusters.
 * Throws DecodeError when the order lacks its cluster, or is keyed by something that it cannot be about.
 */
export const readCommand = ({ kind, cluster }: MigrationCommandValue, key: ActorId): Addressed<Input> => {
  const name = clusterIn(key);
  const fits = kind === "force" ? entityOf(key).startsWith("u-") : name !== null;
  const owner = kind === "force" ? "<org>/u-<user>" : "<org>/o/cluster-<name>";
  if (!fits) throw new DecodeError(`migration-commands: a ${kind} belongs to ${owner}, not to "${key}"`);
  const organisation = actorIdOf(`${orgOf(key)}/o`);
  switch (kind) {
    case "putCluster":
      if (cluster === null) throw new DecodeError("migration-commands: a putCluster needs the field cluster");
      return { to: organisation, input: { kind: "clusterPut", name: name ?? "", cluster } };
    case "removeCluster":
      return { to: organisation, input: { kind: "clusterRemoved", name: name ?? "" } };
    case "force":
      return { to: key, input: { kind: "forced" } };
    default:
      return unreachable(kind);
  }
};
