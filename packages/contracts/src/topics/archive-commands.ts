import { type ActorId, days, type Sealed, sealedFor } from "@hybrid/kernel";
import { type ArchiveTerms, archiveTermsSchemas } from "../archive-terms.ts";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";
import { textDigest } from "../text-digest.ts";

/** An order of an administrator to one archive connector; fields that an order does not use are null. */
export interface ArchiveCommand {
  readonly kind: "create" | "pause" | "resume" | "rerun";
  /** Who gives the order, by mail address. Empty in records that have it sealed. */
  readonly by: string;
  readonly terms: ArchiveTerms | null;
  readonly pollEveryMs: number | null;
  /** Of a re-run, or where a new connector begins; milliseconds since 1970. */
  readonly from: number | null;
  readonly to: number | null;
  readonly requestedAt: number;
  /** {@link archivistDigest} of who gives the order, by which the archive role is checked. */
  readonly byDigest?: string | null;
  /** Of the organisation: who gives the order. */
  readonly sealedTexts?: Sealed<{ readonly by: string }> | null;
}

/** What stands for an address where it is only compared with those who hold the archive role. */
export const archivistDigest = (address: string): string => textDigest(address.toLowerCase());

const sealedTerms = (owner: ActorId, terms: ArchiveTerms): ArchiveTerms => {
  const { catchAll, people } = terms;
  const texts = { ...(catchAll !== null && { catchAll }), ...(people.length > 0 && { people }) };
  if (Object.keys(texts).length === 0) return terms;
  return { ...terms, catchAll: null, people: [], sealedTexts: sealedFor(owner, texts) };
};

/** An order as it is written down: addresses in it are sealed for the organisation. */
export const archiveCommandValue = (
  org: string,
  command: Omit<ArchiveCommand, "byDigest" | "sealedTexts">,
): ArchiveCommand => {
  const { by, terms } = command;
  const owner = `${org}/o` as ActorId;
  return {
    ...command,
    by: "",
    terms: terms && sealedTerms(owner, terms),
    byDigest: by === "" ? null : archivistDigest(by),
    sealedTexts: by === "" ? null : sealedFor(owner, { by }),
  };
};

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

const schemaOf = (terms: AvroSchema, more: readonly AvroSchema[] = []): AvroSchema => ({
  type: "record",
  name: "ArchiveCommand",
  namespace: "hybrid",
  fields: [...fieldsWith(terms), ...more],
});

/** Orders of administrators to archive connectors. */
export const archiveCommands = defineTopic<ArchiveCommand>({
  name: "archive-commands",
  doc: "Orders of administrators to archive connectors: created, paused, resumed, a window run again.",
  keyDoc: "`<org>/c-<connector>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["control-hub", "hybrid"],
  versions: [
    ...archiveTermsSchemas.map((terms) => schemaOf(terms)),
    // The type of what is sealed is defined within the terms.
    schemaOf(archiveTermsSchemas.at(-1) as AvroSchema, [
      { name: "byDigest", type: ["null", "string"], default: null },
      sealedField("texts", "organisation", false),
    ]),
  ],
});
