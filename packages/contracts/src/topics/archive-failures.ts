import { days, type Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** A copy that failed. */
export interface ArchiveFailure {
  readonly connector: string;
  readonly at: number;
  readonly itemId: string;
  readonly sourceUserId: string;
  /** Null in records that have it sealed. */
  readonly userPrincipalName: string | null;
  readonly reason: string;
  /** Of the person. */
  readonly sealedTexts?: Sealed<{ readonly userPrincipalName: string }> | null;
}

const fields: readonly AvroSchema[] = [
  { name: "connector", type: "string" },
  { name: "at", type: "long" },
  { name: "itemId", type: "string" },
  { name: "sourceUserId", type: "string" },
  { name: "userPrincipalName", type: ["null", "string"] },
  { name: "reason", type: "string" },
];

const schemaOf = (more: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "ArchiveFailure",
  namespace: "hybrid",
  fields: [...fields, ...more],
});

/** Copies that no mailbox got. */
export const archiveFailures = defineTopic<ArchiveFailure>({
  name: "archive-failures",
  doc: "A copy that no mailbox got, with the reason; a person without mailbox comes once.",
  keyDoc: "`<org>/c-<connector>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(30) },
  writers: ["archiver"],
  operatorReads: "shows archive connectors",
  versions: [schemaOf([]), schemaOf([sealedField("texts", "user")])],
});
