import { type ActorId, days, type Sealed, sealedFor } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** What a person did on the administrator's page. */
export interface AuditEntry {
  /** Who, as the sign-in named the person. Empty in records that have it sealed. */
  readonly by: string;
  readonly role: string;
  /** What was done, for example `users.retry` or `groups.enable`. */
  readonly act: string;
  /** What it was done to: a user, a team, a connector, a tenant; null where the organisation is meant. */
  readonly about: string | null;
  /** What was given with it, as JSON; null: nothing. */
  readonly details: string | null;
  /** Finds the outcome in `admin-outcomes`; null where there is none. */
  readonly orderId: string | null;
  readonly at: number;
  /** The user of the directory who did it, by id, which outlives the name; null where that is nobody. */
  readonly byUser?: string | null;
  /** Of that user: who. */
  readonly sealedBy?: Sealed<string> | null;
  /** Of the organisation: who, where that is no user, to what, and what was given with it. */
  readonly sealedTexts?: Sealed<AuditTexts> | null;
}

type AuditTexts = Partial<Pick<AuditEntry, "by" | "about" | "details">>;

/** What happened, as it is to be written down. */
export interface Audited extends Omit<AuditEntry, "at" | "byUser" | "sealedBy" | "sealedTexts"> {
  /** The user who did it, by the id behind `u-`; null where that is nobody of the directory. */
  readonly user: string | null;
}

/**
 * The entry of an organisation, with names sealed: a user's for the user, so that erasing the person leaves
 * an id behind; all others for the organisation, whose off-boarding ends them. Acts and times stay.
 */
export const auditEntry = (org: string, { user, ...act }: Audited, at: number): AuditEntry => {
  const { by, about, details } = act;
  const texts: AuditTexts = {
    ...(user === null && by !== "" && { by }),
    ...(about !== null && { about }),
    ...(details !== null && { details }),
  };
  return {
    ...act,
    by: "",
    about: null,
    details: null,
    at,
    byUser: user,
    sealedBy: user === null || by === "" ? null : sealedFor(`${org}/u-${user}` as ActorId, by),
    sealedTexts: Object.keys(texts).length === 0 ? null : sealedFor(`${org}/o` as ActorId, texts),
  };
};

const fields: readonly AvroSchema[] = [
  { name: "by", type: "string" },
  { name: "role", type: "string" },
  { name: "act", type: "string" },
  { name: "about", type: ["null", "string"] },
  { name: "details", type: ["null", "string"] },
  { name: "orderId", type: ["null", "string"] },
  { name: "at", type: "long" },
];

const schemaOf = (more: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "AuditEntry",
  namespace: "hybrid",
  fields: [...fields, ...more],
});

/** Who did what on the administrator's page. */
export const auditLog = defineTopic<AuditEntry>({
  name: "audit-log",
  doc: "What administrators did on the page of control-hub, and operators for it: who, what, to whom, when.",
  keyDoc: "`<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(400) },
  writers: ["control-hub", "hybrid"],
  versions: [
    schemaOf([]),
    schemaOf([
      { name: "byUser", type: ["null", "string"], default: null },
      sealedField("by", "user"),
      sealedField("texts", "organisation"),
    ]),
  ],
});
