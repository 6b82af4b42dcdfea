import { days } from "@hybrid/kernel";
import { type ArchiveTerms, archiveTermsSchemas } from "../archive-terms.ts";
import type { AvroSchema } from "../avro/schema.ts";
import { defineTopic } from "../define-topic.ts";

/** An order of an administrator to one archive connector; fields that an order does not use are null. */
export interface ArchiveCommand {
  readonly kind: "create" | "pause" | "resume" | "rerun";
  /** Who gives the order, by mail address. */
  readonly by: string;
  readonly terms: ArchiveTerms | null;
  readonly pollEveryMs: number | null;
  /** Of a re-run, or where a new connector begins; milliseconds since 1970. */
  readonly from: number | null;
  readonly to: number | null;
  readonly requestedAt: number;
}

const fieldsWith = (terms: AvroSchema): readonly AvroSchema[] => [
  {
    name: "kind",
    type: {
      type: "enum",
      name: "ArchiveCommandKind",
      symbols: ["create", "pause", "resume", "rerun"],
    },
  },
  { name: "by", type: "string" },
  { name: "terms", type: ["null", terms] },
  { name: "pollEveryMs", type: ["null", "long"] },
  { name: "from", type: ["null", "long"] },
  { name: "to", type: ["null", "long"] },
  { name: "requestedAt", type: "long" },
];

/** Orders of administrators to archive connectors. */
export const archiveCommands = defineTopic<ArchiveCommand>({
  name: "archive-commands",
  doc: "Orders of administrators to archive connectors: created, paused, resumed, a window run again.",
  keyDoc: "`<org>/c-<connector>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["control-hub", "hybrid"],
  versions: archiveTermsSchemas.map((terms) => ({
    type: "record",
    name: "ArchiveCommand",
    namespace: "hybrid",
    fields: fieldsWith(terms),
  })),
});
