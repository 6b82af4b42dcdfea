import type { Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** One prerequisite as it was found. */
export interface PrerequisiteCheck {
  /** A name of the list in docs/GROUPS.md. */
  readonly name: string;
  readonly state: "met" | "missing" | "unknown";
  /** What was found, in a few words or figures; null where the state says all. */
  readonly found: string | null;
}

/** Somebody at Webex without a known account at Microsoft. */
export interface UnlinkedUser {
  /** The address; empty in records that have it sealed. */
  readonly person: string;
  /** The id at Webex; empty in records of before it was told. */
  readonly personUuid?: string;
  readonly reason: string;
  readonly sealedTexts?: Sealed<{ readonly person: string }> | null;
}

/** What an organisation still needs for groups, and who is not linked. */
export interface GroupPrerequisites {
  readonly enabled: boolean;
  readonly authorised: boolean;
  readonly checks: readonly PrerequisiteCheck[];
  readonly usersSeen: number;
  readonly usersLinked: number;
  /** Users who are not linked, with the reason, at most 100. */
  readonly unlinked: readonly UnlinkedUser[];
  /** Null before the first look. */
  readonly checkedAt: number | null;
  readonly at: number;
  /** The tenant of the groups; null before it is configured. Left out by an older release. */
  readonly tenantId?: string | null;
}

/** `more`: what a version has besides; `ofUser`: of each user. */
const schemaOf = (more: readonly AvroSchema[], ofUser: readonly AvroSchema[] = []): AvroSchema => ({
  type: "record",
  name: "GroupPrerequisites",
  namespace: "hybrid",
  fields: [
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
          fields: [{ name: "person", type: "string" }, { name: "reason", type: "string" }, ...ofUser],
        },
      },
    },
    { name: "checkedAt", type: ["null", "long"] },
    { name: "at", type: "long" },
    ...more,
  ],
});

const tenant: readonly AvroSchema[] = [{ name: "tenantId", type: ["null", "string"], default: null }];

/** The prerequisites of every organisation; the latest word is kept. */
export const groupPrerequisites = defineTopic<GroupPrerequisites>({
  name: "group-prerequisites",
  doc: "What an organisation has of the prerequisites for Microsoft 365 groups, and what it lacks.",
  keyDoc: "`<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["group-provisioner"],
  operatorReads: "shows prerequisites, checks consents",
  versions: [
    schemaOf([]),
    schemaOf(tenant),
    schemaOf(tenant, [{ name: "personUuid", type: "string", default: "" }, sealedField("texts", "user")]),
  ],
});
