import type { Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** Where a team stands with its group. */
export type GroupStanding = "noticed" | "making" | "connected" | "blocked" | "disconnected";

/** A team and its Microsoft 365 group, as an administrator sees them. */
export interface GroupStatus {
  readonly standing: GroupStanding;
  /** The step under way, or at which it stands. */
  readonly step: string | null;
  /** Why it stands, waits or is disconnected: a code of docs/ERRORS.md or a word of docs/GROUPS.md. */
  readonly reason: string | null;
  /** Null in records that have it sealed, as the library's address. */
  readonly teamName: string | null;
  readonly groupId: string | null;
  readonly libraryUrl: string | null;
  readonly spacesLinked: number;
  readonly spacesWaiting: number;
  /** People who could not be taken into the group or the team, newest last, at most 50 of `refusedCount`. */
  readonly refused: readonly { readonly person: string; readonly reason: string }[];
  readonly refusedCount: number;
  readonly failures: number;
  readonly nextTryAt: number | null;
  readonly at: number;
  readonly sealedTexts?: Sealed<{ readonly teamName?: string; readonly libraryUrl?: string }> | null;
}

const statusFields: readonly AvroSchema[] = [
  {
    name: "standing",
    type: {
      type: "enum",
      name: "GroupStanding",
      symbols: ["noticed", "making", "connected", "blocked", "disconnected"],
    },
  },
  { name: "step", type: ["null", "string"] },
  { name: "reason", type: ["null", "string"] },
  { name: "teamName", type: ["null", "string"] },
  { name: "groupId", type: ["null", "string"] },
  { name: "libraryUrl", type: ["null", "string"] },
  { name: "spacesLinked", type: "int" },
  { name: "spacesWaiting", type: "int" },
  {
    name: "refused",
    type: {
      type: "array",
      items: {
        type: "record",
        name: "Refusal",
        fields: [
          { name: "person", type: "string" },
          { name: "reason", type: "string" },
        ],
      },
    },
  },
  { name: "refusedCount", type: "int" },
  { name: "failures", type: "int" },
  { name: "nextTryAt", type: ["null", "long"] },
  { name: "at", type: "long" },
];

const schemaOf = (more: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "GroupStatus",
  namespace: "hybrid",
  fields: [...statusFields, ...more],
});

/** The present state of every team; the latest word is kept. */
export const groupStatus = defineTopic<GroupStatus>({
  name: "group-status",
  doc: "Where a Webex team stands with its Microsoft 365 group, and why.",
  keyDoc: "`<org>/r-<team>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["group-provisioner"],
  operatorReads: "shows teams and their groups",
  versions: [schemaOf([]), schemaOf([sealedField("texts", "organisation")])],
});
