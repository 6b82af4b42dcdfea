import type { Sealed } from "@hybrid/kernel";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** A user, whole, every time: the latest record is all there is to know. */
export interface UserDirectoryEntry {
  /** Grows by one with every change; an older or equal one is stale. */
  readonly version: number;
  /** The user was removed; a last record, after which the actor ends. */
  readonly removed: boolean;
  readonly enabled: boolean;
  /** Grows with every toggle, enabling import or self-service request: counters reset, tried at once. */
  readonly attemptGeneration: number;
  readonly tenantId: string;
  readonly objectId: string;
  /** Empty in records that have it sealed. */
  readonly mailAddress: string;
  readonly sealedMailAddress?: Sealed<string> | null;
  readonly connector: { readonly resourceGroup: string | null } | null;
  /** What the administrator wants; `enabled` is it while nothing stands in the way. */
  readonly wanted: boolean;
  /** What stands in the way of a user who is wanted: codes of `people-findings`, in order. */
  readonly obstacles: readonly string[];
  /** The person at Webex; null when no Webex source has named one. */
  readonly webex: WebexIdentity | null;
}

/** A person at Webex, as far as services need to know one. */
export interface WebexIdentity {
  /** UUID in lower case, which stands in every id of the person. */
  readonly personId: string;
  /** Has signed in, which Webex calls active. */
  readonly active: boolean;
  /** May use messaging; null when the licences could not be read. */
  readonly messaging: boolean | null;
  /** The person's externalId is the object id of this user: what Microsoft 365 groups need. */
  readonly linked: boolean;
}

const entryFields = [
  { name: "version", type: "long" },
  { name: "removed", type: "boolean" },
  { name: "enabled", type: "boolean" },
  { name: "attemptGeneration", type: "long" },
  { name: "tenantId", type: "string" },
  { name: "objectId", type: "string" },
  { name: "mailAddress", type: "string" },
  {
    name: "connector",
    type: [
      "null",
      {
        type: "record",
        name: "Connector",
        fields: [{ name: "resourceGroup", type: ["null", "string"] }],
      },
    ],
  },
] as const;

const webexFields = [
  { name: "personId", type: "string" },
  { name: "active", type: "boolean" },
  { name: "messaging", type: ["null", "boolean"] },
  { name: "linked", type: "boolean" },
] as const;

const linkedFields = [
  ...entryFields,
  { name: "wanted", type: "boolean", default: true },
  { name: "obstacles", type: { type: "array", items: "string" }, default: [] },
  {
    name: "webex",
    type: ["null", { type: "record", name: "WebexIdentity", fields: [...webexFields] }],
    default: null,
  },
] as const;

/** All users, full state. */
export const userDirectory = defineTopic<UserDirectoryEntry>({
  name: "user-directory",
  doc: "Every user's directory entry: full state, versioned.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["directory"],
  operatorReads: "compares an import with what is there",
  versions: [
    { type: "record", name: "UserDirectoryEntry", namespace: "hybrid", fields: [...entryFields] },
    {
      type: "record",
      name: "UserDirectoryEntry",
      namespace: "hybrid",
      fields: [...linkedFields],
    },
    {
      type: "record",
      name: "UserDirectoryEntry",
      namespace: "hybrid",
      fields: [...linkedFields, sealedField("mailAddress", "user")],
    },
  ],
});
