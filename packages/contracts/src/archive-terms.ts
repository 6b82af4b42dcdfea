import type { Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "./avro/schema.ts";
import { sealedField } from "./avro/sealed-field.ts";

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
  /** Of the organisation: `catchAll` and `people`, which say nothing beside it. */
  readonly sealedTexts?: Sealed<Partial<Pick<ArchiveTerms, "catchAll" | "people">>> | null;
}

const fields = [
  { name: "tenants", type: { type: "array", items: "string" } },
  { name: "catchAll", type: ["null", "string"] },
  { name: "itemBytesMax", type: "long" },
  { name: "allowsUnscannable", type: "boolean" },
  { name: "people", type: { type: "array", items: "string" } },
  { name: "spaces", type: { type: "array", items: "string" } },
] as const;

const groups = { name: "groups", type: { type: "array", items: "string" }, default: [] } as const;

const termsOf = (all: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "ArchiveTerms",
  fields: all,
});

/** Avro schemas of {@link ArchiveTerms}, oldest first. */
export const archiveTermsSchemas: readonly AvroSchema[] = [
  termsOf(fields),
  termsOf([...fields, groups]),
  termsOf([...fields, groups, sealedField("texts", "organisation")]),
];
