import type { Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";
import { consentedSettings, type OrganisationSettings, settingsSchemas } from "./admin-commands.ts";

/** The states as the administrator sees them. */
export type UserState = "notActivated" | "error" | "active" | "disabled" | "removed";

/** A transition of a user, whole: the latest record is the user's present state. */
export interface UserStatus {
  /** Number of this user's transitions, from 1. */
  readonly transition: number;
  readonly from: UserState;
  readonly to: UserState;
  /** Why it happened: an error code of docs/ERRORS.md or a cause such as `enabled`, `renewed`, `retryDue`. */
  readonly cause: string;
  /** Why the user is in Error or Not activated; null when there is nothing to explain. */
  readonly reason: string | null;
  /** Failures in a row. */
  readonly failures: number;
  /** When it is tried next; null when nothing is planned. */
  readonly nextTryAt: number | null;
  readonly subscriptionId: string | null;
  /** End of the subscription's granted lifetime. */
  readonly expiresAt: number | null;
  readonly tenantId: string;
  readonly objectId: string;
  /** Empty in records that have it sealed. */
  readonly mailAddress: string;
  readonly sealedMailAddress?: Sealed<string> | null;
  readonly settings: OrganisationSettings;
  readonly at: number;
}

const stateEnum = {
  type: "enum",
  name: "UserState",
  symbols: ["notActivated", "error", "active", "disabled", "removed"],
};

const statusSchema = (settings: AvroSchema, more: readonly AvroSchema[] = []): AvroSchema => ({
  type: "record",
  name: "UserStatus",
  namespace: "hybrid",
  fields: [
    { name: "transition", type: "long" },
    { name: "from", type: stateEnum },
    { name: "to", type: "UserState" },
    { name: "cause", type: "string" },
    { name: "reason", type: ["null", "string"] },
    { name: "failures", type: "int" },
    { name: "nextTryAt", type: ["null", "long"] },
    { name: "subscriptionId", type: ["null", "string"] },
    { name: "expiresAt", type: ["null", "long"] },
    { name: "tenantId", type: "string" },
    { name: "objectId", type: "string" },
    { name: "mailAddress", type: "string" },
    { name: "settings", type: settings },
    { name: "at", type: "long" },
    ...more,
  ],
});

/** Every transition of every user; the latest one is kept for ever. */
export const userStatus = defineTopic<UserStatus>({
  name: "user-status",
  doc: "Every transition of a user's state with cause, reason and next try.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["user-state"],
  operatorReads: "shows users",
  versions: [
    ...settingsSchemas.map((settings) => statusSchema(settings)),
    ...[settingsSchemas.at(-1) as AvroSchema, consentedSettings].map((settings) =>
      statusSchema(settings, [sealedField("mailAddress", "user")]),
    ),
  ],
});
