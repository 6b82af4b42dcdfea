import type { AvroSchema } from "./avro/schema.ts";

/** What a connector archives, and where to. */
export interface ArchiveTerms {
  /** Entra tenants in which a participant's *Email* may have a mailbox, asked in this order. */
  readonly tenants: readonly string[];
  /** Address of the mailbox that gets what belongs to nobody's; null: that counts as failed. */
  readonly catchAll: string | null;
  /** An item with more bytes of files loses its largest ones. */
  readonly itemBytesMax: number;
  /** Whether files that Webex cannot scan for malware are archived all the same. */
  readonly allowsUnscannable: boolean;
  /** Only these participants get copies, by address in lower case; see `groups`. */
  readonly people: readonly string[];
  /**
   * These participants get copies too: who is in these groups of the tenants, or in groups within them, by
   * the groups' object ids. Left out by an older release: none. With neither people nor groups all do.
   */
  readonly groups?: readonly string[];
  /** Only these spaces are archived, by UUID; empty: all are. */
  readonly spaces: readonly string[];
}

const fields = [
  { name: "tenants", type: { type: "array", items: "string" } },
  { name: "catchAll", type: ["null", "string"] },
  { name: "itemBytesMax", type: "long" },
  { name: "allowsUnscannable", type: "boolean" },
  { name: "people", type: { type: "array", items: "string" } },
  { name: "spaces", type: { type: "array", items: "string" } },
] as const;

/** Avro schemas of {@link ArchiveTerms}, oldest first. */
export const archiveTermsSchemas: readonly AvroSchema[] = [
  { type: "record", name: "ArchiveTerms", fields: [...fields] },
  {
    type: "record",
    name: "ArchiveTerms",
    fields: [...fields, { name: "groups", type: { type: "array", items: "string" }, default: [] }],
  },
];
