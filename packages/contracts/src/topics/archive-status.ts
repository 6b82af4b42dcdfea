import type { Sealed } from "@hybrid/kernel";
import { type ArchiveTerms, archiveTermsSchemas } from "../archive-terms.ts";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** A connector as it stands: the latest record is the present one. */
export interface ArchiveStatus {
  readonly name: string;
  /** Empty in records that have it sealed. */
  readonly createdBy: string;
  readonly createdAt: number;
  readonly state: "running" | "paused";
  readonly terms: ArchiveTerms;
  readonly pollEveryMs: number;
  readonly startsAt: number;
  /** Everything before is with the spaces. */
  readonly archivedTo: number;
  /** The round under way: its stretch and how far it is; null between rounds. */
  readonly roundFrom: number | null;
  readonly roundTo: number | null;
  readonly roundAt: number | null;
  readonly nextRoundAt: number | null;
  readonly openItems: number;
  readonly failures: number;
  /** Code of docs/ERRORS.md of the last failure; null after a success. */
  readonly problem: string | null;
  /** Events before this were older than Webex gives out; null: none were. */
  readonly lostBefore: number | null;
  readonly reruns: number;
  readonly sealedTexts?: Sealed<{ readonly createdBy: string }> | null;
}

const fieldsWith = (terms: AvroSchema): readonly AvroSchema[] => [
  { name: "name", type: "string" },
  { name: "createdBy", type: "string" },
  { name: "createdAt", type: "long" },
  { name: "state", type: { type: "enum", name: "ArchiveState", symbols: ["running", "paused"] } },
  { name: "terms", type: terms },
  { name: "pollEveryMs", type: "long" },
  { name: "startsAt", type: "long" },
  { name: "archivedTo", type: "long" },
  { name: "roundFrom", type: ["null", "long"] },
  { name: "roundTo", type: ["null", "long"] },
  { name: "roundAt", type: ["null", "long"] },
  { name: "nextRoundAt", type: ["null", "long"] },
  { name: "openItems", type: "long" },
  { name: "failures", type: "int" },
  { name: "problem", type: ["null", "string"] },
  { name: "lostBefore", type: ["null", "long"] },
  { name: "reruns", type: "int" },
];

/** Every archive connector as it stands. */
export const archiveStatus = defineTopic<ArchiveStatus>({
  name: "archive-status",
  doc: "An archive connector as it stands: terms, state, progress, problem.",
  keyDoc: "`<org>/c-<connector>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["archiver"],
  operatorReads: "shows archive connectors",
  versions: archiveTermsSchemas.map((terms, version) => ({
    type: "record",
    name: "ArchiveStatus",
    namespace: "hybrid",
    // The type of what is sealed is defined within the terms.
    fields: [...fieldsWith(terms), ...(version < 2 ? [] : [sealedField("texts", "organisation", false)])],
  })),
});
