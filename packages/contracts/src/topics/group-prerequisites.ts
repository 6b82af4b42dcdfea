import type { AvroSchema } from "../avro/schema.ts";
import { defineTopic } from "../define-topic.ts";

/** One prerequisite as it was found. */
export interface PrerequisiteCheck {
  /** A name of the list in docs/GROUPS.md. */
  readonly name: string;
  readonly state: "met" | "missing" | "unknown";
  /** What was found, in a few words or figures; null where the state says all. */
  readonly found: string | null;
}

/** What an organisation still needs for groups, and who is not linked. */
export interface GroupPrerequisites {
  readonly enabled: boolean;
  readonly authorised: boolean;
  readonly checks: readonly PrerequisiteCheck[];
  readonly usersSeen: number;
  readonly usersLinked: number;
  /** Users who are not linked, with the reason, at most 100. */
  readonly unlinked: readonly { readonly person: string; readonly reason: string }[];
  /** Null before the first look. */
  readonly checkedAt: number | null;
  readonly at: number;
  /** The tenant of the groups; null before it is configured. Left out by an older release. */
  readonly tenantId?: string | null;
}

const fields: readonly AvroSchema[] = [
  { name: "enabled", type: "boolean" },
  { name: "authorised", type: "boolean" },
  {
    name: "checks",
    type: {
      type: "array",
      items: {
        type: "record",
        name: "PrerequisiteCheck",
        fields: [
          { name: "name", type: "string" },
          {
            name: "state",
            type: {
              type: "enum",
              name: "PrerequisiteState",
              symbols: ["met", "missing", "unknown"],
            },
          },
          { name: "found", type: ["null", "string"] },
        ],
      },
    },
  },
  { name: "usersSeen", type: "int" },
  { name: "usersLinked", type: "int" },
  {
    name: "unlinked",
    type: {
      type: "array",
      items: {
        type: "record",
        name: "UnlinkedUser",
        fields: [
          { name: "person", type: "string" },
          { name: "reason", type: "string" },
        ],
      },
    },
  },
  { name: "checkedAt", type: ["null", "long"] },
  { name: "at", type: "long" },
];

const versionWith = (more: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "GroupPrerequisites",
  namespace: "hybrid",
  fields: [...fields, ...more],
});

/** The prerequisites of every organisation; the latest word is kept. */
export const groupPrerequisites = defineTopic<GroupPrerequisites>({
  name: "group-prerequisites",
  doc: "What an organisation has of the prerequisites for Microsoft 365 groups, and what it lacks.",
  keyDoc: "`<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["group-provisioner"],
  operatorReads: "shows prerequisites, checks consents",
  versions: [versionWith([]), versionWith([{ name: "tenantId", type: ["null", "string"], default: null }])],
});
