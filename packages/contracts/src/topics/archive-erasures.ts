import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** What the archive has erased of a person in one partition. */
export interface ArchiveErasure {
  readonly orderId: string;
  /** Spaces that were asked. */
  readonly spaces: number;
  /** Messages of the person whose content was removed from the archive's own store. */
  readonly contents: number;
  readonly at: number;
}

/** What the archive has erased, one record of each partition and erasure. */
export const archiveErasures = defineTopic<ArchiveErasure>({
  name: "archive-erasures",
  doc: "How many messages of an erased person were removed from the archive's own store, by partition.",
  keyDoc: "`<org>/u-<user>#<partition>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["archiver"],
  operatorReads: "tells how far an erasure has come",
  versions: [
    {
      type: "record",
      name: "ArchiveErasure",
      namespace: "hybrid",
      fields: [
        { name: "orderId", type: "string" },
        { name: "spaces", type: "int" },
        { name: "contents", type: "int" },
        { name: "at", type: "long" },
      ],
    },
  ],
});
