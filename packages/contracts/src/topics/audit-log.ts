import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** What a person did on the administrator's page. */
export interface AuditEntry {
  /** Who, as the sign-in named the person. */
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
}

/** Who did what on the administrator's page. */
export const auditLog = defineTopic<AuditEntry>({
  name: "audit-log",
  doc: "What administrators did on the page of control-hub, and operators for it: who, what, to whom, when.",
  keyDoc: "`<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(400) },
  writers: ["control-hub", "hybrid"],
  versions: [
    {
      type: "record",
      name: "AuditEntry",
      namespace: "hybrid",
      fields: [
        { name: "by", type: "string" },
        { name: "role", type: "string" },
        { name: "act", type: "string" },
        { name: "about", type: ["null", "string"] },
        { name: "details", type: ["null", "string"] },
        { name: "orderId", type: ["null", "string"] },
        { name: "at", type: "long" },
      ],
    },
  ],
});
